//! What `connect`, `call` and `test` make of every misbehaviour that the sandbox knows.

use crate::support::{Home, Ran, Sandbox};
use std::time::{Duration, Instant};

const APP: &str = "sandbox-oauth2";

/// A misbehaviour, the exit status, and what is said or printed.
type Row = (&'static str, i32, &'static [&'static str]);

/// `connect`: what happens at the authorization endpoint, the token endpoint and user information.
const CONNECT: &[Row] = &[
    ("wrong-state", 6, &["`state` is not the one", "Still waiting", "within 1 s"]),
    ("missing-state", 6, &["no `state`", "Still waiting"]),
    ("wrong-iss", 5, &["attacker.example", "nothing was stored"]),
    ("repeated-code", 5, &["`code`"]),
    ("stray-callback", 0, &["Still waiting", "Connected"]),
    ("invalid-scope", 5, &["invalid_scope", "client set sandbox-oauth2 --scope"]),
    ("unauthorized-client", 5, &["unauthorized_client"]),
    ("access-denied", 5, &["access_denied", "run `tieline connect sandbox-oauth2`"]),
    ("temporarily-unavailable", 5, &["temporarily_unavailable", "try again later"]),
    ("invalid-grant", 5, &["invalid_grant"]),
    ("invalid-client", 5, &["invalid_client", "practice-secret"]),
    ("refused-refresh", 0, &["Connected"]),
    ("slow", 6, &["did not answer in time", "--timeout"]),
    ("server-error-once", 5, &["500", "try again later"]),
    ("html-error", 5, &["502", "HTML page"]),
    ("html-200", 5, &["HTML page"]),
    ("error-in-200", 5, &["invalid_grant"]),
    ("token-redirect", 5, &["307", "it is a redirect", "write that address into"]),
    ("huge-answer", 6, &["longer than 4 MiB"]),
    ("no-expires-in", 0, &["not stated by Sandbox"]),
    ("text-expires-in", 0, &["in 2 h, then renewed"]),
    ("no-token-type", 0, &["in 2 h, then renewed"]),
    // Slack says `bot` and `user` and means bearer tokens, so the type is not held against anybody.
    ("unknown-token-type", 0, &["Connected"]),
    ("no-refresh-token", 0, &["in 2 h, then `tieline connect sandbox-oauth2`"]),
    ("fewer-scopes", 0, &["email: asked for, not granted"]),
    ("form-answer", 0, &["in 2 h, then renewed", "profile, email"]),
    ("wrong-content-type", 0, &["in 2 h, then renewed"]),
    ("truncated-answer", 5, &["no `access_token`"]),
    ("somebody-else", 0, &["as grace@sandbox.test"]),
];

/// A call whose access token is over, so that it is refreshed first.
const REFRESH: &[Row] = &[
    ("refused-refresh", 3, &["invalid_grant", "tieline connect sandbox-oauth2"]),
    ("invalid-grant", 3, &["invalid_grant"]),
    ("error-in-200", 3, &["invalid_grant"]),
    ("invalid-client", 5, &["invalid_client"]),
    ("html-error", 5, &["HTML page"]),
    ("html-200", 5, &["HTML page"]),
    ("token-redirect", 5, &["307", "it is a redirect", "write that address into"]),
    ("huge-answer", 6, &["longer than 4 MiB"]),
    ("hostile-error", 3, &["invalid_grant"]),
    ("server-error-once", 5, &["500"]),
    ("no-refresh-rotation", 0, &[]),
    ("no-refresh-token", 0, &[]),
    ("no-expires-in", 0, &[]),
    ("text-expires-in", 0, &[]),
    ("form-answer", 0, &[]),
    ("wrong-content-type", 0, &[]),
    ("no-token-type", 0, &[]),
];

/// A call with a good access token.
const CALL: &[Row] = &[
    ("too-many-requests", 8, &["429 Too Many Requests", "try again after 1 s"]),
    ("too-many-requests-once", 8, &["429", "try again after 1 s"]),
    ("server-error", 8, &["500 Internal Server Error", "something broke"]),
    ("unauthorized", 8, &["401 Unauthorized", "tieline connect sandbox-oauth2"]),
    ("unauthorized-once", 0, &["ada@sandbox.test"]),
];

/// No control characters but line breaks, and nothing that turns the direction of writing.
#[track_caller]
fn is_printable(text: &str) {
    let bad = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(bad), "{text:?}");
}

#[track_caller]
fn matches(ran: Ran, (name, status, texts): &Row) {
    let all = format!("{}{}", ran.stdout, ran.stderr);
    for text in *texts {
        assert!(all.contains(text), "{name}: `{text}` is not in:\n{all}");
    }
    is_printable(&all);
    eprintln!("{name}");
    ran.expect(*status);
}

fn connected(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    home
}

#[test]
fn connect_ends_as_it_should_under_every_misbehaviour() {
    let sandbox = Sandbox::start(&["--lifetime", "9000"]);
    for row in CONNECT {
        let (name, status, _) = row;
        let home = sandbox.home();
        sandbox.misbehave(&[name]);
        let timeout = if *status == 6 && *name != "huge-answer" { "1" } else { "20" };
        matches(home.connect(&[APP, "--timeout", timeout]), row);
        sandbox.misbehave(&[]);
        let works = if *status == 0 { 0 } else { 3 };
        home.run(&["call", APP, "/api/x"]).expect(works);
        assert_eq!(home.kept(), usize::from(*status == 0), "{name}");
    }
    assert_eq!(sandbox.state()["requests"].get("/token/elsewhere"), None);
}

#[test]
fn a_refresh_ends_as_it_should_under_every_misbehaviour() {
    let sandbox = Sandbox::start(&[]);
    for row in REFRESH {
        let (name, status, _) = row;
        let home = connected(&sandbox);
        sandbox.expire();
        sandbox.misbehave(&[name]);
        matches(home.run(&["call", APP, "/api/x"]), row);
        sandbox.misbehave(&[]);
        // What did not use the refresh token up leaves it good.
        home.run(&["call", APP, "/api/x"]).expect(0);
        assert_eq!(home.kept(), 1, "{name} {status}");
    }
    assert_eq!(sandbox.state()["requests"].get("/token/elsewhere"), None);
}

#[test]
fn a_test_tells_the_step_that_failed_under_every_misbehaviour() {
    // So short that every token is renewed before it is used.
    let sandbox = Sandbox::start(&["--lifetime", "30"]);
    for row in REFRESH {
        let (name, status, texts) = row;
        sandbox.misbehave(&[]);
        let home = connected(&sandbox);
        sandbox.misbehave(&[name]);
        let ran = home.run(&["test", APP]);
        if *status == 0 {
            matches(ran.prints("✓ sandbox-oauth2 works"), row);
            continue;
        }
        matches(ran.prints("✗ refresh").prints("not reached"), row);
        let ran = home.run(&["test", APP, "--json"]);
        let json = ran.json();
        assert_eq!(json["schema"], 1);
        if *name != "server-error-once" {
            assert!(ran.stdout.contains("\"failed\""), "{name}: {}", ran.stdout);
            assert!(texts.iter().take(1).all(|text| ran.stdout.contains(text)), "{name}: {json}");
        }
    }
}

#[test]
fn a_call_ends_as_it_should_under_every_misbehaviour() {
    let sandbox = Sandbox::start(&[]);
    for row in CALL {
        let home = connected(&sandbox);
        let refreshes = sandbox.state()["refreshes"].as_u64().unwrap();
        sandbox.misbehave(&[row.0]);
        matches(home.run(&["call", APP, "/api/x"]), row);
        let refreshed = sandbox.state()["refreshes"].as_u64().unwrap() - refreshes;
        assert_eq!(refreshed, u64::from(row.0.starts_with("unauthorized")), "{}", row.0);
        if row.0.ends_with("-once") {
            home.run(&["call", APP, "/api/x"]).expect(0);
        }
    }
}

#[test]
fn a_refresh_that_got_no_answer_is_explained_the_next_time() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    sandbox.expire();
    sandbox.misbehave(&["drop-after-refresh"]);
    home.run(&["call", APP, "/api/x"]).expect(6).says("could not be refreshed");
    sandbox.misbehave(&[]);
    let ran = home.run(&["call", APP, "/api/x"]).expect(3).says("invalid_grant");
    ran.says("an earlier refresh was interrupted").says("tieline connect sandbox-oauth2");
    home.connect(&[APP]).expect(0);
    home.run(&["call", APP, "/api/x"]).expect(0);
}

#[test]
fn a_refresh_token_that_stays_good_is_kept() {
    let sandbox = Sandbox::start(&["--misbehave", "no-refresh-rotation"]);
    let home = connected(&sandbox);
    for _ in 0..3 {
        sandbox.expire();
        home.run(&["call", APP, "/api/x"]).expect(0);
    }
    assert_eq!(sandbox.state()["refreshes"], 3);
}

#[test]
fn an_account_that_belongs_to_somebody_else_now_does_not_pass() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    sandbox.misbehave(&["somebody-else"]);
    let ran = home.run(&["test", APP]).expect(1).says("belongs to somebody else now");
    ran.prints("grace@sandbox.test, and it was ada@sandbox.test");
}

#[test]
fn hostile_texts_never_reach_the_terminal() {
    let sandbox = Sandbox::start(&["--misbehave", "hostile-error"]);
    let home = sandbox.home();
    for verbose in [&[][..], &["-v"], &["-vv"]] {
        let ran = home.connect(&[&[APP], verbose].concat()).expect(5).says("gone");
        is_printable(&ran.stderr);
        is_printable(&ran.page);
    }
    sandbox.misbehave(&["hostile-identity"]);
    let ran = home.connect(&[APP, "-vv"]).expect(0);
    is_printable(&ran.stderr);
    is_printable(&ran.page);
    for command in [
        &["accounts"][..],
        &["accounts", "--json"],
        &["accounts", "show", APP],
        &["test", APP],
        &["test", APP, "-vv"],
        &["test", APP, "--json"],
        &["disconnect", APP],
    ] {
        let ran = home.run(command).expect(0);
        is_printable(&ran.stdout);
        is_printable(&ran.stderr);
        for escape in ["\\u001b", "\\u202e", "\\u0007"] {
            assert!(!ran.stdout.contains(escape) || command.contains(&"test"), "{}", ran.stdout);
        }
    }
}

#[test]
fn an_answer_that_repeats_the_request_shows_no_secret() {
    let sandbox = Sandbox::start(&["--misbehave", "echoed-secret"]);
    let home = sandbox.home();
    home.write("secret.txt", "practice-secret");
    home.run(&["client", "set", APP, "--id", "practice", "--secret", "@secret.txt"]).expect(0);
    let leaks = |text: &str| {
        let secrets =
            ["practice-secret", "practice-code-", "practice-refresh-", "practice-access-"];
        secrets.iter().any(|secret| text.contains(secret))
    };
    for verbose in [&[][..], &["-vv"]] {
        let ran = home.connect(&[&[APP], verbose].concat()).expect(5).says("invalid_request");
        assert!(!leaks(&ran.stderr) && !leaks(&ran.page), "{}\n{}", ran.stderr, ran.page);
    }
    sandbox.misbehave(&[]);
    home.connect(&[APP]).expect(0);
    sandbox.expire();
    sandbox.misbehave(&["echoed-secret"]);
    for command in
        [&["call", APP, "/api/x", "-vv"][..], &["test", APP, "-vv"], &["test", APP, "--json"]]
    {
        let ran = home.run(command);
        assert!(!leaks(&ran.stderr) && !leaks(&ran.stdout), "{}\n{}", ran.stderr, ran.stdout);
    }
}

#[test]
fn an_endless_answer_is_cut_off_quickly() {
    let sandbox = Sandbox::start(&["--misbehave", "huge-answer"]);
    let started = Instant::now();
    sandbox.home().connect(&[APP]).expect(6).says("longer than 4 MiB");
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}
