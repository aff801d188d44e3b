//! Golden traces: what `-vv` shows under each misbehaviour of the sandbox, with times, ports and marks
//! made alike. `INSTA_UPDATE=always` writes them anew.

use crate::support::{Home, Sandbox};
use regex_lite::{Captures, Regex};
use std::collections::BTreeMap;

const APP: &str = "sandbox-oauth2";

/// What differs from run to run, and what stands for it.
const VARYING: &[(&str, &str)] = &[
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"127\.0\.0\.1%3A\d+", "127.0.0.1%3APORT"),
    (r"[0-9.]+ ms", "N ms"),
    (r"date: [^\n]+", "date: DATE"),
    (r"content-length: \d+", "content-length: N"),
    (r"code_challenge=[A-Za-z0-9_-]{43}", "code_challenge=CHALLENGE"),
    (r"/[^ ]+/home/vault", "HOME/vault"),
    (r"PORT/[A-Za-z0-9_-]{20,}", "PORT/LINK"),
];

/// A trace in which only what was sent, answered and decided is left. Marks get numbers in order: equal
/// ones stay equal.
fn normal(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, stand_in) in VARYING {
        text = Regex::new(pattern).unwrap().replace_all(&text, *stand_in).into_owned();
    }
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mark = Regex::new(r"#([0-9a-f]{4})\]").unwrap();
    let numbered = mark.replace_all(&text, |found: &Captures| {
        let next = known.len() + 1;
        format!("#{}]", known.entry(found[1].to_owned()).or_insert(next))
    });
    numbered.into_owned()
}

/// From the first step of the trace on.
fn trace(stderr: &str) -> String {
    let is_step = |line: &&str| ["- ", "✓ `", "✗ "].iter().any(|start| line.starts_with(start));
    let lines: Vec<&str> = stderr.lines().skip_while(|line| !is_step(line)).collect();
    normal(&lines.join("\n"))
}

fn connected(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    home
}

/// Snapshots are named after the command and the misbehaviour.
#[track_caller]
fn is_golden(command: &str, misbehaviour: &str, trace: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("{command}-{misbehaviour}"), trace));
}

#[test]
fn a_connect_under_every_misbehaviour() {
    let sandbox = Sandbox::start(&["--lifetime", "9000"]);
    for name in [
        "wrong-state",
        "missing-state",
        "slow",
        "wrong-iss",
        "repeated-code",
        "stray-callback",
        "invalid-scope",
        "unauthorized-client",
        "access-denied",
        "temporarily-unavailable",
        "invalid-grant",
        "invalid-client",
        "server-error-once",
        "html-error",
        "html-200",
        "error-in-200",
        "token-redirect",
        "huge-answer",
        "no-expires-in",
        "text-expires-in",
        "no-token-type",
        "unknown-token-type",
        "no-refresh-token",
        "fewer-scopes",
        "form-answer",
        "wrong-content-type",
        "truncated-answer",
        "somebody-else",
        "hostile-error",
        "echoed-secret",
    ] {
        sandbox.misbehave(&[name]);
        // These wait for something that does not come.
        let waits = ["wrong-state", "missing-state", "slow"].contains(&name);
        let timeout = if waits { "3" } else { "20" };
        let ran = sandbox.home().connect(&[APP, "-vv", "--timeout", timeout]);
        is_golden("connect", name, &trace(&ran.stderr));
    }
}

#[test]
fn a_refresh_under_every_misbehaviour() {
    let sandbox = Sandbox::start(&[]);
    for name in [
        "refused-refresh",
        "invalid-grant",
        "invalid-client",
        "html-error",
        "html-200",
        "error-in-200",
        "token-redirect",
        "huge-answer",
        "server-error-once",
        "no-refresh-rotation",
        "no-refresh-token",
        "drop-after-refresh",
        "echoed-secret",
    ] {
        sandbox.misbehave(&[]);
        let home = connected(&sandbox);
        sandbox.expire();
        sandbox.misbehave(&[name]);
        is_golden("test", name, &trace(&home.run(&["test", APP, "-vv"]).stderr));
    }
}

#[test]
fn a_call_under_every_misbehaviour() {
    let sandbox = Sandbox::start(&[]);
    for name in ["too-many-requests", "server-error", "unauthorized", "unauthorized-once"] {
        sandbox.misbehave(&[]);
        let home = connected(&sandbox);
        sandbox.misbehave(&[name]);
        is_golden("call", name, &trace(&home.run(&["call", APP, "/api/x", "-vv"]).stderr));
    }
}
