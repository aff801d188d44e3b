//! Key and basic types: fields from flags, files, standard input, the environment and prompts.

use crate::support::{Home, Sandbox};

/// Every sandbox app without a browser, and what it asks for.
const APPS: &[(&str, &[(&str, &str)])] = &[
    ("sandbox-basic", &[USERNAME, PASSWORD]),
    ("sandbox-basic-url", &[USERNAME, PASSWORD]),
    ("sandbox-basic-api-key", &[USERNAME, PASSWORD, KEY]),
    ("sandbox-api-key", &[KEY]),
    ("sandbox-api-secret", &[SECRET]),
    ("sandbox-api-key-secret", &[KEY, SECRET]),
    ("sandbox-api-key-url", &[KEY]),
    ("sandbox-login", &[USERNAME, PASSWORD]),
];
const USERNAME: (&str, &str) = ("username", "ada");
const PASSWORD: (&str, &str) = ("password", "practice-password");
const KEY: (&str, &str) = ("api_key", "practice-key");
const SECRET: (&str, &str) = ("api_secret", "practice-api-secret");

fn variable(app: &str, field: &str) -> String {
    format!("TIELINE_{app}_{field}").to_uppercase().replace('-', "_")
}

#[test]
fn every_type_connects_with_flags_and_works() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    for (app, fields) in APPS {
        let flags: Vec<String> =
            fields.iter().map(|(name, value)| format!("--field={name}={value}")).collect();
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let ran = home.run(&[&["connect", app], &flags[..]].concat()).expect(0);
        let ran = ran.says(&format!("Connected {app} as ada@sandbox.test"));
        assert!(!ran.stderr.contains("practice-"), "{}", ran.stderr);
        home.run(&["test", app]).expect(0).prints(&format!("{app} works"));
        home.run(&["call", app, "/api/x"]).expect(0).prints("ada@sandbox.test");
    }
    assert_eq!(home.kept(), APPS.len());
}

#[test]
fn values_come_from_files_and_standard_input_without_their_line_break() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.write("key.txt", "practice-key\r\n");
    let flags = ["connect", "sandbox-api-key-secret", "-f", "api_key=@key.txt"];
    let flags = [&flags[..], &["-f", "api_secret=-"]].concat();
    home.run_with_input(&flags, "practice-api-secret\n").expect(0);
    let both = ["connect", "sandbox-api-key-secret", "-f", "api_key=-", "-f", "api_secret=-"];
    home.run_with_input(&both, "x\n").expect(2).says("cannot both come from standard input");
    let gone = ["connect", "sandbox-api-key", "-f", "api_key=@gone.txt"];
    home.run(&gone).expect(2).says("the file of `api_key` cannot be read");
    home.run(&["connect", "sandbox-api-key", "-f", "api_key"]).expect(2).says("NAME=VALUE");
}

#[test]
fn what_is_too_long_for_a_value_is_refused_and_not_cut() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.write("long", &"k".repeat(64 * 1024 + 1));
    let file = ["connect", "sandbox-api-key", "-f", "api_key=@long"];
    home.run(&file).expect(2).says("longer than 64 KiB");
    let input = ["connect", "sandbox-api-key", "-f", "api_key=-"];
    home.run_with_input(&input, &"k".repeat(64 * 1024 + 1)).expect(2).says("longer than 64 KiB");
    home.write("long", &"k".repeat(64 * 1024));
    home.run(&file).expect(5);
}

#[cfg(unix)]
#[test]
fn a_pipe_gives_a_value_and_one_that_nobody_writes_to_is_not_waited_for() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let pipe = home.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let arguments = ["connect", "sandbox-api-key", "-f", "api_key=@pipe"];
    home.run(&arguments).expect(2).says("it is a pipe that nobody writes to");
    let child = home.command(&arguments).spawn().unwrap();
    std::fs::write(pipe, "practice-key\n").unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
}

#[test]
fn values_come_from_the_environment_and_a_flag_goes_first() {
    let sandbox = Sandbox::start(&[]);
    for (app, fields) in APPS {
        let home = fields
            .iter()
            .fold(sandbox.home(), |home, (name, value)| home.set(&variable(app, name), *value));
        home.run(&["connect", app]).expect(0).says("as ada@sandbox.test");
    }
    let home = sandbox.home().set("TIELINE_SANDBOX_API_KEY_API_KEY", "wrong-key");
    home.run(&["connect", "sandbox-api-key", "-f", "api_key=practice-key"]).expect(0);
    let home = home.set("TIELINE_SANDBOX_API_KEY__WORK__API_KEY", "practice-key");
    home.run(&["connect", "sandbox-api-key/work", "--add"]).expect(0);
}

#[test]
fn without_a_terminal_everything_missing_is_named_at_once() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    for (app, fields) in APPS {
        let mut ran = home.run(&["connect", app]).expect(2).says("no terminal to ask on");
        for (name, _) in *fields {
            ran = ran.says(&format!("`{name}`")).says(&format!("--field {name}="));
            ran = ran.says(&variable(app, name));
        }
        let stdin = ran.stderr.matches("=- ").count();
        assert!(stdin <= 1, "only one value comes from standard input:\n{}", ran.stderr);
    }
    let ran = home.run(&["connect", "sandbox-basic/work"]).expect(2);
    ran.says("TIELINE_SANDBOX_BASIC__WORK__USERNAME").says("TIELINE_SANDBOX_BASIC__WORK__PASSWORD");
    assert_eq!(home.kept(), 0);
}

#[test]
fn a_wrong_credential_is_refused_and_nothing_is_stored() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    for (app, fields) in APPS {
        let flags: Vec<String> =
            fields.iter().map(|(name, _)| format!("--field={name}=canary-5up3r")).collect();
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let ran = home.run(&[&["connect", app, "-vv"], &flags[..]].concat()).expect(5);
        let ran = ran.says("was not connected").says("does not know this credential");
        let shown: String = ran.stderr.replace("username=canary-5up3r", "");
        let is_key = !fields.contains(&USERNAME);
        assert!(!is_key || !shown.contains("canary-5up3r"), "{shown}");
        home.run(&["accounts", "show", app]).expect(3);
    }
    assert_eq!(home.kept(), 0);
}

#[test]
fn a_wrong_credential_leaves_the_kept_one_alone() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let app = "sandbox-api-key";
    home.run(&["connect", app, "-f", "api_key=practice-key"]).expect(0);
    home.run(&["connect", app, "-f", "api_key=canary"]).expect(5);
    home.run(&["call", app, "/api/x"]).expect(0);
}

#[test]
fn an_unknown_field_gets_a_suggestion() {
    let home = Home::new();
    let ran = home.run(&["connect", "sandbox-api-key", "-f", "api_kye=x"]).expect(2);
    ran.says("has no field `api_kye`").says("did you mean `api_key`?");
    let ran = home.run(&["connect", "sandbox-api-key", "-f", "zzzzzzzz=x"]).expect(2);
    ran.says("its fields are: ");
}

/// A definition with a field of each sort.
const FIELDS: &str = r#"
title: Sorts
base_url: "{{{server}}}/api-key"
fields:
  server: { format: url }
  subdomain:
    label: Subdomain
    example: acme
    pattern: "[a-z0-9][a-z0-9-]*"
    strip: { prefix: "https://", suffix: ".zendesk.test" }
  region:
    label: Data centre
    options: { com: United States, eu: Europe, in: India }
  contact: { format: email, optional: true }
authorizations:
  key:
    type: api_key
    user_info_endpoint:
      url: /me
      response: { user_identity: "{{response.email}} at {{subdomain}} in {{region}}" }
"#;

fn sorts(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.define("sorts", FIELDS);
    home.set("TIELINE_SORTS_SERVER", format!("{}/", sandbox.url))
}

#[test]
fn what_does_not_fit_is_said_with_what_would() {
    let sandbox = Sandbox::start(&[]);
    let home = sorts(&sandbox);
    let connect = |more: &[&str]| {
        let flags = ["connect", "sorts", "-f", "api_key=practice-key", "-f", "region=eu"];
        home.run(&[&flags[..], &["-f", "subdomain=acme"], more].concat())
    };
    for (field, said) in [
        ("subdomain=a b", "something like acme"),
        ("subdomain=acme.evil", "something like acme"),
        ("subdomain=", "a value is needed"),
        ("region=us", "one of com, eu, in"),
        ("contact=ada", "not an e-mail address"),
        ("contact=ada@x.test\u{1b}[2J", "control characters"),
        ("server=http://elsewhere.test", "https"),
        ("server=https://user@elsewhere.test", "user or password"),
        ("server=https://elsewhere.test/?x=1", "query"),
        ("server=ftp://elsewhere.test", "not https"),
    ] {
        let ran = connect(&["-f", field]).expect(2).says("does not fit").says(said);
        assert!(!ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
    }
    let empty = connect(&["-f", "subdomain="]).expect(2);
    empty.says("a variable that is not set?");
    assert_eq!(sandbox.state()["requests"].as_object().unwrap().len(), 0);
    connect(&[]).expect(0).says("as ada@sandbox.test at acme in eu");
    let pasted = "subdomain=  HTTPS://acme-2.zendesk.test/agent/home ";
    connect(&["-f", pasted, "-f", "contact=ada@x.test", "--replace"])
        .expect(0)
        .says("at acme-2 in eu");
    home.run(&["accounts", "show", "sorts"]).expect(0).prints("subdomain: acme-2");
}

#[test]
fn a_pasted_address_becomes_the_bare_value() {
    let sandbox = Sandbox::start(&[]);
    let home = sorts(&sandbox);
    let flags = ["connect", "sorts", "-f", "api_key=practice-key", "-f", "region=in"];
    let pasted = ["-f", "subdomain=https://acme.zendesk.test/agent"];
    home.run(&[&flags[..], &pasted].concat()).expect(0).says("at acme in in");
}

#[test]
fn a_person_is_asked_and_what_does_not_fit_is_asked_again() {
    let sandbox = Sandbox::start(&[]);
    let home = sorts(&sandbox);
    let mut terminal = home.on_terminal(&["connect", "sorts"]);
    terminal.until("API key (not shown)").types("practice-key");
    terminal.until("Subdomain [acme]").types("not that");
    terminal.until("something like acme").until("Subdomain").types("acme");
    // The menu: one down from the United States.
    terminal.until("United States").until("India").press("\u{1b}[B").press("\r");
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    assert!(terminal.seen.contains("at acme in eu"), "{}", terminal.seen);
    assert!(!terminal.seen.contains("practice-key"), "{}", terminal.seen);
}

#[test]
fn a_refused_key_is_asked_for_again_twice_at_most() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut terminal = home.on_terminal(&["connect", "sandbox-api-key"]);
    terminal.until("(not shown)").types("canary-1");
    terminal.until("Nothing was stored").until("(not shown").types("practice-key");
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);

    let mut terminal = home.on_terminal(&["connect", "sandbox-api-secret"]);
    terminal.until("(not shown").types("canary-1");
    terminal.until("stored; 2 tries left").until("(not shown").types("canary-2");
    terminal.until("stored; one try left").until("(not shown").types("canary-3");
    assert_eq!(terminal.ends(), 5, "{}", terminal.seen);
    assert!(!terminal.seen.contains("canary"), "{}", terminal.seen);
    assert_eq!(terminal.seen.matches("Nothing was stored").count(), 2, "{}", terminal.seen);
    assert_eq!(home.kept(), 1);
}

#[test]
fn a_prompt_left_with_ctrl_c_stores_nothing_and_gives_the_terminal_back() {
    let sandbox = Sandbox::start(&[]);
    let home = sorts(&sandbox).set("TIELINE_SORTS_API_KEY", "practice-key");
    for (app, prompt) in [("sandbox-api-key", "(not shown): "), ("sandbox-basic", "User name: ")] {
        let mut terminal = home.on_terminal(&["connect", app]);
        terminal.until(prompt).press("canary\u{3}");
        assert_eq!(terminal.ends(), 130, "{}", terminal.seen);
        assert!(terminal.seen.contains("\n\u{1b}[1;31merror:"), "{:?}", terminal.seen);
    }
    let mut terminal = home.on_terminal(&["connect", "sorts"]);
    terminal.until("Subdomain").types("acme").until("India").press("\u{3}");
    assert_eq!(terminal.ends(), 130, "{}", terminal.seen);
    let cursor = terminal.seen.rfind("\u{1b}[?25h") > terminal.seen.rfind("\u{1b}[?25l");
    assert!(cursor, "{:?}", terminal.seen);
    assert_eq!(home.kept(), 0);
}

#[test]
fn a_hidden_line_can_be_corrected() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut terminal = home.on_terminal(&["connect", "sandbox-api-key"]);
    terminal.until("(not shown): ").types("wrong\u{15}practice-kyé\u{7f}\u{7f}ey");
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
}

#[test]
fn a_value_from_standard_input_that_a_person_types_is_hidden() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let command = ["connect", "sandbox-api-key", "-f", "api_key=-"];
    let mut terminal = home.on_terminal(&command);
    terminal.until("api_key (not shown): ").press("canary\u{3}");
    assert_eq!(terminal.ends(), 130, "{}", terminal.seen);
    let mut terminal = home.on_terminal(&command);
    terminal.until("api_key (not shown): ").types("practice-key");
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    assert!(!terminal.seen.contains("practice-key"), "{}", terminal.seen);
}
