//! Stores without a keyring: the sealed file, and the environment, which keeps nothing.

use crate::recorder::{files, files_with, tokens};
use crate::support::{Home, KEY, Sandbox};
use base64::Engine;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const APP: &str = "sandbox-api-key";
const SECRET: &str = "practice-key";

fn connect(home: &Home) {
    home.run_with_input(&["connect", APP, "--field", "api_key=-"], SECRET)
        .expect(0)
        .says("sealed file");
}

fn key_in_base64() -> String {
    let bytes: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&KEY[at * 2..at * 2 + 2], 16).unwrap()).collect();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn a_key_opens_the_file_in_hexadecimal_and_in_base64() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    connect(&home);
    home.run(&["call", APP, "/me"]).expect(0);
    let home = home.set("TIELINE_KEY", key_in_base64());
    home.run(&["call", APP, "/me"]).expect(0);
    let home = home.set("TIELINE_KEY", KEY.to_uppercase());
    home.run(&["call", APP, "/me"]).expect(0);
}

#[test]
fn a_passphrase_opens_the_file_and_another_does_not() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("TIELINE_KEY", "").set("TIELINE_PASSPHRASE", "correct horse");
    connect(&home);
    home.run(&["call", APP, "/me"]).expect(0);
    assert!(files_with(home.path(), "correct horse").is_empty());
    let home = home.set("TIELINE_PASSPHRASE", "battery staple");
    home.run(&["call", APP, "/me"])
        .expect(7)
        .says("the key does not open the sealed file")
        .says("TIELINE_PASSPHRASE");
}

#[test]
fn a_wrong_key_is_told_and_changes_nothing() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    connect(&home);
    let other = home.set("TIELINE_KEY", KEY.replace('1', "2"));
    other.run(&["call", APP, "/me"]).expect(7).says("does not open").says("TIELINE_KEY");
    other.run(&["test", APP]).expect(7);
    // Another account would make a folder that no single key opens.
    other
        .run_with_input(
            &["connect", "sandbox-api-secret", "-f", "api_secret=-"],
            "practice-api-secret",
        )
        .expect(7)
        .says("does not open");
    other.run(&["accounts"]).expect(0).prints("ada@sandbox.test");
    let home = other.set("TIELINE_KEY", KEY);
    home.run(&["call", APP, "/me"]).expect(0);
}

#[test]
fn a_key_of_the_wrong_form_is_told() {
    let sandbox = Sandbox::start(&[]);
    for key in ["abcd", "zz", &"0".repeat(63), &"0".repeat(66)] {
        let home = sandbox.home().set("TIELINE_KEY", key);
        home.run_with_input(&["connect", APP, "--field", "api_key=-"], SECRET)
            .expect(7)
            .says("32 bytes");
    }
}

#[test]
fn without_a_key_and_a_terminal_it_says_what_to_set() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("TIELINE_KEY", "");
    home.run_with_input(&["connect", APP, "--field", "api_key=-"], SECRET)
        .expect(7)
        .says("TIELINE_KEY")
        .says("TIELINE_PASSPHRASE");
    assert_eq!(sandbox.state()["requests"].get("/api-key/me"), None, "it asked the app first");
    home.run(&["accounts"]).expect(0);
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    found.push(folder.to_owned());
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => walk(&entry.path(), found),
            false => found.push(entry.path()),
        }
    }
}

#[test]
fn what_is_kept_is_for_its_owner_only() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    connect(&home);
    home.connect(&["sandbox-oauth2"]).expect(0);
    home.run_with_input(
        &["client", "set", "sandbox-oauth2", "--id", "practice", "--secret", "-"],
        "practice-secret",
    )
    .expect(0);
    home.run(&["accounts", "default", APP]).expect(0);
    let mut all = Vec::new();
    walk(&home.path().join("home"), &mut all);
    assert!(all.len() > 8, "{all:?}");
    for path in all {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, expected, "{mode:o} {}", path.display());
    }
}

#[test]
fn an_unknown_store_is_a_mistake_of_the_person() {
    let home = Home::new().set("TIELINE_STORE", "plain");
    home.run(&["accounts"]).expect(2).says("`plain` is no store").says("keyring, file or env");
    Home::new().run(&["--store", "plain", "accounts"]).expect(2);
}

#[test]
fn a_damaged_file_is_told_and_connecting_again_mends_it() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    connect(&home);
    let vault = home.path().join("home/vault");
    let sealed = files(&vault).into_iter().next().unwrap();
    let whole = std::fs::read_to_string(&sealed).unwrap();
    for damage in [String::new(), whole[..whole.len() / 2].to_owned(), whole.replacen('A', "B", 1)]
    {
        std::fs::write(&sealed, damage).unwrap();
        let ran = home.run(&["call", APP, "/me"]).expect(7);
        assert!(ran.stderr.contains("hint:"), "{}", ran.stderr);
    }
    std::fs::write(&sealed, "").unwrap();
    connect(&home);
    home.run(&["call", APP, "/me"]).expect(0);
    std::fs::remove_file(&sealed).unwrap();
    home.run(&["call", APP, "/me"]).expect(3).says("is gone").says("tieline connect");
}

fn from_environment(sandbox: &Sandbox) -> Home {
    sandbox.home().set("TIELINE_STORE", "env").set("TIELINE_KEY", "")
}

#[track_caller]
fn nothing_was_written(home: &Home) {
    let all = files(home.path());
    assert!(all.is_empty(), "{all:?}");
}

#[test]
fn a_key_from_the_environment_is_used_and_not_kept() {
    let sandbox = Sandbox::start(&[]);
    let home = from_environment(&sandbox).set("TIELINE_SANDBOX_API_KEY_API_KEY", SECRET);
    home.run(&["call", APP, "/me"]).expect(0).prints("ada@sandbox.test");
    home.run(&["test", APP]).expect(0);
    home.run(&["connect", APP]).expect(2).says("nothing can be stored in the environment");
    nothing_was_written(&home);
}

#[test]
fn an_account_of_the_environment_may_have_a_name() {
    let sandbox = Sandbox::start(&[]);
    let home = from_environment(&sandbox)
        .set("TIELINE_SANDBOX_API_KEY_API_KEY", "another")
        .set("TIELINE_SANDBOX_API_KEY__WORK__API_KEY", SECRET);
    home.run(&["call", "sandbox-api-key/work", "/me"]).expect(0);
    home.run(&["call", APP, "/me"]).expect(8);
}

#[test]
fn what_is_missing_in_the_environment_is_named() {
    let sandbox = Sandbox::start(&[]);
    let home = from_environment(&sandbox);
    home.run(&["call", APP, "/me"]).expect(3).says("TIELINE_SANDBOX_API_KEY_API_KEY");
    home.run(&["call", "sandbox-api-key-secret", "/me"])
        .expect(3)
        .says("TIELINE_SANDBOX_API_KEY_SECRET_API_KEY")
        .says("TIELINE_SANDBOX_API_KEY_SECRET_API_SECRET");
    home.run(&["call", "sandbox-oauth2", "/me"])
        .expect(3)
        .says("TIELINE_SANDBOX_OAUTH2_ACCESS_TOKEN");
    nothing_was_written(&home);
}

#[test]
fn an_access_token_from_the_environment_is_used() {
    let sandbox = Sandbox::start(&[]);
    let (access, _) = tokens(&sandbox.url);
    let home = from_environment(&sandbox).set("TIELINE_SANDBOX_OAUTH2_ACCESS_TOKEN", access);
    home.run(&["call", "sandbox-oauth2", "/userinfo"]).expect(0).prints("Ada Lovelace");
    home.run(&["test", "sandbox-oauth2"]).expect(0);
    sandbox.expire();
    home.run(&["call", "sandbox-oauth2", "/userinfo"]).expect(8);
    nothing_was_written(&home);
}

#[test]
fn a_refresh_token_that_works_once_is_not_spent_from_the_environment() {
    let sandbox = Sandbox::start(&[]);
    let (access, refresh) = tokens(&sandbox.url);
    let home = from_environment(&sandbox).set("TIELINE_SANDBOX_OAUTH2_REFRESH_TOKEN", refresh);
    home.run(&["call", "sandbox-oauth2", "/userinfo"]).expect(3).says("works once");
    let home = home.set("TIELINE_SANDBOX_OAUTH2_ACCESS_TOKEN", access);
    home.run(&["call", "sandbox-oauth2", "/userinfo"]).expect(0);
    sandbox.expire();
    home.run(&["call", "sandbox-oauth2", "/userinfo"]).expect(3).says("works once");
    assert_eq!(sandbox.state()["refreshes"], 0);
    nothing_was_written(&home);
}

#[test]
fn a_reusable_refresh_token_from_the_environment_is_used_in_memory() {
    let sandbox = Sandbox::start(&["--misbehave", "no-refresh-rotation"]);
    let (_, refresh) = tokens(&sandbox.url);
    let home = from_environment(&sandbox)
        .set("TIELINE_REUSING_REFRESH_TOKEN", refresh)
        .set("TIELINE_REUSING_SERVER", &sandbox.url);
    let text = include_str!("../../apps/sandbox-oauth2.yaml")
        .replace("refresh: rotates", "refresh: reusable");
    home.write("home/apps/reusing.yaml", &text);
    home.run(&["call", "reusing", "/userinfo"]).expect(0).prints("Ada Lovelace");
    home.run(&["call", "reusing", "/userinfo"]).expect(0);
    assert_eq!(sandbox.state()["refreshes"], 2);
    assert_eq!(files(home.path()).len(), 1, "only the definition");
}
