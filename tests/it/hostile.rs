//! Hostile definitions, answers and files: what must not get at a secret, and does not.

use crate::recorder::Recorder;
use crate::support::{Home, Sandbox, browse, query};

const SECRET: &str = "practice-secret";

/// A home in which the client `practice` is set.
fn with_client(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    let file = home.write("secret.txt", SECRET);
    let secret = format!("@{}", file.display());
    home.run(&["client", "set", "sandbox-oauth2", "--id", "practice", "--secret", &secret])
        .expect(0);
    std::fs::remove_file(file).unwrap();
    home
}

/// A server that would note a secret.
fn thief() -> Recorder {
    Recorder::start(|_| (200, "application/json", r#"{"access_token":"x"}"#.to_owned()))
}

fn nothing_stolen(thief: &Recorder) {
    let seen = thief.seen();
    assert!(seen.iter().all(|request| !request.text().contains(SECRET)), "it got the secret");
}

#[test]
fn no_template_puts_a_secret_into_the_browsers_address() {
    let sandbox = Sandbox::start(&[]);
    for (name, line) in [
        ("uri", "authorization_uri: \"{{{server}}}/authorize?s={{client_secret}}\""),
        ("param", "authorization_params: { s: \"{{client_secret}}\" }"),
        ("this", "authorization_params: { s: \"{{json this}}\" }"),
        ("up", "authorization_params: { s: \"{{#with client_id}}{{../client_secret}}{{/with}}\" }"),
        (
            "root",
            "authorization_params: { s: \"{{#with client_id}}{{@root.client_secret}}{{/with}}\" }",
        ),
    ] {
        let home = with_client(&sandbox).set("TIELINE_EVIL_SERVER", &sandbox.url);
        let yaml = format!(
            "extends: sandbox-oauth2\ntitle: {name}\nauthorizations:\n  oauth2:\n    {line}\n"
        );
        home.define("evil", &yaml);
        let ran = home.run(&["connect", "evil", "--no-browser", "--timeout", "1"]);
        assert_ne!(ran.status, Some(0), "{name}");
        assert!(!ran.stderr.contains(SECRET), "{name}: {}", ran.stderr);
    }
}

#[test]
fn a_child_cannot_send_its_parents_client_secret_elsewhere() {
    let sandbox = Sandbox::start(&[]);
    let thief = thief();
    let elsewhere = thief.url().replace("127.0.0.1", "localhost");
    for change in [
        format!("authorizations: {{ oauth2: {{ token_endpoint: \"{elsewhere}/token\" }} }}"),
        format!("authorizations: {{ oauth2: {{ refresh_endpoint: \"{elsewhere}/token\" }} }}"),
        format!("authorizations: {{ oauth2: {{ revocation_endpoint: \"{elsewhere}/revoke\" }} }}"),
        format!("fields: {{ server: {{ default: \"{elsewhere}\" }} }}"),
    ] {
        let home = with_client(&sandbox).set("TIELINE_EVIL_SERVER", &sandbox.url);
        home.define("evil", &format!("extends: sandbox-oauth2\ntitle: Evil\n{change}\n"));
        home.run(&["connect", "evil", "--no-browser", "--timeout", "1"])
            .expect(4)
            .says("would send your client secret to new hosts");
    }
    nothing_stolen(&thief);
}

#[test]
fn a_refresh_holds_a_definition_to_the_clients_hosts_too() {
    let sandbox = Sandbox::start(&["--lifetime", "30"]);
    let thief = thief();
    let home = with_client(&sandbox);
    home.connect(&["sandbox-oauth2"]).expect(0);
    home.run(&["client", "remove", "sandbox-oauth2"]).expect(0);
    // The same name in the user's own folder hides the built-in definition.
    let elsewhere = thief.url().replace("127.0.0.1", "localhost");
    let built_in = include_str!("../../apps/sandbox-oauth2.yaml");
    let edited = built_in.replace("\"{{{server}}}/token\"", &format!("{elsewhere}/token"));
    assert_ne!(edited, built_in);
    home.define("sandbox-oauth2", &edited);
    home.run(&["call", "sandbox-oauth2", "/userinfo"]).expect(4);
    nothing_stolen(&thief);
    assert!(thief.seen().is_empty());
}

#[test]
fn the_environment_store_reads_no_kept_client() {
    let sandbox = Sandbox::start(&[]);
    let home = with_client(&sandbox)
        .set("TIELINE_STORE", "env")
        .set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "practice")
        .set("TIELINE_SANDBOX_OAUTH2_REFRESH_TOKEN", "a-refresh-token");
    let thief = thief();
    let built_in = include_str!("../../apps/sandbox-oauth2.yaml");
    let edited = built_in
        .replace("\"{{{server}}}/token\"", &format!("{}/token", thief.url()))
        .replace("refresh: rotates", "refresh: reusable");
    home.define("sandbox-oauth2", &edited);
    home.run(&["call", "sandbox-oauth2", "/userinfo"]);
    nothing_stolen(&thief);
    assert_eq!(thief.seen().len(), 1, "the refresh itself is sent, as a public client");
}

#[test]
fn an_option_that_leads_to_another_domain_is_refused() {
    let home = Home::new();
    home.define(
        "good",
        r#"
title: Good
base_url: https://api.good.example
fields: { tld: { label: Region, options: [com, eu], default: com } }
authorizations:
  main:
    type: oauth2
    authorization_uri: https://accounts.good.{{tld}}/authorize
    token_endpoint: https://accounts.good.{{tld}}/token
    user_info_endpoint: { url: /me, response: { user_identity: "{{response.id}}" } }
"#,
    );
    home.define(
        "child",
        "extends: good\ntitle: Child\nfields: { tld: { options: [com.evil.test], default: com.evil.test } }\n",
    );
    home.run_with_input(&["client", "set", "good", "--id", "abc", "--secret", "-"], "sekrit-12345")
        .expect(0);
    home.run(&["connect", "child", "--no-browser", "--timeout", "1"])
        .expect(4)
        .says("accounts.good.com.evil.test");
}

#[test]
fn a_client_serves_the_children_that_the_catalogue_ships() {
    let home = Home::new();
    home.run_with_input(
        &["client", "set", "google", "--id", "abc", "--secret", "-"],
        "sekrit-12345",
    )
    .expect(0);
    let ran = home.run(&["connect", "google-contacts", "--no-browser", "--timeout", "1"]);
    // It waits for the browser, so the client was taken; another test may hold the port.
    assert!(!ran.stderr.contains("new hosts"), "{}", ran.stderr);
    assert!(matches!(ran.status, Some(6 | 1)), "{}", ran.stderr);
}

#[test]
fn an_unreadable_account_file_costs_nobody_a_client_secret() {
    let sandbox = Sandbox::start(&[]);
    let home = with_client(&sandbox);
    home.connect(&["sandbox-oauth2"]).expect(0);
    let before = home.kept();
    home.write("home/accounts/sandbox-oauth2/_.json", "{ \"state\": \"of a later version\" }");
    home.run(&["client", "set", "sandbox-oauth2", "--id", "other", "--public"]).expect(0);
    assert_eq!(home.kept(), before + 1, "the first client is still there");
}

#[test]
fn what_cannot_be_begun_keeps_no_other_from_being_tested() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.run_with_input(&["connect", "sandbox-api-key", "-f", "api_key=-"], "practice-key")
        .expect(0);
    let ran = home.run(&["test", "sandbox-basic", "sandbox-api-key", "--json"]).expect(3);
    let tests = ran.json()["tests"].clone();
    assert_eq!(tests[0]["verdict"], "failed");
    assert_eq!(tests[1]["verdict"], "works");
}

#[test]
fn an_account_that_was_connected_by_path_works_by_name() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("TIELINE_MINE_SERVER", &sandbox.url);
    home.write("work/mine.yaml", include_str!("../../apps/sandbox-api-key.yaml"));
    let connect = ["connect", "./work/mine.yaml", "-f", "api_key=-"];
    home.run_with_input(&connect, "practice-key").expect(0).says("Connected mine as");
    home.run(&["call", "mine", "/api/x"]).expect(0);
    home.run(&["test", "mine"]).expect(0).prints("works");
    home.run(&["disconnect", "mine"]).expect(0);
}

#[test]
fn a_host_that_could_be_any_is_a_finding() {
    let home = Home::new();
    for host in [
        "api.good.{{sub}}",
        "{{replace sub '-' '.'}}",
        "{{thisevil}}.com",
        "{{#if sub}}x{{/if}}.test",
    ] {
        let yaml = format!(
            "title: X\nbase_url: \"https://{host}/v1\"\nfields: {{ sub: {{ label: S, pattern: \"[a-z-]+\" }} }}\n\
             authorizations: {{ k: {{ type: api_key, user_info_endpoint: null }} }}\n"
        );
        let file = home.write("x.yaml", &yaml);
        home.run(&["lint", &file.display().to_string()]).expect(4);
    }
}

/// A definition with a menu of its own, and one that its provider fills.
const MENUS: &str = r#"
title: Steer
base_url: "{{{server}}}"
fields:
  server: { label: Server, format: url }
  region: { label: Region, help: Help, options: { eu: Europe, us: America } }
authorizations:
  main:
    type: oauth2
    scopes: [read]
    port: any
    authorization_uri: "{{{server}}}/authorize"
    token_endpoint: "{{{server}}}/token"
    lookups:
      - url: /rows
        choose: { from: response.rows, label: "{{chosen.name}}" }
        response: { extras: { row: "{{chosen.id}}" } }
    user_info_endpoint:
      url: /me
      response: { user_identity: "{{response.name}}" }
errors:
  odd: { meaning: Odd, hint: Hint }
"#;

/// What steers a terminal, as YAML writes it.
const STEERING: [&str; 6] = ["\\e[5m", "\\u202e", "\\u009b5m", "\\0", "\u{202e}", "\u{200b}"];

/// The menus with something that steers behind each text in turn.
fn steering_definitions() -> Vec<String> {
    let words = ["Steer", "Server", "Region", "Help", "Europe", "read", "main", "Odd", "Hint"];
    let texts = words.iter().flat_map(|word| STEERING.map(|what| (word, what)));
    texts
        .map(|(word, what)| {
            let yaml = MENUS.replacen(word, &format!("\"{word}{what}\""), 1);
            assert_ne!(yaml, MENUS);
            yaml
        })
        .collect()
}

/// Every definition in one process of each command; only `connect` takes one app.
#[test]
fn no_text_of_a_definition_steers_the_terminal() {
    let home = Home::new();
    let all = steering_definitions();
    let names: Vec<String> = (0..all.len()).map(|at| format!("steer-{at}")).collect();
    for (name, yaml) in names.iter().zip(&all) {
        home.define(name, yaml);
    }
    let found = home.run(&["lint", "--format", "json"]).expect(4).json();
    let found = found["findings"].as_array().unwrap();
    for name in &names {
        let is_found = |finding: &serde_json::Value| {
            finding["rule"] == "hidden-character"
                && finding["file"].as_str().unwrap().ends_with(&format!("/{name}.yaml"))
        };
        assert!(found.iter().any(is_found), "{name}");
    }
    let paths = names.iter().map(|name| format!("home/apps/{name}.yaml"));
    let paths: Vec<String> =
        paths.map(|path| home.path().join(path).display().to_string()).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let tests = [&["test"][..], &paths].concat();
    // One of each word, and with them one of each that steers.
    let one_each = names.chunks(STEERING.len()).enumerate();
    let one_each = one_each.map(|(at, names)| names[at % names.len()].as_str());
    let connects = one_each.map(|name| vec!["connect", name]);
    for command in [vec!["lint"], vec!["apps"], tests].into_iter().chain(connects) {
        let ran = home.run(&command);
        steers_nothing(&(ran.stderr + &ran.stdout));
    }
}

/// A provider that agrees at once and answers in the same manner.
fn steering_provider() -> Recorder {
    let answers = [
        (
            "/token",
            r#"{"access_token": "evil-token-1", "token_type": "Bearer", "scope": "a\u001b[5mb\u202e"}"#,
        ),
        (
            "/rows",
            r#"{"rows": [{"id": "r\u001b[5m1", "name": "Row\u001b[5m one\u202e"}, {"id": "r\u001b[5m2", "name": "Row two\u009b5m"}]}"#,
        ),
        ("/me", r#"{"name": "Ada\u001b[5m\u202e\u009b5m"}"#),
        ("/odd", r#"{"error": "odd", "error_description": "de\u001b[5mscribed\u202e"}"#),
    ];
    Recorder::start(move |request| {
        if request.path() == "/authorize" {
            let sent = query(&format!("http://a.example{}", request.target));
            let back = format!("{}?code=c0de&state={}", sent["redirect_uri"], sent["state"]);
            return (302, "", back);
        }
        let found = answers.iter().find(|(path, _)| request.path() == *path);
        let status = if request.path() == "/odd" { 400 } else { 200 };
        (status, "application/json", found.map_or("{}", |(_, body)| body).to_owned())
    })
}

#[track_caller]
fn steers_nothing(shown: &str) {
    for steering in ["\u{1b}[5m", "\u{202e}", "\u{9b}", "\0"] {
        assert!(!shown.contains(steering), "{steering:?} is in {shown:?}");
    }
}

#[test]
fn a_lookups_menu_takes_the_second_row_and_no_answer_steers_the_terminal() {
    let provider = steering_provider();
    let home = Home::new().set("TIELINE_STEER_SERVER", provider.url());
    home.define("steer", MENUS);
    home.run(&["client", "set", "steer", "--id", "mine", "--public"]).expect(0);
    let mut terminal = home.on_terminal(&["connect", "steer", "--no-browser"]);
    terminal.until("America").press("\r");
    let url = terminal.address("/authorize?");
    // The page tells the end, so it waits for the choice.
    let browser = std::thread::spawn(move || browse(&url));
    // The second row of the lookup's menu.
    terminal.until("Row").until("two").press("\u{1b}[B").press("\r");
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    let page = browser.join().unwrap();
    steers_nothing(&page.body);
    steers_nothing(&terminal.seen);
    let kept = home.run(&["accounts", "--json"]).expect(0).json();
    assert_eq!(kept["accounts"][0]["extras"]["row"], "r\u{1b}[5m2", "{kept}");
    for command in [
        &["accounts"][..],
        &["accounts", "show", "steer"],
        &["apps"],
        &["apps", "steer"],
        &["client", "show", "steer"],
        &["client", "set", "steer", "--id", "mine", "--public"],
        &["call", "steer", "/odd"],
        &["test", "steer", "-v"],
        &["disconnect", "steer"],
    ] {
        let ran = home.run(command);
        steers_nothing(&ran.stderr);
        // The answer of a call is for programs, byte for byte.
        if command[0] != "call" {
            steers_nothing(&ran.stdout);
        }
    }
}
