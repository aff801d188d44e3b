//! Refresh: once however many wait, never losing a token, never after a disconnect.

use crate::recorder::files;
use crate::support::{Home, Sandbox};
use serde_json::Value;
use std::fs::File;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const APP: &str = "sandbox-oauth2";

fn connected(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    home
}

fn refreshes(sandbox: &Sandbox) -> u64 {
    sandbox.state()["refreshes"].as_u64().unwrap()
}

/// Holds the account, as another tieline would.
fn hold(home: &Home) -> File {
    let folder = home.path().join("home/locks");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{APP}.lock"));
    let file = File::options().create(true).truncate(false).write(true).open(path).unwrap();
    file.lock().unwrap();
    file
}

/// Asks the sandbox until it has seen this many requests to a path.
fn until_seen(sandbox: &Sandbox, path: &str, count: u64) {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let seen = sandbox.state()["requests"][path].as_u64().unwrap_or(0);
        if seen >= count {
            return;
        }
        assert!(Instant::now() < end, "{seen} of {count} requests to {path}");
    }
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_token_is_renewed_before_its_last_minute_begins() {
    let sandbox = Sandbox::start(&["--lifetime", "30"]);
    let home = connected(&sandbox);
    home.run(&["call", APP, "/userinfo"]).expect(0);
    assert_eq!(refreshes(&sandbox), 1);
    home.run(&["call", APP, "/userinfo"]).expect(0);
    assert_eq!(refreshes(&sandbox), 2);
    assert_eq!(sandbox.state()["refused"], 0);
}

#[test]
fn a_good_token_is_not_renewed() {
    let sandbox = Sandbox::start(&["--lifetime", "600"]);
    let home = connected(&sandbox);
    home.run(&["call", APP, "/userinfo"]).expect(0);
    home.run(&["test", APP]).expect(0);
    assert_eq!(refreshes(&sandbox), 0);
}

#[test]
fn a_refused_token_is_renewed_and_the_request_sent_again() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    for round in 1..=3 {
        sandbox.expire();
        home.run(&["call", APP, "/userinfo"]).expect(0).prints("Ada Lovelace");
        assert_eq!(refreshes(&sandbox), round);
    }
}

#[test]
fn an_app_that_refuses_every_token_is_asked_twice_and_no_more() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    sandbox.misbehave(&["unauthorized"]);
    home.run(&["call", APP, "/api"]).expect(8);
    let state = sandbox.state();
    assert_eq!((&state["refreshes"], &state["requests"]["/api"]), (&1.into(), &2.into()));
}

#[test]
fn twenty_processes_on_an_expired_token_refresh_it_once() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    sandbox.expire();
    // While we hold the account, all twenty come to the point where they want to refresh.
    let held = hold(&home);
    let children: Vec<Child> =
        (0..20).map(|_| home.command(&["call", APP, "/userinfo"]).spawn().unwrap()).collect();
    until_seen(&sandbox, "/userinfo", 21);
    drop(held);
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
        assert!(String::from_utf8_lossy(&output.stdout).contains("Ada Lovelace"));
    }
    assert_eq!(refreshes(&sandbox), 1);
    home.run(&["call", APP, "/userinfo"]).expect(0);
}

#[test]
fn processes_that_start_whenever_they_like_all_succeed_on_a_short_lived_token() {
    let sandbox = Sandbox::start(&["--lifetime", "30"]);
    let home = connected(&sandbox);
    let children: Vec<Child> =
        (0..20).map(|_| home.command(&["call", APP, "/userinfo"]).spawn().unwrap()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
    }
    assert_eq!(sandbox.state()["refused"], 0);
}

#[test]
fn without_a_new_refresh_token_the_old_one_is_kept() {
    let sandbox = Sandbox::start(&["--misbehave", "no-refresh-rotation"]);
    let home = connected(&sandbox);
    for round in 1..=2 {
        sandbox.expire();
        home.run(&["call", APP, "/userinfo"]).expect(0);
        assert_eq!(refreshes(&sandbox), round);
    }
}

#[test]
fn a_refused_refresh_token_means_connect_again() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    sandbox.revoke();
    home.run(&["call", APP, "/userinfo"])
        .expect(3)
        .says("invalid_grant")
        .says("tieline connect sandbox-oauth2");
    home.run(&["test", APP]).expect(3);
    home.run(&["accounts"]).expect(0).prints(APP);
    home.connect(&[APP]).expect(0);
    home.run(&["call", APP, "/userinfo"]).expect(0);
}

#[test]
fn a_network_that_is_down_costs_no_account() {
    let sandbox = Sandbox::start(&["--lifetime", "30"]);
    let home = connected(&sandbox);
    drop(sandbox);
    let ran = home.run(&["call", APP, "/userinfo"]).expect(6).says("refused the connection");
    assert!(!ran.stderr.contains("tieline connect"), "{}", ran.stderr);
    home.run(&["accounts"]).expect(0).prints(APP);
}

#[test]
fn a_server_error_costs_no_account() {
    let sandbox = Sandbox::start(&["--lifetime", "30"]);
    let home = connected(&sandbox);
    for way in ["html-error", "html-200", "truncated-answer", "server-error-once"] {
        sandbox.misbehave(&[way]);
        let status = home.run(&["call", APP, "/userinfo"]).status;
        assert!(!matches!(status, Some(0 | 3 | 4 | 7) | None), "{way}: {status:?}");
        home.run(&["accounts"]).expect(0).prints("ada@sandbox.test");
        sandbox.misbehave(&[]);
        if matches!(way, "html-200" | "truncated-answer") {
            // The provider may have used the token up: connecting again is all that is left.
            home.connect(&[APP]).expect(0);
        }
        home.run(&["call", APP, "/userinfo"]).expect(0);
    }
}

#[test]
fn an_answer_that_was_lost_is_explained_the_next_time() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    sandbox.misbehave(&["drop-after-refresh"]);
    sandbox.expire();
    home.run(&["call", APP, "/userinfo"]).expect(6);
    sandbox.misbehave(&[]);
    home.run(&["call", APP, "/userinfo"])
        .expect(3)
        .says("interrupted")
        .says("tieline connect sandbox-oauth2");
}

#[test]
fn a_body_from_standard_input_is_not_sent_twice_but_the_token_is_renewed() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    sandbox.expire();
    let call = ["call", APP, "POST", "/api", "-d", "-"];
    home.run_with_input(&call, "{\"n\":1}").expect(8).says("repeat");
    assert_eq!(refreshes(&sandbox), 1);
    home.run_with_input(&call, "{\"n\":2}").expect(0).prints(r#""body":"{\"n\":2}""#);
    assert_eq!(refreshes(&sandbox), 1);
}

#[test]
fn a_body_that_can_be_read_again_is_sent_again() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    home.write("body.json", "{\"from\":\"a file\"}");
    for (data, body) in [("@body.json", "{\"from\":\"a file\"}"), ("{\"a\":1}", "{\"a\":1}")] {
        sandbox.expire();
        let ran = home.run(&["call", APP, "POST", "/api", "-d", data]).expect(0);
        assert_eq!(ran.json()["body"], body);
    }
    sandbox.expire();
    let ran = home.run(&["call", APP, "/api", "-f", "a=1"]).expect(0);
    assert_eq!(ran.json()["body"], "{\"a\":\"1\"}");
    assert_eq!(refreshes(&sandbox), 3);
}

#[test]
fn a_store_that_cannot_be_written_keeps_the_refresh_token_from_being_sent() {
    let sandbox = Sandbox::start(&["--lifetime", "30"]);
    let home = connected(&sandbox);
    // As on a full disk: no file can grow, and no signal ends the process for trying.
    let plain = home.command(&["call", APP, "/userinfo"]);
    let mut command = Command::new("bash");
    command.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "bash"]);
    command.arg(plain.get_program()).args(plain.get_args()).env_clear();
    let variables = plain.get_envs().filter_map(|(name, value)| Some((name, value?)));
    command.envs(variables).current_dir(home.path()).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{}", text(&output));
    assert_eq!(sandbox.state()["requests"].get("/token").and_then(Value::as_u64), Some(1));
    assert_eq!(refreshes(&sandbox), 0);
    home.run(&["call", APP, "/userinfo"]).expect(0);
}

#[test]
fn nothing_is_written_after_a_disconnect() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    sandbox.expire();
    let held = hold(&home);
    let waiting = home.command(&["call", APP, "/userinfo"]).spawn().unwrap();
    until_seen(&sandbox, "/userinfo", 2);
    // It stands still while another process disconnects the account.
    signal(&waiting, "STOP");
    drop(held);
    home.run(&["disconnect", APP]).expect(0);
    signal(&waiting, "CONT");
    let output = waiting.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert!(text(&output).contains("is not connected"), "{}", text(&output));
    let left: Vec<_> = files(&home.path().join("home"))
        .into_iter()
        .filter(|f| f.extension().is_none_or(|ending| ending != "lock"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(refreshes(&sandbox), 0);
}

#[test]
fn a_login_that_expired_is_run_again() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.run_with_input(
        &["connect", "sandbox-login", "-f", "username=ada", "-f", "password=-"],
        "practice-password",
    )
    .expect(0);
    sandbox.expire();
    home.run(&["call", "sandbox-login", "/api"]).expect(0).prints("ada@sandbox.test");
    assert_eq!(sandbox.state()["logins"], 2);
}
