//! `test --record` and `test --replay`: a run that is kept, and one without network and secrets.

use crate::support::{Home, Sandbox};
use std::path::Path;

const KEY_APP: &str = include_str!("../../apps/sandbox-api-key.yaml");

/// A recording of an account of the user's own `mine`, whose server is gone by now.
fn recorded_key() -> String {
    let sandbox = Sandbox::start(&[]);
    let home = Home::new().set("TIELINE_MINE_SERVER", &sandbox.url);
    home.define("mine", KEY_APP);
    home.run_with_input(&["connect", "mine", "-f", "api_key=-"], "practice-key").expect(0);
    home.run(&["test", "mine", "--record", "run.json"]).expect(0);
    read(&home.path().join("run.json"))
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

/// Somebody else's machine, with the recording and a definition, and nothing connected.
fn elsewhere(recording: &str, definition: &str) -> Home {
    let home = Home::new();
    home.define("mine", definition);
    home.write("run.json", recording);
    home
}

const REPLAY: &[&str] = &["test", "--replay", "run.json"];

#[test]
fn a_recording_holds_no_secret_and_runs_without_a_network() {
    let recording = recorded_key();
    assert!(!recording.contains("practice-key"), "{recording}");
    let ran = elsewhere(&recording, KEY_APP).run(REPLAY).expect(0);
    ran.prints("mine works").prints("ada@sandbox.test, as when it was connected");
}

#[test]
fn what_a_definition_asks_otherwise_is_said_request_by_request() {
    let recording = recorded_key();
    let changed = KEY_APP.replace("url: /me", "url: /api/me");
    assert_ne!(changed, KEY_APP);
    let ran = elsewhere(&recording, &changed).run(REPLAY).expect(1);
    let ran = ran.says("`mine` asks for something else now").prints("✗ changed");
    ran.says("/api-key/api/me was GET http://").says("tieline test --record");

    let changed = KEY_APP.replace("base_url:", "headers: {X-New: 'yes'}\nbase_url:");
    let ran = elsewhere(&recording, &changed).run(REPLAY).expect(1);
    ran.says("user information: header `x-new: yes` is new");

    let changed = KEY_APP.replace("response.email", "response.nobody");
    elsewhere(&recording, &changed).run(REPLAY).expect(5).says("not what was expected");
}

#[test]
fn a_refresh_is_recorded_too() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&["sandbox-oauth2"]).expect(0);
    sandbox.expire();
    home.run(&["test", "--all", "--record", "run.json"]).expect(0);
    let recording = read(&home.path().join("run.json"));
    drop(sandbox);
    let home = elsewhere(&recording, KEY_APP);
    let ran = home.run(&[REPLAY, &["--json"]].concat()).expect(0).json();
    let steps = ran["tests"][0]["steps"].as_array().unwrap();
    let asked: Vec<_> = steps.iter().filter(|s| s["status"] != serde_json::Value::Null).collect();
    assert_eq!(asked.len(), 3, "refused, renewed, answered: {ran}");
    assert!(!home.path().join("home/vault").exists(), "nothing is stored");
}

#[test]
fn a_signature_is_another_each_time_and_no_change() {
    let sandbox = Sandbox::start(&[]);
    let home = crate::oauth1::home(&sandbox);
    home.connect(&["sandbox-oauth1"]).expect(0);
    home.run(&["test", "sandbox-oauth1", "--record", "run.json"]).expect(0);
    let recording = read(&home.path().join("run.json"));
    drop(sandbox);
    elsewhere(&recording, KEY_APP).run(REPLAY).expect(0).prints("sandbox-oauth1 works");
}

#[test]
fn what_is_no_recording_is_refused() {
    let home = elsewhere("{}", KEY_APP);
    home.run(REPLAY).expect(2).says("the recording `run.json` cannot be read");
    home.run(&["test", "--replay", "gone.json"]).expect(2).says("--record FILE");
    home.run(&["test", "--replay", "run.json", "mine"]).expect(2);
}
