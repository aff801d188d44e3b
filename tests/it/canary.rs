//! The canary: secrets of which every trace is looked for, in all outputs, in what other processes
//! see, and on disk.

use crate::recorder::{Answer, Recorder, Request, files};
use crate::spelling::{secret, spellings};
use crate::support::{Home, Ran, Sandbox, browse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::os::unix::fs::PermissionsExt;

struct Canary {
    secrets: Vec<(&'static str, String)>,
    home: Home,
    server: Recorder,
}

const NAMES: [&str; 8] =
    ["apikey", "apisecret", "password", "clientsecret", "access", "refresh", "session", "code"];

/// Apps of every kind at a server that is told all the secrets and is indiscreet.
fn canary() -> Canary {
    let secrets: Vec<_> = NAMES.iter().map(|name| (*name, secret(name))).collect();
    let known = secrets.clone();
    let server = Recorder::start(move |request| answer(&known, request));
    let home = Home::new().set("PATH", std::env::var("PATH").unwrap());
    let base = server.url();
    let user =
        "user_info_endpoint: { url: /me, response: { user_identity: \"{{response.email}}\" } }";
    let app = |name: &str, base: &str, auth: &str| {
        let text = format!(
            "title: {name}\nbase_url: {base}\nauthorizations:\n  main:\n    {auth}\n    {user}\n"
        );
        home.write(&format!("home/apps/{name}.yaml"), &text);
    };
    app("c-key", &base, "type: api_key");
    app("c-query", &base, "type: api_key\n    request: { query: { k: \"{{api_key}}\" } }");
    app(
        "c-pair",
        &base,
        "type: api_key_secret\n    request: { headers: { X-A: \"{{api_key}}\", Y-B: \"{{base64 api_key api_secret}}\" } }",
    );
    app("c-basic", &base, "type: basic");
    for encoding in ["form", "json", "query"] {
        app(
            &format!("c-in-{encoding}"),
            &base,
            &format!(
                "type: basic\n    token_endpoint:\n      url: /login\n      encoding: {encoding}\n      \
             params: {{ user: \"{{{{username}}}}\", pw: \"{{{{password}}}}\" }}\n      response: {{ access_token: \"{{{{response.made}}}}\" }}"
            ),
        );
    }
    let oauth = |base: &str| {
        format!(
            "type: oauth2\n    authorization_uri: {base}/authorize\n    token_endpoint: {base}/token\n    \
         revocation_endpoint: {base}/revoke\n    redirect_uri: http://127.0.0.1/callback\n    port: any"
        )
    };
    app("c-oauth", &base, &oauth(&base));
    app("c-echo", &base, &oauth(&base).replace("/token", "/echo/token"));
    Canary { secrets, home, server }
}

fn answer(secrets: &[(&'static str, String)], request: &Request) -> Answer {
    let of = |name: &str| &secrets.iter().find(|(known, _)| *known == name).unwrap().1;
    let json = "application/json";
    let query = crate::support::query(&format!("http://x{}", request.target));
    let refused = |text: String| {
        (
            400,
            json,
            serde_json::json!({ "error": "invalid_request", "error_description": text })
                .to_string(),
        )
    };
    match request.path() {
        "/me" => (200, json, r#"{"email":"ada@canary.test"}"#.into()),
        "/login" => (
            200,
            json,
            serde_json::json!({ "made": of("session"), "x": of("session") }).to_string(),
        ),
        "/authorize" => {
            let code: String =
                url::form_urlencoded::byte_serialize(of("code").as_bytes()).collect();
            (302, json, format!("{}?code={code}&state={}", query["redirect_uri"], query["state"]))
        }
        "/token" => (
            200,
            json,
            serde_json::json!({
                "access_token": of("access"), "refresh_token": of("refresh"), "expires_in": 30,
                "token_type": "Bearer", "copy": of("refresh"),
            })
            .to_string(),
        ),
        "/html" => (500, "text/html", format!("<h1>{}</h1>", request.text())),
        _ => refused(request.text()),
    }
}

impl Canary {
    fn secret(&self, name: &str) -> &str {
        &self.secrets.iter().find(|(known, _)| *known == name).unwrap().1
    }

    #[track_caller]
    fn sings(&self, place: &str, text: &str) {
        for (name, secret) in &self.secrets {
            for spelling in spellings(secret) {
                assert!(!text.contains(&spelling), "{name} as `{spelling}` in {place}:\n{text}");
            }
        }
    }

    /// Nothing that a command says may hold a secret.
    #[track_caller]
    fn silent(&self, ran: Ran) -> Ran {
        self.sings(&ran.command, &format!("{}\n{}\n{}", ran.stdout, ran.stderr, ran.page));
        ran
    }

    #[track_caller]
    fn disk_is_silent(&self) {
        for path in files(self.home.path()) {
            let bytes = std::fs::read(&path).unwrap();
            self.sings(&path.display().to_string(), &String::from_utf8_lossy(&bytes));
        }
    }

    #[track_caller]
    fn connect(&self, app: &str, fields: &[(&str, &str)]) -> Ran {
        let mut command = self.home.command(&["connect", app, "-vv"]);
        for (field, secret) in fields {
            let value = if *field == "username" { "ada" } else { self.secret(secret) };
            let variable = format!("TIELINE_{}_{field}", app.replace('-', "_"));
            command.env(variable.to_uppercase(), value);
        }
        self.silent(Ran::new(&["connect", app], command.output().unwrap()))
    }

    fn connect_all(&self) {
        self.connect("c-key", &[("api_key", "apikey")]).expect(0);
        self.connect("c-query", &[("api_key", "apikey")]).expect(0);
        self.connect("c-pair", &[("api_key", "apikey"), ("api_secret", "apisecret")]).expect(0);
        for app in ["c-basic", "c-in-form", "c-in-json", "c-in-query"] {
            self.connect(app, &[("username", ""), ("password", "password")]).expect(0);
        }
    }

    fn set_client(&self, app: &str) {
        let set = ["client", "set", app, "--id", "canary-id", "--secret", "-", "-vv"];
        self.silent(self.home.run_with_input(&set, self.secret("clientsecret"))).expect(0);
    }
}

#[test]
fn keys_and_passwords_with_every_odd_character_arrive_as_they_are() {
    let canary = canary();
    canary.connect_all();
    let seen = canary.server.seen();
    let to = |path: &str| seen.iter().filter(|r| r.path() == path).cloned().collect::<Vec<_>>();
    assert_eq!(
        to("/me")[0].header("authorization").unwrap(),
        format!("Bearer {}", canary.secret("apikey"))
    );
    assert_eq!(
        crate::support::query(&format!("http://x{}", to("/me")[1].target))["k"],
        canary.secret("apikey")
    );
    let basic = STANDARD.encode(format!("ada:{}", canary.secret("password")));
    assert_eq!(to("/me")[3].header("authorization").unwrap(), format!("Basic {basic}"));
    let form = crate::support::query(&format!("http://x/?{}", to("/login")[0].body));
    assert_eq!(form["pw"], canary.secret("password"));
    let body: serde_json::Value = serde_json::from_str(&to("/login")[1].body).unwrap();
    assert_eq!(body["pw"], canary.secret("password"));
}

impl Canary {
    /// Every view of a run, at every verbosity.
    #[track_caller]
    fn reports_are_silent(&self, target: &str, status: i32) {
        for verbose in [&[][..], &["-v"], &["-vv"]] {
            let mut arguments = vec!["test", target];
            arguments.extend(verbose);
            for report in ["json=r.json", "junit=r.xml", "html=r.html", "har=r.har"] {
                arguments.extend(["--report", report]);
            }
            self.silent(self.home.run(&arguments)).expect(status);
            for format in ["json", "xml", "html", "har"] {
                let text = std::fs::read_to_string(self.home.path().join(format!("r.{format}")));
                let text = text.unwrap();
                assert!(text.contains(target), "{format}");
                self.sings(&format!("{target} {format}"), &text);
            }
        }
    }
}

#[test]
fn no_report_says_a_secret_at_any_verbosity() {
    let canary = canary();
    canary.connect_all();
    canary.set_client("c-oauth");
    canary.silent(canary.home.connect(&["c-oauth", "-vv"])).expect(0);
    let apps = ["c-key", "c-query", "c-pair", "c-basic", "c-in-form", "c-in-json", "c-in-query"];
    for app in apps.into_iter().chain(["c-oauth"]) {
        canary.reports_are_silent(app, 0);
    }
    let fresh = ["test", "c-oauth", "--fresh", "--no-browser", "-vv", "--report", "html=f.html"];
    let mut running = canary.home.start(&[&fresh[..], &["--report", "json=f.json"]].concat());
    canary.silent(running.browse_and_finish()).expect(0);
    for file in ["f.html", "f.json"] {
        let text = std::fs::read_to_string(canary.home.path().join(file)).unwrap();
        assert!(text.contains("/authorize"), "{file}");
        canary.sings(file, &text);
    }
    canary.disk_is_silent();
}

#[test]
fn no_command_says_a_secret_and_no_file_holds_one() {
    let canary = canary();
    canary.connect_all();
    for app in ["c-key", "c-query", "c-pair", "c-basic", "c-in-form", "c-in-json", "c-in-query"] {
        for arguments in [
            &["call", app, "/me", "-vv"][..],
            &["test", app, "-vv"],
            &["test", app, "--json"],
            &["accounts", "show", app, "--json", "-vv"],
        ] {
            canary.silent(canary.home.run(arguments)).expect(0);
        }
        // The body is the app's own answer and passed through; what we say about it is ours.
        for path in ["/refused", "/html"] {
            let ran = canary.home.run(&["call", app, path, "-vv"]).expect(8);
            canary.sings(app, &ran.stderr);
        }
    }
    for arguments in
        [&["accounts", "--json"][..], &["accounts"], &["test", "--all", "--json", "-vv"]]
    {
        canary.silent(canary.home.run(arguments)).expect(0);
    }
    canary.disk_is_silent();
    canary.silent(canary.home.run(&["disconnect", "c-key", "c-basic", "-vv"])).expect(0);
    canary.disk_is_silent();
}

#[test]
fn an_authorization_says_no_secret_from_end_to_end() {
    let canary = canary();
    canary.set_client("c-oauth");
    canary.silent(canary.home.connect(&["c-oauth", "-vv"])).expect(0);
    for arguments in [
        &["call", "c-oauth", "/me", "-vv"][..],
        &["test", "c-oauth", "-vv"],
        &["test", "c-oauth", "--json"],
        &["client", "show", "c-oauth", "-vv"],
        &["accounts", "show", "c-oauth"],
    ] {
        canary.silent(canary.home.run(arguments)).expect(0);
    }
    canary.disk_is_silent();
    let ran = canary.silent(canary.home.run(&["disconnect", "c-oauth", "-vv"])).expect(0);
    assert!(ran.stderr.contains("not revoked"), "{}", ran.stderr);
    let seen = canary.server.seen();
    let token = seen.iter().find(|request| request.path() == "/token").unwrap();
    let form = crate::support::query(&format!("http://x/?{}", token.body));
    assert_eq!(form["client_secret"], canary.secret("clientsecret"));
    assert_eq!(form["code"], canary.secret("code"));
    canary.disk_is_silent();
}

#[test]
fn a_provider_that_repeats_the_whole_request_gives_nothing_away() {
    let canary = canary();
    canary.set_client("c-echo");
    let ran = canary.silent(canary.home.connect(&["c-echo", "-vv"])).expect(5);
    assert!(ran.stderr.contains("invalid_request"), "{}", ran.stderr);
    let mut waiting = canary.home.start_connect(&["c-echo"]);
    let page = browse(&waiting.url);
    canary.sings("the browser", &format!("{}\n{}", page.url, page.body));
    canary.silent(waiting.finish());
    canary.disk_is_silent();
}

#[test]
fn other_processes_see_no_secret() {
    let canary = canary();
    let script = "#!/bin/sh\ntr '\\0' '\\n' < /proc/$$/environ > \"$OUT/environ\"\n\
                  cat /proc/$$/cmdline /proc/$PPID/cmdline > \"$OUT/cmdline\"\n\
                  exec curl -sL -o /dev/null \"$1\"\n";
    let browser = canary.home.write("browser", script);
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let out = canary.home.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let mut command = canary.home.command(&["connect", "c-oauth", "-vv"]);
    // By way of `sh`: a file that was just written may still be open in a sibling.
    command.env("BROWSER", format!("sh {}", browser.display())).env("OUT", &out);
    command.env("TIELINE_C_OAUTH_CLIENT_ID", "canary-id");
    command.env("TIELINE_C_OAUTH_CLIENT_SECRET", canary.secret("clientsecret"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    canary.sings("connect", &String::from_utf8_lossy(&output.stderr));
    let commands = std::fs::read_to_string(out.join("cmdline")).unwrap();
    assert!(commands.contains("connect\0c-oauth"), "{commands}");
    let environ = std::fs::read_to_string(out.join("environ")).unwrap();
    assert!(environ.contains("OUT=") && !environ.contains("TIELINE_"), "{environ}");
    canary.disk_is_silent();
}

#[test]
fn a_sandbox_that_repeats_the_request_is_masked_too() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let set = ["client", "set", "sandbox-oauth2", "--id", "practice", "--secret", "-"];
    home.run_with_input(&set, "practice-secret").expect(0);
    home.connect(&["sandbox-oauth2"]).expect(0);
    sandbox.misbehave(&["echoed-secret"]);
    sandbox.expire();
    let mut said = Vec::new();
    for arguments in [
        &["call", "sandbox-oauth2", "/userinfo", "-vv"][..],
        &["test", "sandbox-oauth2", "-vv"],
        &["test", "sandbox-oauth2", "--json"],
    ] {
        let ran = home.run(arguments);
        assert_ne!(ran.status, Some(0), "{}", ran.command);
        said.push(ran);
    }
    said.push(home.connect(&["sandbox-oauth2", "-vv"]).expect(5));
    for ran in said {
        let all = format!("{}{}{}", ran.stdout, ran.stderr, ran.page);
        assert!(all.contains("cannot understand"), "{all}");
        for secret in ["practice-secret", "practice-code-", "practice-refresh-", "practice-access-"]
        {
            assert!(!all.contains(secret), "{secret} in {}:\n{all}", ran.command);
        }
    }
}
