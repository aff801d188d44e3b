//! `call --dry-run`, `--curl` and `--curl-config`: what would be sent, without sending it.

use crate::recorder::{Recorder, Request};
use crate::support::{Home, Sandbox};
use std::io::Write;
use std::process::{Command, Stdio};

const APP: &str = "sandbox-api-key";

fn connected(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.run_with_input(&["connect", APP, "--field", "api_key=-"], "practice-key").expect(0);
    home
}

/// Without the part of a mark that is another in each run.
fn unnumbered(text: &str) -> String {
    let mut parts = text.split(" #");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.get(4..).unwrap_or_default())
}

#[test]
fn a_dry_run_shows_the_request_masked_and_sends_nothing() {
    let server = Recorder::start(|_| (200, "text/plain", String::new()));
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let url = format!("{}/x", server.url());
    let call = ["call", APP, &url, "-f", "a=1", "-q", "q=z", "--dry-run"];
    let ran = home.run(&call).expect(0);
    let wanted = format!(
        "POST {url}?q=z\nauthorization: Bearer [api_key]\ncontent-type: application/json\n\n{{\"a\":\"1\"}}\n"
    );
    assert_eq!(unnumbered(&ran.stdout), wanted);
    let ran = home.run(&[&call[..], &["--show-secrets"]].concat()).expect(0);
    ran.prints("authorization: Bearer practice-key\n");
    home.run(&["call", APP, "http://192.0.2.1/", "--dry-run"]).expect(4);
    home.run(&["call", APP, &url, "--dry-run", "--curl"]).expect(2);
    assert!(server.seen().is_empty());
}

/// What is the same, whoever sends it.
fn essence(request: &Request) -> (String, String, Vec<(String, String)>, String) {
    let told =
        |name: &str| ["authorization", "content-type", "x-odd", "content-length"].contains(&name);
    let mut headers: Vec<_> =
        request.headers.iter().filter(|(name, _)| told(name)).cloned().collect();
    headers.sort();
    (request.method.clone(), request.target.clone(), headers, request.body.clone())
}

#[test]
fn curl_sends_what_would_have_been_sent() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: no curl");
        return;
    }
    let server = Recorder::start(|_| (200, "text/plain", String::new()));
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    home.write("it's.json", "{\"from\": \"file\"}");
    let url = format!("{}/a[1]/{{x}}", server.url());
    let bodies: [&[&str]; 6] = [
        &[],
        &["-f", "a=it's \"$HOME\" `x`\\\n", "-H", "X-Odd: 'a' $b"],
        &["PUT", "-d", "@it's.json"],
        &["DELETE"],
        &["--form", "-f", "a=@@b&c"],
        &["-d", "@-"],
    ];
    for body in &bodies[..5] {
        let (method, rest) = match body.split_first() {
            Some((method, rest)) if !method.starts_with('-') => (vec![*method], rest),
            _ => (vec![], *body),
        };
        let call = [&["call", APP][..], &method, &[&url], rest].concat();
        home.run(&call).expect(0);
        let command = home.run(&[&call[..], &["--curl", "--show-secrets"]].concat()).expect(0);
        let mut shell = Command::new("sh");
        shell.args(["-c", &command.stdout]).current_dir(home.path()).stdin(Stdio::null());
        assert!(shell.output().unwrap().status.success(), "{}", command.stdout);
        let config = home.run(&[&call[..], &["--curl-config"]].concat()).expect(0);
        let mut curl = Command::new("curl");
        curl.args(["-s", "-K", "-"]).current_dir(home.path()).stdin(Stdio::piped());
        let mut curl = curl.spawn().unwrap();
        curl.stdin.take().unwrap().write_all(config.stdout.as_bytes()).unwrap();
        assert!(curl.wait().unwrap().success(), "{}", config.stdout);
        let seen = server.seen();
        let [.., ours, by_command, by_config] = seen.as_slice() else { panic!("{seen:?}") };
        assert_eq!(essence(ours), essence(by_command), "{}", command.stdout);
        assert_eq!(essence(ours), essence(by_config), "{}", config.stdout);
    }
    let call = [&["call", APP, &url], bodies[5], &["--curl-config"]].concat();
    home.run(&call).expect(2).says("-d @FILE");
}

#[test]
fn a_curl_command_is_masked_and_a_configuration_is_not_for_a_terminal() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let ran = home.run(&["call", APP, "/me", "--curl"]).expect(0).says("Secrets are masked");
    let url = format!("{}/api-key/me", sandbox.url);
    assert_eq!(
        unnumbered(&ran.stdout),
        format!("curl --url '{url}' \\\n  --header 'authorization: Bearer [api_key]'\n")
    );
    let mut terminal = home.on_terminal(&["call", APP, "/me", "--curl-config"]);
    terminal.until("is not written to a terminal");
    assert_eq!(terminal.ends(), 2);
    home.run(&["call", APP, "/me", "--show-secrets"]).expect(2);
}
