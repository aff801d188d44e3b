//! Every grant of OAuth 2.0 and every safeguard, from connecting to the next token, against the
//! practice provider.

use crate::support::{Home, Ran, Sandbox, query, request};

const APP: &str = "sandbox-oauth2";

/// Connects by a grant without a browser, as the confidential practice client.
fn connect(home: &Home, auth: &str, more: &[&str]) -> Ran {
    home.write("secret.txt", "practice-secret\n");
    let client = ["-f", "client_id=practice", "-f", "client_secret=@secret.txt"];
    home.run(&[&["connect", APP, "--auth", auth], &client[..], more].concat())
}

#[test]
fn a_client_acts_on_its_own_behalf_and_fetches_the_next_token_itself() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    connect(&home, "client-credentials", &[]).expect(0).says("then renewed without asking");
    home.run(&["call", APP, "/api"]).expect(0).prints("\"method\":\"GET\"");
    home.run(&["test", APP]).expect(0).prints("not verified");
    sandbox.expire();
    home.run(&["call", APP, "/api"]).expect(0);
    let told = home.run(&["accounts", "show", APP, "--live", "--json"]).expect(0).json();
    assert_eq!(told["introspection"]["scope"], "profile", "the same scopes again");
    assert_eq!(sandbox.state()["tokens_issued"], 2);
    assert_eq!(sandbox.state()["refreshes"], 0);
    home.run(&["disconnect", APP]).expect(0).says("revoked at the provider");
}

#[test]
fn a_client_that_was_set_is_not_asked_for() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.write("secret.txt", "practice-secret");
    let set = ["client", "set", APP, "--id", "practice", "--secret", "@secret.txt"];
    home.run(&set).expect(0);
    home.run(&["connect", APP, "--auth", "client-credentials"]).expect(0).says("client practice");
    home.run(&["call", APP, "/api"]).expect(0);
}

#[test]
fn without_a_terminal_client_and_fields_that_are_missing_are_named_at_once() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let ran = home.run(&["connect", APP, "--auth", "password"]).expect(2);
    for name in ["client_id", "client_secret", "username", "password"] {
        assert!(ran.stderr.contains(&format!("`{name}`")), "{name}: {}", ran.stderr);
    }
}

#[test]
fn a_person_types_the_client_where_there_is_no_browser() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut terminal = home.on_terminal(&["connect", APP, "--auth", "client-credentials"]);
    terminal.until("Client ID").types("practice");
    terminal.until("Client secret").types("practice-secret");
    terminal.until("Connected");
    assert_eq!(terminal.ends(), 0);
    assert!(!terminal.screen().contains("practice-secret"), "{}", terminal.screen());
}

#[test]
fn a_wrong_client_secret_is_named_for_what_it_is() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.write("secret.txt", "wrong");
    let arguments = ["connect", APP, "--auth", "client-credentials"];
    let client = ["-f", "client_id=practice", "-f", "client_secret=@secret.txt"];
    home.run(&[&arguments[..], &client].concat()).expect(5).says("invalid_client");
    assert_eq!(home.kept(), 0);
}

#[test]
fn a_password_is_kept_for_the_next_token() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.write("password.txt", "practice-password");
    let person = ["-f", "username=ada", "-f", "password=@password.txt"];
    connect(&home, "password", &person).expect(0).says("as ada@sandbox.test");
    sandbox.expire();
    home.run(&["test", APP]).expect(0).prints("works");
    home.write("password.txt", "another");
    connect(&home, "password", &person).expect(5).says("invalid_grant");
    home.run(&["call", APP, "/userinfo"]).expect(0);
}

#[test]
fn a_token_is_exchanged_for_another() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let body = "grant_type=password&client_id=practice&client_secret=practice-secret\
                &username=ada&password=practice-password&scope=profile";
    let answer = sandbox.post_form("/token", body);
    home.write("token.txt", answer["access_token"].as_str().unwrap());
    connect(&home, "exchange", &["-f", "subject_token=@token.txt"]).expect(0);
    home.run(&["call", APP, "/api"]).expect(0);
}

#[test]
fn a_grant_of_a_providers_own_is_data() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    connect(&home, "account-credentials", &["-f", "account_id=practice-account"]).expect(0);
    home.run(&["call", APP, "/api"]).expect(0);
}

#[test]
fn a_client_proves_itself_by_a_jwt_under_its_secret() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.write("secret.txt", "practice-jwt-secret-of-more-than-32-bytes");
    let client = ["-f", "client_id=practice-jwt", "-f", "client_secret=@secret.txt"];
    let arguments = ["connect", APP, "--auth", "client-secret-jwt", "-vv"];
    let ran = home.run(&[&arguments[..], &client].concat()).expect(0);
    assert!(!ran.stderr.contains("practice-jwt-secret"), "{}", ran.stderr);
    assert!(ran.stderr.contains("client_assertion="), "{}", ran.stderr);
    home.run(&["call", APP, "/api"]).expect(0);
}

#[test]
fn a_client_proves_itself_by_a_private_key_of_every_sort() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    for (algorithm, key) in
        [("RS256", "rsa"), ("PS256", "rsa"), ("ES256", "ec"), ("EdDSA", "ed25519")]
    {
        let pem = request("GET", &format!("{}/sandbox/keys/{key}.pem", sandbox.url), "");
        assert_eq!(pem.status, 200, "{key}: {}", pem.body);
        home.write("key.pem", &pem.body);
        home.define("signer", &signer(&sandbox.url, algorithm));
        let fields = ["-f", "client_id=practice-key", "-f", "private_key=@key.pem"];
        home.run(&[&["connect", "signer"], &fields[..]].concat()).expect(0);
        sandbox.expire();
        home.run(&["call", "signer", "/api"]).expect(0);
    }
    home.write("key.pem", "no key at all");
    let fields = ["-f", "client_id=practice-key", "-f", "private_key=@key.pem"];
    let ran = home.run(&[&["connect", "signer"], &fields[..]].concat()).expect(2);
    ran.says("the key of the assertion cannot be used");
}

fn signer(server: &str, algorithm: &str) -> String {
    format!(
        r#"title: Signer
base_url: {server}
fields:
  private_key: {{ label: Private key, secret: true }}
authorizations:
  key:
    type: oauth2
    grant: client_credentials
    token_endpoint: {server}/token
    client_authentication: private_key_jwt
    assertion:
      algorithm: {algorithm}
      key: "{{{{private_key}}}}"
    user_info_endpoint: null
"#
    )
}

#[test]
fn a_service_account_signs_its_own_assertion() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let file = request("GET", &format!("{}/sandbox/service-account.json", sandbox.url), "");
    home.write("account.json", &file.body);
    home.define(
        "service",
        &format!(
            r#"title: Service
base_url: {server}
fields:
  key_file: {{ label: Key file, secret: true, format: json }}
authorizations:
  account:
    type: oauth2
    grant: jwt_bearer
    token_endpoint: {server}/token
    scopes: [profile]
    assertion:
      key: "{{{{key_file.private_key}}}}"
      claims:
        iss: "{{{{key_file.client_email}}}}"
        sub: "{{{{key_file.client_email}}}}"
        aud: {server}/token
    user_info_endpoint: null
"#,
            server = sandbox.url
        ),
    );
    home.run(&["connect", "service", "-f", "key_file=@account.json"]).expect(0);
    home.run(&["call", "service", "/api"]).expect(0);
    sandbox.expire();
    home.run(&["call", "service", "/api"]).expect(0);
    home.write("account.json", "not json");
    let ran = home.run(&["connect", "service", "-f", "key_file=@account.json"]).expect(2);
    ran.says("not a JSON object");
}

#[test]
fn an_id_token_that_breaks_a_rule_connects_nobody() {
    for (misbehaviour, rule) in [
        ("id-token-signature", "RFC 7515"),
        ("id-token-issuer", "rule 2"),
        ("id-token-audience", "rule 3"),
        ("id-token-nonce", "rule 11"),
        ("id-token-expired", "rule 9"),
    ] {
        let sandbox = Sandbox::start(&["--misbehave", misbehaviour]);
        let home = sandbox.home();
        let ran = home.connect(&[APP, "--auth", "openid"]).expect(5);
        assert!(ran.stderr.contains("ID token"), "{misbehaviour}: {}", ran.stderr);
        assert!(ran.stderr.contains(rule), "{misbehaviour} names {rule}: {}", ran.stderr);
        assert_eq!(home.kept(), 0, "{misbehaviour}");
    }
}

#[test]
fn the_request_is_pushed_and_the_tokens_are_bound_to_a_key() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut waiting = home.start_connect(&[APP, "--auth", "bound"]);
    let asked = query(&waiting.url);
    assert_eq!(asked.keys().collect::<Vec<_>>(), ["client_id", "request_uri"]);
    waiting.browse_and_finish().expect(0);
    home.run(&["call", APP, "/userinfo"]).expect(0);
    home.run(&["test", APP]).expect(0);
    sandbox.expire();
    home.run(&["call", APP, "POST", "/api", "-f", "a=b"]).expect(0);
    assert_eq!(sandbox.state()["refreshes"], 1);
}

/// RFC 9449 section 10.
#[test]
fn a_code_is_bound_to_the_key_of_the_account() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.define(
        "own-key",
        "extends: sandbox-oauth2\ntitle: Bound\nauthorizations:\n  oauth2: { dpop: true }\n",
    );
    let server = format!("server={}", sandbox.url);
    let mut waiting = home.start_connect(&["own-key", "-f", &server]);
    assert_eq!(query(&waiting.url)["dpop_jkt"].len(), 43, "a SHA-256 thumbprint in Base64url");
    waiting.browse_and_finish().expect(0);
    home.run(&["call", "own-key", "/userinfo"]).expect(0);
}

#[test]
fn a_server_that_wants_its_nonce_in_the_proof_gets_it() {
    let sandbox = Sandbox::start(&["--misbehave", "dpop-nonce"]);
    let home = sandbox.home();
    home.connect(&[APP, "--auth", "bound"]).expect(0);
    home.run(&["call", APP, "/userinfo"]).expect(0);
    sandbox.expire();
    let call = ["call", APP, "POST", "/api", "-d", "@body.json"];
    home.write("body.json", "{\"n\":1}");
    home.run(&call).expect(0).prints("\\\"n\\\":1");
    let piped = ["call", APP, "POST", "/api", "-d", "-"];
    home.run_with_input(&piped, "{}").expect(8).says("give the body as `-d @FILE`");
}

#[test]
fn a_pushed_request_that_is_over_is_told() {
    let sandbox = Sandbox::start(&["--misbehave", "par-expired"]);
    let home = sandbox.home();
    let ran = home.connect(&[APP, "--auth", "bound"]).expect(5).says("invalid_request");
    assert!(ran.page.contains("was not connected"), "{}", ran.page);
    assert_eq!(home.kept(), 0);
}

#[test]
fn the_provider_is_asked_what_it_knows_of_a_token() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    connect(&home, "client-credentials", &[]).expect(0);
    let show = ["accounts", "show", APP, "--live"];
    home.run(&show).expect(0).prints("live      active").prints("client_id: practice");
    let told = home.run(&[&show[..], &["--json"]].concat()).expect(0).json();
    assert_eq!(told["introspection"]["active"], true);
    sandbox.revoke();
    home.run(&show).expect(0).prints("live      not active");
    let other = sandbox.home();
    other.write("key.txt", "practice-key");
    other.run(&["connect", "sandbox-api-key", "-f", "api_key=@key.txt"]).expect(0);
    let ran = other.run(&["accounts", "show", "sandbox-api-key", "--live"]).expect(2);
    ran.says("no introspection to ask");
}

#[test]
fn a_key_that_tokens_are_bound_to_is_told_by_the_provider() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.write("secret.txt", "practice-secret");
    let set = ["client", "set", APP, "--id", "practice", "--secret", "@secret.txt"];
    home.run(&set).expect(0);
    home.connect(&[APP, "--auth", "bound"]).expect(0);
    let ran = home.run(&["accounts", "show", APP, "--live"]).expect(0);
    ran.prints("bound to a key of this account").prints("token_type: DPoP");
}
