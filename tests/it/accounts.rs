//! Accounts: one or many, which one is meant, what is shown of them, and how they go.

use crate::support::{Home, Sandbox};

const APP: &str = "sandbox-oauth2";
const KEY: &[&str] = &["connect", "sandbox-api-key", "-f", "api_key=practice-key"];

fn connect_key(home: &Home, more: &[&str]) -> crate::support::Ran {
    home.run(&[KEY, more].concat())
}

#[test]
fn an_app_with_one_account_takes_a_second_only_with_add() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    connect_key(&home, &[]).expect(0);
    let ran = connect_key(&home, &["--account", "work"]).expect(2).says("is connected as");
    ran.says("tieline connect sandbox-api-key --account work --add");
    assert_eq!(home.kept(), 1);
    connect_key(&home, &["--add"]).expect(2).says("needs a name");
    connect_key(&home, &["--account", "work", "--add"]).expect(0).says("sandbox-api-key/work");
    assert_eq!(home.kept(), 2);
    // It is remembered that this app has several.
    connect_key(&home, &["--account", "third"]).expect(0).says("sandbox-api-key/third");
}

#[test]
fn an_app_with_many_accounts_takes_names_at_once() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&["sandbox-oauth2/work"]).expect(0).says("Connected sandbox-oauth2/work");
    home.connect(&[APP, "--account", "home"]).expect(0).says("Connected sandbox-oauth2/home");
    for name in ["a b", "a/b", "../x", "", "a\u{1b}"] {
        home.run(&["connect", APP, "--no-browser", "--account", name]).expect(2);
    }
    assert_eq!(home.kept(), 2);
}

#[test]
fn where_several_could_be_meant_the_choices_are_listed() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    connect_key(&home, &["--account", "work"]).expect(0);
    home.run(&["call", "sandbox-api-key", "/api/x"]).expect(0);
    connect_key(&home, &["--account", "play", "--add"]).expect(0);
    for command in [
        &["call", "sandbox-api-key", "/api/x"][..],
        &["test", "sandbox-api-key"],
        &["disconnect", "sandbox-api-key"],
        &["accounts", "show", "sandbox-api-key"],
        &["accounts", "rename", "sandbox-api-key", "x"],
        &["accounts", "refresh", "sandbox-api-key"],
        KEY,
    ] {
        let ran = home.run(command).expect(2).says("`sandbox-api-key` has several accounts");
        ran.says("`sandbox-api-key/play`").says("`sandbox-api-key/work`").says("accounts default");
    }
    home.run(&["call", "sandbox-api-key/wrok", "/x"])
        .expect(3)
        .says("did you mean `sandbox-api-key/work`?");
    home.run(&["accounts", "default", "sandbox-api-key/nobody"]).expect(3);
    home.run(&["accounts", "default", "sandbox-api-key/work"]).expect(0);
    home.run(&["call", "-v", "sandbox-api-key", "/api/x"])
        .expect(0)
        .says("sandbox-api-key/work, the default");
    home.run(&["accounts", "show", "sandbox-api-key"])
        .expect(0)
        .prints("because it is the default");
    home.run(&["accounts"]).expect(0).prints("sandbox-api-key/work *");
    let home = home.set("TIELINE_SANDBOX_API_KEY_ACCOUNT", "play");
    home.run(&["accounts", "show", "sandbox-api-key"]).expect(0).prints("named in the environment");
    home.run(&["disconnect", "sandbox-api-key/work"]).expect(0);
    home.run(&["disconnect", "sandbox-api-key/work"]).expect(3);
}

#[test]
fn a_default_that_is_gone_is_none() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    for name in ["a", "b", "c"] {
        connect_key(&home, &["--account", name, "--add"]).expect(0);
    }
    home.run(&["accounts", "default", "sandbox-api-key/a"]).expect(0);
    home.run(&["disconnect", "sandbox-api-key/a"]).expect(0);
    home.run(&["call", "sandbox-api-key", "/api/x"]).expect(2).says("has several accounts");
    home.run(&["disconnect", "sandbox-api-key/b"]).expect(0);
    home.run(&["call", "sandbox-api-key", "/api/x"]).expect(0);
}

#[test]
fn an_app_that_there_is_not_is_told_as_such() {
    let home = Home::new();
    for command in [&["disconnect"][..], &["accounts", "show"], &["call"], &["token"]] {
        let path = if command == ["call"] { &["/"][..] } else { &[] };
        let ran = home.run(&[command, &["githbu"], path].concat()).expect(2);
        ran.says("there is no app `githbu`").says("github");
    }
}

#[test]
fn without_accounts_the_list_says_what_to_do() {
    let home = Home::new();
    home.run(&["accounts"]).expect(0).says("No account is connected.").says("tieline demo");
    let json = home.run(&["accounts", "--json"]).expect(0).json();
    assert_eq!(json, serde_json::json!({ "schema": 1, "accounts": [] }));
}

#[test]
fn the_table_and_its_json_tell_the_same_and_no_secret() {
    let sandbox = Sandbox::start(&["--lifetime", "7300"]);
    let home = sandbox.home();
    connect_key(&home, &[]).expect(0);
    home.connect(&[APP]).expect(0);
    let table = home.run(&["accounts"]).expect(0);
    let rows: Vec<Vec<&str>> = table
        .stdout
        .lines()
        .map(|line| line.split("  ").filter(|s| !s.is_empty()).map(str::trim).collect())
        .collect();
    assert_eq!(rows[0], ["ACCOUNT", "IDENTITY", "AUTH", "EXPIRES", "STORE"]);
    assert_eq!(rows[1], ["sandbox-api-key", "ada@sandbox.test", "api_key", "never", "file"]);
    assert_eq!(rows[2], ["sandbox-oauth2", "ada@sandbox.test", "oauth2", "in 2 h", "file"]);
    let ran = home.run(&["accounts", "--json"]).expect(0);
    let json = ran.json();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["accounts"][1]["account"], "sandbox-oauth2");
    assert_eq!(json["accounts"][1]["client_id"], "practice-public");
    assert_eq!(json["accounts"][1]["scopes"], serde_json::json!(["profile", "email"]));
    assert!(!ran.stdout.contains("practice-key") && !ran.stdout.contains("practice-access"));
    let shown = home.run(&["accounts", "show", APP, "--json"]).expect(0).json();
    assert_eq!((&shown["schema"], &shown["account"]), (&1.into(), &APP.into()));
    let shown =
        home.run(&["accounts", "show", APP]).expect(0).prints("oauth2, client practice-public");
    shown.prints("hosts     127.0.0.1").prints("sealed file").prints("because it is the only one");
}

#[test]
fn the_list_needs_neither_store_nor_network() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    connect_key(&home, &[]).expect(0);
    drop(sandbox);
    let home = home.set("TIELINE_KEY", "");
    home.run(&["accounts"]).expect(0).prints("ada@sandbox.test");
    home.run(&["accounts", "show", "sandbox-api-key"]).expect(0);
}

#[test]
fn an_account_is_renamed_with_its_credential() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    home.run(&["accounts", "rename", APP, "work"]).expect(0).says("to sandbox-oauth2/work");
    assert_eq!(home.kept(), 1);
    home.run(&["call", "sandbox-oauth2/work", "/api/x"]).expect(0);
    sandbox.expire();
    home.run(&["call", "sandbox-oauth2/work", "/api/x"]).expect(0);
    home.connect(&["sandbox-oauth2/play"]).expect(0);
    home.run(&["accounts", "rename", "sandbox-oauth2/play", "work"]).expect(2);
    home.run(&["call", "sandbox-oauth2/play", "/api/x"]).expect(0);
    home.run(&["accounts", "rename", "sandbox-oauth2/play", "a b"]).expect(2);
    home.run(&["accounts", "rename", "sandbox-oauth2/gone", "x"]).expect(3);
}

#[test]
fn a_renamed_default_stays_the_default() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&["sandbox-oauth2/a"]).expect(0);
    home.connect(&["sandbox-oauth2/b"]).expect(0);
    home.run(&["accounts", "default", "sandbox-oauth2/a"]).expect(0);
    home.run(&["accounts", "rename", "sandbox-oauth2/a", "c"]).expect(0);
    home.run(&["accounts", "show", APP]).expect(0).prints("sandbox-oauth2/c");
}

#[test]
fn disconnecting_revokes_and_forgets() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    connect_key(&home, &[]).expect(0);
    home.run(&["disconnect", APP]).expect(0).says("revoked at the provider");
    let ran = home.run(&["disconnect", "sandbox-api-key"]).expect(0);
    ran.says("the provider has no revocation");
    assert_eq!((home.kept(), sandbox.state()["revocations"].as_u64()), (0, Some(1)));
    home.run(&["disconnect", APP]).expect(3).says("is not connected");
}

#[test]
fn an_account_goes_even_if_it_cannot_be_revoked() {
    let sandbox = Sandbox::start(&["--misbehave", "revocation-fails"]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    let ran = home.run(&["disconnect", APP]).expect(0).says("not revoked at the provider");
    ran.says("503").says("may still work");
    assert_eq!(home.kept(), 0);
    home.run(&["call", APP, "/api/x"]).expect(3);
    sandbox.misbehave(&[]);
    home.connect(&[APP]).expect(0);
    drop(sandbox);
    home.run(&["disconnect", APP]).expect(0).says("refused the connection");
    assert_eq!(home.kept(), 0);
}

#[test]
fn several_accounts_go_in_one_command() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&["sandbox-oauth2/a"]).expect(0);
    home.connect(&["sandbox-oauth2/b"]).expect(0);
    connect_key(&home, &[]).expect(0);
    let all = ["disconnect", "sandbox-oauth2/a", "sandbox-oauth2/gone", "sandbox-api-key"];
    let ran = home.run(&all).expect(3).says("Disconnected sandbox-oauth2/a");
    ran.says("`sandbox-oauth2/gone` is not connected").says("Disconnected sandbox-api-key");
    assert_eq!(home.kept(), 1);
    home.run(&["disconnect", "sandbox-oauth2/b"]).expect(0);
}

#[test]
fn a_refresh_renews_the_credential_and_looks_again_who_it_is() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    home.run(&["accounts", "refresh", APP]).expect(0).says("Refreshed sandbox-oauth2");
    assert_eq!(sandbox.state()["refreshes"], 1);
    sandbox.expire();
    home.run(&["accounts", "refresh", APP]).expect(0);
    home.run(&["call", APP, "/api/x"]).expect(0);
    connect_key(&home, &[]).expect(0);
    home.run(&["accounts", "refresh", "sandbox-api-key"]).expect(0);
    sandbox.revoke();
    let ran = home.run(&["accounts", "refresh", APP]).expect(3).says("invalid_grant");
    ran.says("tieline connect sandbox-oauth2");
    home.run(&["accounts", "refresh", "nobody-knows"]).expect(2);
}

/// The codes of the warnings of the only account.
fn warnings(home: &Home) -> Vec<String> {
    let list = home.run(&["accounts", "--json"]).expect(0).json();
    let warnings = list["accounts"][0]["warnings"].as_array().unwrap().clone();
    warnings.iter().map(|warning| warning["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_will_not_work_for_long_is_said_before_it_fails() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    assert!(warnings(&home).is_empty(), "{:?}", warnings(&home));

    // The definition and the client may have changed since.
    home.define("child", "extends: sandbox-oauth2\ntitle: Child\n");
    let child = sandbox.home();
    let define = |scopes: &str| {
        let text = format!(
            "extends: sandbox-oauth2\ntitle: Child\nauthorizations:\n  oauth2:\n    scopes: {scopes}\n"
        );
        child.define("child", &text);
    };
    define("[profile]");
    let server = format!("server={}", sandbox.url);
    child.connect(&["child", "--field", &server]).expect(0);
    assert!(warnings(&child).is_empty(), "{:?}", warnings(&child));
    define("[profile, email]");
    child.write("secret.txt", "practice-secret");
    let set = ["client", "set", "child", "--id", "practice", "--secret", "@secret.txt"];
    child.run(&set).expect(0);
    assert_eq!(warnings(&child), ["scopes_not_asked_for", "other_client"]);
    let shown = child.run(&["accounts", "show", "child"]).expect(0);
    let shown = shown.prints("connected before these were asked for: email");
    shown.prints("practice is set: run `tieline connect child`");
    let mut terminal = child.on_terminal(&["accounts"]);
    terminal.until("Worth a look:").until("child  connected before these were asked for: email");
    assert_eq!(terminal.ends(), 0);
    child.connect(&["child", "--field", &server]).expect(0);
    assert!(warnings(&child).is_empty(), "{:?}", warnings(&child));
    child.define("child", "title: [\n");
    assert_eq!(warnings(&child), ["no_definition"]);
}

#[test]
fn a_token_that_nothing_renews_is_warned_of() {
    let sandbox = Sandbox::start(&["--misbehave", "no-refresh-token", "--lifetime", "600"]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    assert_eq!(warnings(&home), ["ends_soon"]);
    let file = home.path().join("home/accounts").join(APP).join("_.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut record: serde_json::Value = serde_json::from_str(&text).unwrap();
    record["account"]["expires_at"] = 1.into();
    std::fs::write(&file, record.to_string()).unwrap();
    assert_eq!(warnings(&home), ["over"]);
    let sandbox = Sandbox::start(&["--misbehave", "fewer-scopes"]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    assert_eq!(warnings(&home), ["scopes_not_granted"]);
}
