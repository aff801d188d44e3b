//! What a kill or an accident left of an account: it is finished or replaced, and stands in nobody's
//! way.

use crate::support::{Home, Sandbox};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const APP: &str = "sandbox-oauth2";
const KEY_APP: &str = "sandbox-api-key";

fn connect_key(home: &Home) {
    home.run(&["connect", KEY_APP, "-f", "api_key=practice-key"]).expect(0);
}

fn account_file(home: &Home, app: &str) -> PathBuf {
    home.path().join(format!("home/accounts/{app}/_.json"))
}

fn edit(home: &Home, app: &str, change: impl FnOnce(&mut Value)) {
    let path = account_file(home, app);
    let mut value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut value);
    std::fs::write(path, value.to_string()).unwrap();
}

/// What may stand in an account file that is none: cut off, empty, or of a later version.
const DAMAGE: &[&str] =
    &["", "{ \"state\": \"conn", "{ \"state\": \"of a later version\" }", "\0\0"];

#[test]
fn a_damaged_account_file_is_replaced_by_connecting() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    for damage in DAMAGE {
        connect_key(&home);
        std::fs::write(account_file(&home, KEY_APP), damage).unwrap();
        let ran = home.run(&["call", KEY_APP, "/me"]).expect(3).says("account file is damaged");
        ran.says("tieline connect sandbox-api-key");
        let show = home.run(&["accounts", "show", KEY_APP]);
        show.expect(3).says("account file is damaged");
        let connect = home.run(&["connect", KEY_APP, "-f", "api_key=practice-key"]);
        connect.expect(0).says("is damaged; it will be replaced").says("Connected");
        home.run(&["call", KEY_APP, "/me"]).expect(0);
        assert_eq!(home.kept(), 1, "{damage:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_at_all_is_damaged_too_and_never_waited_for() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let file = account_file(&home, KEY_APP);
    let pipe = |path: &Path| {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    let folder = |path: &Path| std::fs::create_dir(path).unwrap();
    let circle = |path: &Path| std::os::unix::fs::symlink(path, path).unwrap();
    for put in [&pipe as &dyn Fn(&Path), &folder, &circle] {
        connect_key(&home);
        std::fs::remove_file(&file).unwrap();
        put(&file);
        home.run(&["accounts"]).expect(0);
        home.run(&["call", KEY_APP, "/me"]).expect(3).says("account file is damaged");
        let connect = home.run(&["connect", KEY_APP, "-f", "api_key=practice-key"]);
        connect.expect(0).says("is damaged; it will be replaced");
        home.run(&["call", KEY_APP, "/me"]).expect(0);
        std::fs::remove_file(&file).unwrap();
        put(&file);
        home.run(&["disconnect", KEY_APP]).expect(0).says("is damaged");
        assert!(!file.exists() && !file.is_symlink());
        assert_eq!(home.kept(), 0);
    }
}

#[cfg(unix)]
#[test]
fn no_file_of_ours_is_waited_for() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    connect_key(&home);
    let pipe = |path: &Path| {
        let _ = std::fs::remove_file(path);
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    pipe(&home.path().join("home/config.yaml"));
    pipe(&home.path().join(format!("home/locks/{KEY_APP}.lock")));
    let ran = home.run(&["disconnect", KEY_APP]).expect(7).says("no lock can be made in");
    ran.says("check that the folder can be written");
    for entry in std::fs::read_dir(home.path().join("home/vault")).unwrap() {
        pipe(&entry.unwrap().path());
    }
    home.run(&["call", KEY_APP, "/me"]).expect(7).says("damaged");
}

#[test]
fn a_damaged_account_file_goes_by_disconnecting_and_the_credential_is_revoked() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    for (at, damage) in DAMAGE.iter().enumerate() {
        home.connect(&[APP]).expect(0);
        std::fs::write(account_file(&home, APP), damage).unwrap();
        let ran = home.run(&["disconnect", APP]).expect(0).says("is damaged");
        ran.says("revoked at the provider");
        assert_eq!((home.kept(), account_file(&home, APP).exists()), (0, false), "{damage:?}");
        assert_eq!(sandbox.state()["revocations"], at + 1);
    }
}

#[test]
fn a_damaged_account_file_without_a_credential_is_removed() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    connect_key(&home);
    std::fs::write(account_file(&home, KEY_APP), "{").unwrap();
    // Another key cannot open the entry, which goes all the same.
    let other = "f".repeat(64);
    let mut command = home.command(&["disconnect", KEY_APP]);
    let output = command.env("TIELINE_KEY", other).output().unwrap();
    let ran = crate::support::Ran::new(&["disconnect"], output).expect(0);
    ran.says("could not be revoked");
    assert_eq!((home.kept(), account_file(&home, KEY_APP).exists()), (0, false));
    home.run(&["disconnect", KEY_APP]).expect(3);
}

#[test]
fn an_account_that_cannot_be_disconnected_costs_other_commands_one_note() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    home.connect(&[APP]).expect(0);
    connect_key(&home);
    // As a disconnect leaves it whose keyring did not give up the secret.
    edit(&home, APP, |record| {
        record["state"] = "disconnecting".into();
        record["store"] = "keyring".into();
    });
    home.run(&["call", KEY_APP, "/me"]).expect(0).says("`sandbox-oauth2` cannot be deleted");
    for _ in 0..2 {
        let ran = home.run(&["call", KEY_APP, "/me"]).expect(0);
        assert_eq!(ran.stderr, "", "a second note");
    }
    home.run(&["accounts"]).expect(0).prints(KEY_APP);
    // Asked for by name it is tried again at once.
    home.run(&["disconnect", APP]).expect(7).says("`sandbox-oauth2` cannot be deleted");
    assert_eq!(home.run(&["call", KEY_APP, "/me"]).expect(0).stderr, "");
    edit(&home, APP, |record| record["store"] = "file".into());
    home.run(&["disconnect", APP]).expect(0).says("Disconnected sandbox-oauth2");
    assert_eq!((home.kept(), account_file(&home, APP).exists()), (1, false));
}

#[test]
fn a_rename_that_was_killed_before_its_last_step_leaves_one_account() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    home.run(&["accounts", "default", APP]).expect(0);
    let before = std::fs::read(account_file(&home, APP)).unwrap();
    home.run(&["accounts", "rename", APP, "work"]).expect(0);
    home.run(&["accounts", "default", "sandbox-oauth2/work"]).expect(0);
    let work = home.path().join("home/accounts/sandbox-oauth2/work.json");
    // The new secret is written and its file does not say so yet; the old account is as it was.
    let mut new: Value = serde_json::from_slice(&std::fs::read(&work).unwrap()).unwrap();
    new["state"] = "connecting".into();
    std::fs::write(&work, new.to_string()).unwrap();
    std::fs::write(account_file(&home, APP), before).unwrap();
    edit(&home, APP, |record| record["moved_to"] = "sandbox-oauth2/work".into());
    home.write("home/defaults.json", r#"{"sandbox-oauth2": "_"}"#);
    home.run(&["call", APP, "/userinfo"]).expect(0);
    let list = home.run(&["accounts", "--json"]).expect(0).json();
    assert_eq!(list["accounts"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["accounts"][0]["account"], "sandbox-oauth2/work");
    assert_eq!(list["accounts"][0]["default"], true);
    assert_eq!(home.kept(), 1);
}
