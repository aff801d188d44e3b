//! `test` of several accounts: at once, in order, within their time, and with a summary.

use crate::recorder::{Answer, Recorder};
use crate::support::{Home, Sandbox};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// An API whose accounts are named by their keys.
fn definition(server: &str) -> String {
    format!(
        r#"title: Many
base_url: {server}
accounts: many
authorizations:
  key:
    type: api_key
    user_info_endpoint:
      url: /me
      response:
        user_identity: "{{{{response.name}}}}"
"#
    )
}

/// A home with a key for each name in its environment, and nothing kept.
fn home(server: &str, names: &[impl AsRef<str>]) -> Home {
    let mut home = Home::new().set("TIELINE_STORE", "env");
    for name in names.iter().map(AsRef::as_ref) {
        home = home.set(&format!("TIELINE_MANY__{}__API_KEY", name.to_uppercase()), name);
    }
    home.define("many", &definition(server));
    home
}

/// A door that opens once, for everybody who waits.
#[derive(Clone, Default)]
struct Door(Arc<(Mutex<usize>, Condvar)>);

impl Door {
    /// Waits until `wanted` have come, or says that they did not.
    fn pass(&self, wanted: usize) -> bool {
        let (count, came) = &*self.0;
        let mut count = count.lock().unwrap();
        *count += 1;
        came.notify_all();
        let patience = Duration::from_secs(20);
        !came.wait_timeout_while(count, patience, |count| *count < wanted).unwrap().1.timed_out()
    }
}

fn named(key: &str) -> Answer {
    (200, "application/json", format!(r#"{{"name": "{key}"}}"#))
}

/// The accounts in the order in which they were printed.
fn printed(stdout: &str) -> Vec<&str> {
    let lines = stdout.lines().filter_map(|line| line.strip_prefix("✓ many/"));
    lines.filter_map(|line| line.split_whitespace().next()).collect()
}

/// A server that answers nobody before this many are asking at the same time.
fn together(wanted: usize) -> Recorder {
    let door = Door::default();
    Recorder::start(move |_| match door.pass(wanted) {
        true => named("somebody"),
        false => (503, "text/plain", String::new()),
    })
}

#[test]
fn sixteen_accounts_are_tested_at_once_and_shown_in_order() {
    let names: Vec<String> = (0..16).map(|number| format!("key_{number:02}")).collect();
    let home = home(&together(names.len()).url(), &names);
    let ran = home.run(&["test", "--all"]).expect(0).prints("16 work, 0 not verified, 0 failed (");
    assert_eq!(printed(&ran.stdout), names);
}

#[test]
fn no_more_are_tested_at_once_than_jobs_allows() {
    let home = home(&together(2).url(), &["ada1", "bob1"]);
    let ran = home.run(&["test", "--all", "--jobs", "1", "--timeout", "1"]).expect(6);
    ran.prints("1 work, 0 not verified, 1 failed").prints("many/ada1  network");
}

#[test]
fn one_that_hangs_delays_nobody_and_is_cut_off() {
    let server = Recorder::start(|request| {
        let key = request.header("authorization").unwrap_or_default().to_owned();
        if key.contains("hang") {
            std::thread::sleep(Duration::from_secs(120));
        }
        named(&key)
    });
    let home = home(&server.url(), &["ada1", "hang", "zoe1"]);
    let arguments = ["test", "many/zoe1", "many/hang", "many/ada1", "--timeout", "1"];
    let ran = home.run(&arguments).expect(6).prints("2 work, 0 not verified, 1 failed");
    assert_eq!(printed(&ran.stdout), ["zoe1", "ada1"], "in the order of the command line");
    let ran = ran.says("did not answer in time");
    ran.prints("many/hang  network  try again, or give it longer with `--timeout`");
    let json = home.run(&[&arguments[..], &["--json"]].concat()).expect(6).json();
    let tests = json["tests"].as_array().unwrap();
    let verdicts: Vec<_> = tests.iter().map(|test| &test["verdict"]).collect();
    assert_eq!(verdicts, ["works", "failed", "works"]);
    assert!(tests[1]["error"]["remedy"].as_str().unwrap().contains("--timeout"), "{json}");
}

#[test]
fn a_report_holds_the_tests_in_the_order_of_the_command_line() {
    let home = home(&together(2).url(), &["ada1", "bob1"]);
    let arguments = ["test", "many/bob1", "many/ada1", "--report", "junit=report.xml"];
    home.run(&arguments).expect(0).prints("2 work");
    let report = std::fs::read_to_string(home.path().join("report.xml")).unwrap();
    let at = |name: &str| report.find(name).unwrap_or_else(|| panic!("{report}"));
    assert!(at("many/bob1") < at("many/ada1"), "{report}");
    let arguments = ["test", "--all", "--report", "junit=-"];
    let ran = home.run(&arguments).expect(0);
    assert!(ran.stdout.starts_with("<?xml"), "the report alone: {}", ran.stdout);
}

#[test]
fn all_narrows_to_the_apps_that_are_named() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    for arguments in
        [&["sandbox-api-key"][..], &["sandbox-api-key", "--account", "second", "--add"]]
    {
        let connect = [&["connect", "-f", "api_key=-"], arguments].concat();
        home.run_with_input(&connect, "practice-key").expect(0);
    }
    home.run_with_input(
        &["connect", "sandbox-api-secret", "-f", "api_secret=-"],
        "practice-api-secret",
    )
    .expect(0);
    let tested = |arguments: &[&str], status| {
        let json = home.run(&[&["test", "--json"], arguments].concat()).expect(status).json();
        let tests = json["tests"].as_array().unwrap().iter();
        tests.map(|test| test["account"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let of_app = ["sandbox-api-key", "sandbox-api-key/second"];
    assert_eq!(tested(&["--all", "sandbox-api-key"], 0), of_app);
    assert_eq!(tested(&["--all"], 0).len(), 3);
    assert_eq!(tested(&["sandbox-api-key"], 0), ["sandbox-api-key"], "as `call` would take it");
    let twice = ["sandbox-api-key/second", "sandbox-api-key", "sandbox-api-key/second"];
    assert_eq!(tested(&twice, 0), twice[..2]);
    home.run(&["test", "--all", "github"]).expect(3).says("`github` is not connected");
}

#[test]
fn the_summary_names_the_command_for_each_that_fails() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&["sandbox-oauth2"]).expect(0);
    home.run_with_input(&["connect", "sandbox-api-key", "-f", "api_key=-"], "practice-key")
        .expect(0);
    sandbox.revoke();
    let ran = home.run(&["test", "--all"]).expect(3).prints("1 work, 0 not verified, 1 failed");
    ran.prints("FAILED").prints("sandbox-oauth2  invalid_grant  tieline connect sandbox-oauth2\n");
}

#[test]
fn accounts_in_the_environment_need_no_store() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("TIELINE_STORE", "env");
    let ran = home.run(&["test", "--all"]).expect(2).says("no account is in the environment");
    assert!(ran.stdout.is_empty());
    let home = home
        .set("TIELINE_SANDBOX_API_KEY_API_KEY", "practice-key")
        .set("TIELINE_SANDBOX_BASIC__WORK__PASSWORD", "practice-password")
        // A client alone is no account.
        .set("TIELINE_SANDBOX_OAUTH2_CLIENT_ID", "practice")
        .set("TIELINE_SANDBOX_OAUTH2_CLIENT_SECRET", "practice-secret");
    let ran = home.run(&["test", "--all"]).expect(3).prints("1 work, 0 not verified, 1 failed");
    let ran = ran.prints("✓ sandbox-api-key ");
    // What is set in part is told, and not left out.
    ran.says("set TIELINE_SANDBOX_BASIC__WORK__USERNAME");
    let home = home.set("TIELINE_SANDBOX_BASIC__WORK__USERNAME", "ada");
    home.run(&["test", "--all"]).expect(0).prints("✓ sandbox-basic/work ");
    home.run(&["test", "sandbox-api-key"]).expect(0).prints("read from the environment");
    home.run(&["test", "--all", "sandbox-basic"]).expect(0).prints("sandbox-basic/work works");
    assert!(!home.path().join("home/vault").exists(), "nothing is stored");
}

#[test]
fn a_terminal_tells_what_is_waited_for() {
    let held = Door::default();
    let release = held.clone();
    let server = Recorder::start(move |request| {
        let key = request.header("authorization").unwrap_or_default().to_owned();
        if key.contains("ada1") {
            held.pass(2);
        }
        named(&key)
    });
    let home = home(&server.url(), &["ada1", "bob1"]);
    let mut terminal = home.on_terminal(&["test", "--all"]);
    terminal.until("1 of 2 tested").until("waiting for many/ada1");
    release.pass(2);
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    let screen = terminal.screen();
    assert!(!screen.contains("waiting for"), "{screen}");
    assert!(screen.contains("2 work, 0 not verified, 0 failed"), "{screen}");
}

#[test]
fn definitions_are_tested_after_the_accounts_and_keep_nothing() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("TIELINE_MINE_API_KEY", "practice-key");
    let home = home.set("TIELINE_MINE_SERVER", &sandbox.url);
    home.write("mine.yaml", include_str!("../../apps/sandbox-api-key.yaml"));
    home.run_with_input(&["connect", "sandbox-api-key", "-f", "api_key=-"], "practice-key")
        .expect(0);
    let ran = home.run(&["test", "./mine.yaml", "sandbox-api-key", "./gone.yaml"]).expect(2);
    let ran = ran.prints("2 work, 0 not verified, 1 failed").says("`./gone.yaml` cannot be read");
    let at = |text: &str| ran.stdout.find(text).unwrap_or_else(|| panic!("{}", ran.stdout));
    assert!(at("✓ sandbox-api-key") < at("✓ mine"));
    let kept = home.run(&["accounts", "--json"]).expect(0).json();
    assert_eq!(kept["accounts"].as_array().unwrap().len(), 1);
}
