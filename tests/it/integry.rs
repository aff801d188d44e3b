//! Definitions whose templates were written for Integry run as they stand, against a server that
//! takes nothing but the exact requests.

use crate::recorder::{Answer, Recorder, Request};
use crate::support::{Home, query, request};

/// Every character of it means something in a URL.
const SECRET: &str = "s/e c+r&e=t?%41#é";
const SECRET_IN_URL: &str = "s%2Fe%20c%2Br%26e%3Dt%3F%2541%23%C3%A9";
const CODE: &str = "code+/=&1";

const BASECAMP: &str = r#"
title: Basecamp
base_url: SERVER/999/api/v1
authorizations:
  oauth2:
    type: oauth2
    authorization_uri: SERVER/authorization/new?type=web_server
    redirect_uri: http://127.0.0.1/callback
    port: any
    token_endpoint:
      url: SERVER/authorization/token?type=web_server&client_id={{requestBody.client_id}}&redirect_uri={{requestBody.redirect_uri|raw}}&client_secret={{requestBody.client_secret}}&code={{requestBody.code}}
      body: ""
      response:
        access_token: "{{ response.access_token }}"
        refresh_token: "{{ response.refresh_token }}"
    user_info_endpoint:
      url: SERVER/authorization.json
      headers:
        Authorization: Bearer {{query.access_token}}
      response:
        user_identity: "{{ response.identity.first_name }} {{ response.identity.last_name }} / {{ response.identity.email_address }}"
"#;

const GOTOMEETING: &str = r#"
title: GoToMeeting
base_url: SERVER/G2M/rest
authorizations:
  oauth2:
    type: oauth2
    authorization_uri: SERVER/oauth/v2/authorize
    redirect_uri: http://127.0.0.1/callback
    port: any
    client_authentication: client_secret_basic
    token_endpoint:
      url: SERVER/oauth/v2/token
      method: POST
      encoding: form
      body: |
        {
          "redirect_uri": "{{requestBody.redirect_uri}}",
          "code": "{{requestBody.code}}",
          {{#if (eq requestBody.grant_type "refresh_token")}}
          "grant_type": "refresh_token",
          "refresh_token": "{{requestBody.refresh_token}}"
          {{else}}
          "grant_type": "authorization_code"
          {{/if}}
        }
      response:
        access_token: "{{ response.access_token }}"
        refresh_token: "{{ response.refresh_token }}"
        extras: { organizer_key: "{{ response.organizer_key }}" }
    user_info_endpoint:
      url: SERVER/admin/rest/v1/me
      response:
        user_identity: "{{ response.email }}"
"#;

fn home(app: &str, definition: &str, server: &Recorder) -> Home {
    let home = Home::new();
    home.define(app, &definition.replace("SERVER", &server.url()));
    home.write("secret.txt", SECRET);
    home.run(&["lint", &format!("home/apps/{app}.yaml")]).expect(0);
    let set = ["client", "set", app, "--id", "client 1", "--secret", "@secret.txt"];
    home.run(&set).expect(0);
    home
}

/// Connects: the test is the authorization endpoint. Gives the redirect URI.
fn connect(home: &Home, app: &str, server: &Recorder, path: &str) -> String {
    let mut waiting = home.start_connect(&[app, "-vv"]);
    let asked = query(&waiting.url);
    assert!(waiting.url.starts_with(&format!("{}{path}", server.url())), "{}", waiting.url);
    assert_eq!((&*asked["client_id"], &*asked["response_type"]), ("client 1", "code"));
    // PKCE would need a template that names `code_verifier`.
    assert!(!asked.keys().any(|name| name.starts_with("code_challenge") || name == "scope"));
    let redirect_uri = waiting.redirect_uri();
    let code = encode(CODE);
    let callback = format!("{redirect_uri}?code={code}&state={}", encode(&asked["state"]));
    let page = crate::support::browse(&callback);
    let ran = waiting.finish().expect(0);
    assert!(page.body.contains("is connected"), "{}", page.body);
    for secret in [SECRET, SECRET_IN_URL, CODE, &code, "access-1", "refresh-1"] {
        assert!(!ran.stderr.contains(secret), "{secret}:\n{}", ran.stderr);
    }
    redirect_uri
}

fn encode(text: &str) -> String {
    let keep = |b: &u8| b.is_ascii_alphanumeric() || b"-_.~".contains(b);
    let one = |b: u8| if keep(&b) { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(one).collect()
}

fn json(status: u16, text: &str) -> Answer {
    (status, "application/json", text.to_owned())
}

/// The access token that a request carries in the only place where it may be.
fn bearer(request: &Request) -> Option<&str> {
    let clean = !request.target.contains("access") && request.body.is_empty();
    request.header("authorization")?.strip_prefix("Bearer ").filter(|_| clean)
}

fn basecamp(seen: &Request) -> Answer {
    match (&*seen.method, seen.path()) {
        ("POST", "/authorization/token") => {
            let query = seen.target.split_once('?').unwrap_or_default().1;
            let names: Vec<&str> =
                query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect();
            let right = names == ["type", "client_id", "redirect_uri", "client_secret", "code"]
                && query.starts_with(
                    "type=web_server&client_id=client%201&redirect_uri=http%3A%2F%2F127.0.0.1%3A",
                )
                && query.ends_with(&format!(
                    "%2Fcallback&client_secret={SECRET_IN_URL}&code={}",
                    encode(CODE)
                ))
                && seen.body.is_empty()
                && seen.header("content-length") == Some("0")
                && seen.header("content-type").is_none()
                && seen.header("authorization").is_none();
            match right {
                true => json(
                    200,
                    r#"{"access_token":"access-1","refresh_token":"refresh-1","expires_in":1209600}"#,
                ),
                false => json(400, r#"{"error":"not as it stands"}"#),
            }
        }
        ("GET", "/authorization.json") if bearer(seen) == Some("access-1") => json(
            200,
            r#"{"identity":{"first_name":"Ada","last_name":"Lovelace","email_address":"ada@basecamp.test"}}"#,
        ),
        ("GET", "/999/api/v1/projects.json") if bearer(seen) == Some("access-1") => {
            json(200, "[1]")
        }
        _ => json(401, r#"{"error":"unauthorized"}"#),
    }
}

#[test]
fn basecamp_as_it_stands_in_integry() {
    let server = Recorder::start(basecamp);
    let home = home("basecamp", BASECAMP, &server);
    connect(&home, "basecamp", &server, "/authorization/new?type=web_server&");
    let identity = "Ada Lovelace / ada@basecamp.test";
    home.run(&["accounts"]).expect(0).prints(identity);
    home.run(&["test", "basecamp"]).expect(0).prints(identity).prints("basecamp works");
    let ran = home.run(&["call", "basecamp", "/projects.json"]).expect(0);
    assert_eq!(ran.stdout.trim(), "[1]");
    let seen: Vec<String> =
        server.seen().iter().map(|seen| format!("{} {}", seen.method, seen.path())).collect();
    let user = "GET /authorization.json";
    assert_eq!(seen, ["POST /authorization/token", user, user, "GET /999/api/v1/projects.json"]);
}

#[test]
fn a_refresh_whose_template_needs_a_code_means_connect_again() {
    let server = Recorder::start(|seen| match bearer(seen) {
        // Good for a moment only.
        Some("access-1") if server_said_enough(seen) => json(401, "{}"),
        _ => basecamp(seen),
    });
    let home = home("basecamp", BASECAMP, &server);
    connect(&home, "basecamp", &server, "/authorization/new?type=web_server&");
    let ran = home.run(&["call", "basecamp", "/projects.json"]).expect(3);
    ran.says("tieline connect basecamp");
    let tokens = server.seen().iter().filter(|seen| seen.method == "POST").count();
    assert_eq!(tokens, 1, "nothing half filled in was sent");
}

fn server_said_enough(seen: &Request) -> bool {
    seen.path().ends_with("/projects.json")
}

fn gotomeeting(seen: &Request) -> Answer {
    use base64::Engine;
    let basic = base64::engine::general_purpose::STANDARD
        // RFC 6749 section 2.3.1: both halves are form-encoded.
        .encode("client+1:s%2Fe+c%2Br%26e%3Dt%3F%2541%23%C3%A9");
    match (&*seen.method, &*seen.target) {
        ("POST", "/oauth/v2/token") => {
            let form: Vec<(String, String)> =
                url::form_urlencoded::parse(seen.body.as_bytes()).into_owned().collect();
            let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (&**n, &**v)).collect();
            let right = seen.header("content-type") == Some("application/x-www-form-urlencoded")
                && seen.header("authorization") == Some(&*format!("Basic {basic}"));
            match &form[..] {
                [("redirect_uri", uri), ("code", CODE), ("grant_type", "authorization_code")]
                    if right
                        && uri.starts_with("http://127.0.0.1:")
                        && uri.ends_with("/callback") =>
                {
                    json(
                        200,
                        r#"{"access_token":"access-1","refresh_token":"refresh-1","expires_in":30,"organizer_key":"8439"}"#,
                    )
                }
                [("grant_type", "refresh_token"), ("refresh_token", "refresh-1")] if right => {
                    json(200, r#"{"access_token":"access-2","expires_in":3600}"#)
                }
                _ => json(400, r#"{"error":"not as it stands"}"#),
            }
        }
        ("GET", "/admin/rest/v1/me") if matches!(bearer(seen), Some("access-1" | "access-2")) => {
            json(200, r#"{"email":"ada@goto.test"}"#)
        }
        ("GET", "/G2M/rest/meetings?scheduled=true") if bearer(seen) == Some("access-2") => {
            json(200, r#"["meeting"]"#)
        }
        _ => json(401, r#"{"error":"unauthorized"}"#),
    }
}

#[test]
fn gotomeeting_as_it_stands_in_integry() {
    let server = Recorder::start(gotomeeting);
    let home = home("gotomeeting", GOTOMEETING, &server);
    connect(&home, "gotomeeting", &server, "/oauth/v2/authorize?");
    home.run(&["accounts", "show", "gotomeeting"]).expect(0).prints("organizer_key: 8439");
    // The token is good for less than a minute, so the first call renews it.
    let ran = home.run(&["call", "gotomeeting", "/meetings", "-q", "scheduled=true"]).expect(0);
    assert_eq!(ran.stdout.trim(), r#"["meeting"]"#);
    home.run(&["test", "gotomeeting"]).expect(0).prints("ada@goto.test").prints("works");
    // What the refresh did not bring stays.
    home.run(&["accounts", "show", "gotomeeting"]).expect(0).prints("organizer_key: 8439");
    let tokens = server.seen().iter().filter(|seen| seen.method == "POST").count();
    assert_eq!(tokens, 2);
    assert_eq!(request("GET", &format!("{}/admin/rest/v1/me", server.url()), "").status, 401);
}

#[test]
fn a_twig_block_is_an_error_that_prints_the_handlebars_to_write() {
    let home = Home::new();
    let twig = "{% if requestBody.grant_type == 'refresh_token' %}x{% endif %}";
    let definition = GOTOMEETING.replace("SERVER", "https://api.getgo.test");
    let definition =
        definition.replace("{{#if (eq requestBody.grant_type \"refresh_token\")}}", twig);
    home.define("twig", &definition);
    let ran = home.run(&["lint", "home/apps/twig.yaml"]).expect(4);
    let all = format!("{}{}", ran.stdout, ran.stderr);
    assert!(all.contains("{{#if"), "{all}");
    assert!(all.contains("twig.yaml:"), "{all}");
}
