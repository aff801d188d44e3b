//! `doctor`: what does not work is told, what does not belong together is mended, nothing hangs.

use crate::recorder::Recorder;
use crate::support::{Home, Sandbox};
use serde_json::Value;
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// The checks by name, with verdict and what was told.
fn checks(home: &Home, arguments: &[&str], status: i32) -> Vec<(String, String, String)> {
    let all = [&["doctor", "--json"], arguments].concat();
    let json = home.run(&all).expect(status).json();
    assert_eq!(json["schema"], 1);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = json["checks"].as_array().unwrap();
    list.iter().map(|c| (text(&c["name"]), text(&c["verdict"]), text(&c["told"]))).collect()
}

#[track_caller]
fn verdict(home: &Home, arguments: &[&str], status: i32, name: &str) -> (String, String) {
    let all = checks(home, arguments, status);
    let (_, verdict, told) = all.iter().find(|check| check.0 == name).unwrap();
    (verdict.clone(), told.clone())
}

fn connected(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.run(&["connect", "sandbox-api-key", "-f", "api_key=practice-key"]).expect(0);
    home.connect(&["sandbox-oauth2/a"]).expect(0);
    home
}

#[test]
fn a_healthy_home_is_told_as_one_and_nothing_stays_behind() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let vault = || std::fs::read_dir(home.path().join("home/vault")).unwrap().count();
    let before = vault();
    let host = sandbox.url.strip_prefix("http://").unwrap();
    let ran = home.run(&["doctor", "--host", host]).expect(0).prints("Everything");
    home.run(&["doctor"]).expect(0).prints("no account is connected to a host");
    for name in ["definitions", "store", "locks", "accounts", "listener", "proxy", "clock"] {
        assert!(ran.stdout.contains(name), "{name}: {}", ran.stdout);
    }
    assert!(ran.stdout.contains("2, files and entries belong together"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("practice-key"), "{}", ran.stdout);
    assert_eq!(vault(), before);
    // What is told is narrow enough, and what is asked carries no credential.
    let counts = sandbox.state();
    assert_eq!(counts["refused"], 0);
}

#[test]
fn halves_are_told_and_put_together() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let accounts = home.path().join("home/accounts");
    let key = accounts.join("sandbox-api-key/_.json");
    let kept = std::fs::read(&key).unwrap();
    let offline = &["--offline"];
    let told = |home: &Home| verdict(home, offline, 0, "accounts");

    std::fs::remove_file(&key).unwrap();
    let (how, what) = told(&home);
    assert_eq!(how, "warning");
    assert_eq!(what, "`sandbox-api-key` has an entry in the store and no file");
    home.run(&["doctor", "--offline", "--fix"]).expect(0).prints("written anew from its entry");
    home.run(&["test", "sandbox-api-key"]).expect(0);

    std::fs::write(&key, "{").unwrap();
    assert!(told(&home).1.contains("cannot be read"));
    home.run(&["doctor", "--offline", "--fix"]).expect(0).prints("written anew from its entry");
    home.run(&["test", "sandbox-api-key"]).expect(0);

    home.run(&["disconnect", "sandbox-api-key"]).expect(0);
    std::fs::create_dir_all(key.parent().unwrap()).unwrap();
    std::fs::write(&key, kept).unwrap();
    assert_eq!(told(&home).1, "`sandbox-api-key` has a file and no entry in the store");
    home.run(&["doctor", "--offline", "--fix"]).expect(0).prints("the secret is gone");
    assert!(!key.exists());
    assert_eq!(told(&home).1, "1, file and entry belong together");
}

#[test]
fn a_store_that_does_not_work_is_told_with_its_status() {
    let home = Home::new().set("TIELINE_KEY", "short");
    let (how, what) = verdict(&home, &["--offline"], 7, "store");
    assert_eq!(how, "bad", "{what}");
    let home = Home::new().set("TIELINE_STORE", "keyring");
    assert_eq!(verdict(&home, &["--offline"], 7, "store").0, "bad");
    assert_eq!(verdict(&home, &["--offline"], 7, "accounts").0, "skipped");
    let home = Home::new().set("TIELINE_STORE", "env");
    assert_eq!(verdict(&home, &["--offline"], 0, "store").0, "good");
}

#[test]
fn hosts_are_reached_or_not_and_never_waited_for_without_end() {
    let home = Home::new();
    let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (how, what) = verdict(&home, &["--host", &refused], 6, "reach");
    assert_eq!(how, "bad");
    assert!(what.contains("refused the connection"), "{what}");
    // It takes the connection and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let began = Instant::now();
    let all = ["--host", &address, "--timeout", "1"];
    let (_, what) = verdict(&home, &all, 6, "reach");
    assert!(what.contains("1 s") || what.contains("in time"), "{what}");
    assert!(began.elapsed() < Duration::from_secs(30));
    let server = Recorder::start(|_| (404, "text/plain", "no".into()));
    let (how, what) = verdict(&home, &["--host", &server.authority], 0, "reach");
    assert_eq!(how, "good");
    assert!(what.contains("answers (404)"), "{what}");
    let seen = server.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].target.as_str()), ("HEAD", "/"));
    assert_eq!(seen[0].header("authorization"), None);
}

#[test]
fn what_is_set_wrong_is_told() {
    let home = Home::new().set("SSL_CERT_FILE", "/no/such/file");
    let host = Recorder::start(|_| (200, "text/plain", String::new()));
    let roots = verdict(&home, &["--host", &host.authority], 6, "TLS roots");
    assert!(roots.1.contains("/no/such/file"), "{roots:?}");
    let home = Home::new().set("HTTPS_PROXY", "http://user:hunter2@proxy.test:3128");
    let (_, told) = verdict(&home, &["--offline"], 0, "proxy");
    assert_eq!(told, "http://proxy.test:3128, by HTTPS_PROXY");
    let home = home.set("http_proxy", "socks5://near.test");
    let (_, told) = verdict(&home, &["--offline"], 0, "proxy");
    assert_eq!(told, "http://proxy.test:3128, by HTTPS_PROXY; socks5://near.test, by http_proxy");
    let home = home.set("https_proxy", "ftp://user:hunter2@proxy.test");
    let (_, told) = verdict(&home, &["--offline"], 6, "proxy");
    assert!(told.starts_with("`https_proxy` names no proxy"), "{told}");
    let home = Home::new();
    home.define("broken", "title: [");
    let (how, told) = verdict(&home, &["--offline"], 4, "definitions");
    assert_eq!(how, "bad");
    assert!(told.contains("broken"), "{told}");
}
