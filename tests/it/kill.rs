//! Kills: after a SIGKILL at any instant the next command finds the old or the new state whole.

use crate::recorder::{Random, files, files_with};
use crate::support::{Home, Ran, Sandbox, browse};
use std::process::Child;
use std::time::{Duration, Instant};

const ROUNDS: u32 = 40;
const KEY_APP: &str = "sandbox-api-key";
const APP: &str = "sandbox-oauth2";
const KEY: &str = "practice-key";

/// How long something takes when nobody kills it, and a bit more: some kills come too late.
fn measure(run: impl Fn()) -> u64 {
    let started = Instant::now();
    run();
    u64::try_from(started.elapsed().as_micros()).unwrap() * 6 / 5
}

/// Lets it run for a while, then ends it at once, wherever it is.
fn kill_after(mut child: Child, micros: u64) {
    std::thread::sleep(Duration::from_micros(micros));
    let _ = child.kill();
    child.wait().unwrap();
}

fn key_file(home: &Home) -> String {
    format!("api_key=@{}", home.write("key", KEY).display())
}

/// No command may meet anything damaged.
#[track_caller]
fn sound(ran: Ran, allowed: &[i32]) -> Ran {
    let fine = ran.status.is_some_and(|status| allowed.contains(&status));
    assert!(fine, "{:?} of {}\n{}\n{}", ran.status, ran.command, ran.stdout, ran.stderr);
    assert!(!ran.stderr.contains("damaged") && !ran.stderr.contains("panicked"), "{}", ran.stderr);
    ran
}

/// All files of accounts are whole, and no secret stands in any file.
#[track_caller]
fn files_are_sound(home: &Home) {
    let folder = home.path().join("home");
    for path in files(&folder) {
        if path.extension().is_some_and(|ending| ending == "json") {
            let text = std::fs::read(&path).unwrap();
            assert!(serde_json::from_slice::<serde_json::Value>(&text).is_ok(), "{path:?}");
        }
    }
    for secret in [KEY, "practice-access-", "practice-refresh-", "practice-code-"] {
        assert_eq!(files_with(&folder, secret), Vec::<std::path::PathBuf>::new(), "{secret}");
    }
}

fn sealed(home: &Home) -> usize {
    let vault = files(&home.path().join("home/vault"));
    vault.iter().filter(|path| path.extension().is_some_and(|ending| ending == "sealed")).count()
}

/// It works, or it is not connected, leaves nothing behind, and can be connected.
fn whole(home: &Home, app: &str, path: &str, connect: impl Fn(&Home)) -> bool {
    files_are_sound(home);
    let called = sound(home.run(&["call", app, path]), &[0, 3]);
    let listed = home.run(&["accounts"]).expect(0).stdout.contains(app);
    let works = called.status == Some(0);
    assert_eq!(works, listed, "{}", called.stderr);
    if !works {
        assert!(called.stderr.contains("is not connected"), "{}", called.stderr);
        assert_eq!(sealed(home), 0, "the secret outlived its account");
        connect(home);
        home.run(&["call", app, path]).expect(0);
    }
    works
}

fn connect_key(home: &Home) {
    home.run(&["connect", KEY_APP, "--field", &key_file(home)]).expect(0);
}

#[test]
fn a_killed_connect_with_a_key_leaves_all_or_nothing() {
    let sandbox = Sandbox::start(&[]);
    let mut random = Random::new();
    let normal = measure(|| connect_key(&sandbox.home()));
    let mut kept = 0;
    for _ in 0..ROUNDS {
        let home = sandbox.home();
        let field = key_file(&home);
        let child = home.command(&["connect", KEY_APP, "--field", &field]).spawn().unwrap();
        kill_after(child, random.below(normal));
        kept += u32::from(whole(&home, KEY_APP, "/me", connect_key));
    }
    println!("{kept} of {ROUNDS} were connected");
}

#[test]
fn a_killed_reconnect_leaves_the_old_or_the_new_credential() {
    let sandbox = Sandbox::start(&[]);
    let mut random = Random::new();
    let home = sandbox.home();
    connect_key(&home);
    let normal = measure(|| connect_key(&home));
    for _ in 0..ROUNDS {
        let field = key_file(&home);
        let child = home.command(&["connect", KEY_APP, "--field", &field]).spawn().unwrap();
        kill_after(child, random.below(normal));
        assert!(whole(&home, KEY_APP, "/me", connect_key), "the old account is gone");
    }
}

#[test]
fn a_killed_connect_in_the_browser_leaves_all_or_nothing() {
    let sandbox = Sandbox::start(&[]);
    let mut random = Random::new();
    let connect = |home: &Home| drop(home.connect(&[APP]).expect(0));
    let first = sandbox.home();
    let mut waiting = first.start_connect(&[APP]);
    let normal = measure(|| drop(browse(&waiting.url)));
    waiting.finish().expect(0);
    let mut kept = 0;
    for _ in 0..ROUNDS {
        let home = sandbox.home();
        let mut waiting = home.start_connect(&[APP]);
        let url = waiting.url.clone();
        // The listener goes away under this browser, which may complain.
        let browser = std::thread::spawn(move || std::panic::catch_unwind(|| browse(&url)).is_ok());
        std::thread::sleep(Duration::from_micros(random.below(normal)));
        let _ = waiting.child.kill();
        let _ = waiting.child.wait();
        browser.join().unwrap();
        kept += u32::from(whole(&home, APP, "/userinfo", connect));
    }
    println!("{kept} of {ROUNDS} were connected");
}

#[test]
fn a_killed_refresh_leaves_a_credential_that_works_or_says_why_not() {
    let sandbox = Sandbox::start(&[]);
    let mut random = Random::new();
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    sandbox.expire();
    let normal = measure(|| drop(home.run(&["call", APP, "/userinfo"]).expect(0)));
    let mut lost = 0;
    for _ in 0..ROUNDS {
        sandbox.expire();
        let child = home.command(&["call", APP, "/userinfo"]).spawn().unwrap();
        kill_after(child, random.below(normal));
        files_are_sound(&home);
        home.run(&["accounts"]).expect(0).prints(APP);
        let ran = sound(home.run(&["call", APP, "/userinfo"]), &[0, 3]);
        if ran.status == Some(3) {
            // The token was on its way, works once, and its answer died with the process.
            lost += 1;
            ran.says("interrupted").says("tieline connect sandbox-oauth2");
            home.connect(&[APP]).expect(0);
        }
    }
    println!("{lost} of {ROUNDS} refresh tokens were in flight");
    assert!(lost < ROUNDS, "no refresh survived a kill");
}

#[test]
fn a_killed_disconnect_leaves_all_or_nothing() {
    let sandbox = Sandbox::start(&[]);
    let mut random = Random::new();
    let connect = |home: &Home| drop(home.connect(&[APP]).expect(0));
    let home = sandbox.home();
    connect(&home);
    let normal = measure(|| drop(home.run(&["disconnect", APP]).expect(0)));
    connect(&home);
    let mut kept = 0;
    for _ in 0..ROUNDS {
        let child = home.command(&["disconnect", APP]).spawn().unwrap();
        kill_after(child, random.below(normal));
        kept += u32::from(whole(&home, APP, "/userinfo", connect));
    }
    println!("{kept} of {ROUNDS} were still connected");
}

#[test]
fn a_killed_rename_leaves_one_account_under_the_old_or_the_new_name() {
    let sandbox = Sandbox::start(&[]);
    let mut random = Random::new();
    let home = sandbox.home();
    let mut name = "sandbox-oauth2/a".to_owned();
    home.connect(&[&name]).expect(0);
    home.run(&["accounts", "default", &name]).expect(0);
    let normal = measure(|| {
        home.run(&["accounts", "rename", "sandbox-oauth2/a", "z"]).expect(0);
        home.run(&["accounts", "rename", "sandbox-oauth2/z", "a"]).expect(0);
    }) / 2;
    let mut renamed = 0;
    for round in 0..ROUNDS {
        // Sorted before and after the old one in turn.
        let other = if name.ends_with("/m") { ["a", "z"][round as usize % 2] } else { "m" };
        let child = home.command(&["accounts", "rename", &name, other]).spawn().unwrap();
        kill_after(child, random.below(normal));
        files_are_sound(&home);
        if round % 3 == 0 {
            sandbox.expire();
        }
        sound(home.run(&["call", APP, "/userinfo"]), &[0]);
        let list = home.run(&["accounts", "--json"]).expect(0).json();
        let list = list["accounts"].as_array().unwrap();
        assert_eq!((list.len(), sealed(&home)), (1, 1), "{list:?}");
        assert_eq!(list[0]["default"], true, "{list:?}");
        let now = list[0]["account"].as_str().unwrap().to_owned();
        let new = format!("{APP}/{other}");
        assert!(now == name || now == new, "{now} is neither {name} nor {new}");
        renamed += u32::from(now == new);
        name = now;
    }
    println!("{renamed} of {ROUNDS} were renamed");
}

/// What `client set` is told: id, secret, scope, and how connecting with it ends.
const CLIENTS: [(&str, &str, &str, i32); 4] = [
    ("practice", "practice-secret", "notes.read", 0),
    ("practice", "wrong-secret", "profile", 5),
    ("practice-2", "practice-2-secret", "email", 0),
    ("practice-2", "wrong-secret", "notes.read", 5),
];

#[test]
fn a_killed_client_set_leaves_the_old_or_the_new_client_whole() {
    let sandbox = Sandbox::start(&[]);
    let mut random = Random::new();
    let home = sandbox.home();
    let set = |(id, secret, scope, _): (&str, &str, &str, i32)| {
        home.write("secret", secret);
        let arguments = ["client", "set", APP, "--id", id, "--secret", "@secret", "--scope", scope];
        home.command(&arguments).spawn().unwrap()
    };
    let normal = measure(|| assert!(set(CLIENTS[0]).wait_with_output().unwrap().status.success()));
    let mut at = 0;
    let mut changed = 0;
    for _ in 0..ROUNDS {
        let next = (at + 1 + usize::try_from(random.below(3)).unwrap()) % CLIENTS.len();
        kill_after(set(CLIENTS[next]), random.below(normal));
        std::fs::remove_file(home.path().join("secret")).unwrap();
        files_are_sound(&home);
        let mut waiting = home.start_connect(&[APP]);
        let sent = crate::support::query(&waiting.url);
        let is = |(id, _, scope, _): &(&str, &str, &str, i32)| {
            sent["client_id"] == *id && sent["scope"] == *scope
        };
        let now = [at, next].into_iter().find(|at| is(&CLIENTS[*at]));
        let now = now.unwrap_or_else(|| panic!("{sent:?} is neither {at} nor {next}"));
        browse(&waiting.url);
        // A secret of the other client would end it the other way.
        waiting.finish().expect(CLIENTS[now].3);
        home.run(&["client", "show", APP]).expect(0).prints(CLIENTS[now].0).prints(CLIENTS[now].2);
        changed += u32::from(now == next);
        at = now;
    }
    println!("{changed} of {ROUNDS} were changed");
}
