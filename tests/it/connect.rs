//! `connect` with OAuth: what the browser shows, how it ends, pasting, scopes, reconnecting.

use crate::support::{Home, Page, Sandbox, browse, decide, query, request};
use std::net::TcpListener;

const APP: &str = "sandbox-oauth2";

#[track_caller]
fn is_protected(page: &Page) {
    let policy = &page.headers["content-security-policy"];
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    assert!(!page.url.contains("code=") && !page.url.contains("state="), "{}", page.url);
    assert!(!page.body.contains("<script"), "{}", page.body);
}

/// The redirect that the sandbox would send the browser to.
fn redirect(authorization_url: &str) -> String {
    request("GET", authorization_url, "").headers["location"].clone()
}

#[test]
fn the_page_says_connected_only_when_everything_is_stored() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut waiting = home.start_connect(&[APP]);
    let page = browse(&waiting.url);
    is_protected(&page);
    assert!(page.body.contains("is connected"), "{}", page.body);
    assert!(page.body.contains("ada@sandbox.test"), "{}", page.body);
    assert_eq!(home.kept(), 1);
    waiting.finish().expect(0).says("written and read back").says("tieline call sandbox-oauth2");
}

#[test]
fn a_person_who_denies_sees_a_refusal_and_nothing_is_stored() {
    let sandbox = Sandbox::start(&["--consent"]);
    let home = sandbox.home();
    let mut waiting = home.start_connect(&[APP]);
    let page = decide(&browse(&waiting.url), "deny", "ada");
    is_protected(&page);
    assert!(page.body.contains("was not connected"), "{}", page.body);
    assert!(page.body.contains("said no to the request"), "{}", page.body);
    waiting.finish().expect(5).says("access_denied").says("nothing was stored");
    assert_eq!(home.kept(), 0);
    home.run(&["accounts", "show", APP]).expect(3);
}

#[test]
fn a_person_who_agrees_at_the_consent_page_is_connected() {
    let sandbox = Sandbox::start(&["--consent"]);
    let home = sandbox.home();
    let mut waiting = home.start_connect(&[APP]);
    let consent = browse(&waiting.url);
    let grace = consent.body.split("name=\"person\" value=\"").nth(2).unwrap();
    let page = decide(&consent, "allow", grace.split('"').next().unwrap());
    assert!(page.body.contains("is connected"), "{}", page.body);
    waiting.finish().expect(0).says("as grace@sandbox.test");
}

#[test]
fn the_page_says_failed_when_the_token_exchange_fails() {
    let sandbox = Sandbox::start(&["--misbehave", "invalid-grant"]);
    let home = sandbox.home();
    let mut waiting = home.start_connect(&[APP]);
    let page = browse(&waiting.url);
    is_protected(&page);
    assert!(page.body.contains("was not connected"), "{}", page.body);
    assert!(page.body.contains("Something went wrong"), "{}", page.body);
    assert!(page.body.contains("invalid_grant"), "{}", page.body);
    waiting.finish().expect(5).says("invalid_grant");
    assert_eq!(home.kept(), 0);
}

#[test]
fn a_redirect_from_another_issuer_is_refused_before_the_code_is_used() {
    let sandbox = Sandbox::start(&["--misbehave", "wrong-iss"]);
    let home = sandbox.home();
    let ran = home.connect(&[APP]).expect(5).says("was not connected");
    assert!(ran.page.contains("was not connected"), "{}", ran.page);
    assert_eq!(sandbox.state()["requests"].get("/token"), None);
    assert_eq!(home.kept(), 0);
}

#[test]
fn a_wait_without_an_answer_ends_in_time_and_frees_the_port() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut waiting = home.start_connect(&[APP, "--timeout", "1"]);
    let short = waiting.short_link();
    waiting.finish().expect(6).says("within 1 s").says("run `tieline connect sandbox-oauth2`");
    let port = url::Url::parse(&short).unwrap().port().unwrap();
    TcpListener::bind(("127.0.0.1", port)).unwrap();
    assert_eq!(home.kept(), 0);
}

#[test]
fn ctrl_c_ends_the_wait_and_leaves_nothing_behind() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut waiting = home.start_connect(&[APP]);
    let short = waiting.short_link();
    interrupt(waiting.child.id());
    waiting.finish().expect(130).says("interrupted");
    let port = url::Url::parse(&short).unwrap().port().unwrap();
    TcpListener::bind(("127.0.0.1", port)).unwrap();
    assert_eq!(home.kept(), 0);
    home.run(&["accounts", "--json"]).expect(0).prints("\"accounts\": []");
}

fn interrupt(pid: u32) {
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", "kill -INT \"$0\"", &pid.to_string()]);
    assert!(shell.status().unwrap().success());
}

#[test]
fn the_address_can_be_pasted_and_is_erased() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut terminal = home.on_terminal(&["connect", APP, "--no-browser"]);
    terminal.until("http://127.0.0.1").until("Or paste").until("\n\r\n").until("\r\n");
    let url = terminal.seen.lines().rev().find(|line| line.contains("/authorize?")).unwrap();
    let url = url.trim().trim_start_matches("\u{1b}[36m").trim_end_matches("\u{1b}[0m").to_owned();
    let right = redirect(&url);
    terminal.until("left. Ctrl-C stops.");
    terminal.types("http://127.0.0.1/callback?code=stolen-elsewhere&state=not-ours");
    terminal.until("That is not it");
    terminal.until("left. Ctrl-C stops.").types(&right);
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    let screen = terminal.screen();
    assert!(screen.contains("Connected sandbox-oauth2 as ada@sandbox.test"), "{screen}");
    let sent = query(&right);
    for secret in ["stolen-elsewhere", &sent["code"][..12], &sent["code"][20..]] {
        assert!(terminal.seen.contains(secret), "{}", terminal.seen);
        assert!(!screen.contains(secret), "{screen}");
    }
}

#[test]
fn fewer_scopes_than_asked_are_said() {
    let sandbox = Sandbox::start(&["--misbehave", "fewer-scopes"]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0).says("email: asked for, not granted");
    home.run(&["accounts", "show", APP]).expect(0).prints("not granted: email");
}

#[test]
fn scopes_can_be_asked_for() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut waiting = home.start_connect(&[APP, "--scope", "email", "--scope", "notes.read"]);
    assert_eq!(query(&waiting.url)["scope"], "email notes.read");
    browse(&waiting.url);
    waiting.finish().expect(0).says("scopes    email, notes.read");
}

#[test]
fn somebody_else_takes_an_account_over_only_with_replace() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    sandbox.misbehave(&["somebody-else"]);
    let ran = home.connect(&[APP]).expect(2).says("is connected as `ada@sandbox.test`");
    let ran = ran.says("this is `grace@sandbox.test`").says("--replace").says("--add");
    assert!(ran.page.contains("was not connected"), "{}", ran.page);
    home.run(&["accounts"]).expect(0).prints("ada@sandbox.test");
    home.run(&["call", APP, "/api/x"]).expect(0);
    home.connect(&[APP, "--replace"]).expect(0).says("as grace@sandbox.test");
    assert_eq!(home.kept(), 1);
}

#[test]
fn reconnecting_as_the_same_person_needs_no_flag() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.connect(&[APP]).expect(0);
    home.connect(&[APP]).expect(0);
    assert_eq!((home.kept(), sandbox.state()["tokens_issued"].as_u64()), (1, Some(2)));
}

#[test]
fn the_token_answer_may_say_who_it_is() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.define(
        "told",
        "extends: sandbox-oauth2
authorizations:
  oauth2:
    user_info_endpoint: null
    token_endpoint:
      url: '{{{server}}}/token'
      response:
        user_identity: 'somebody who may {{response.scope}}'
",
    );
    let server = format!("server={}", sandbox.url);
    let connect = ["told", "--field", &server, "--auth", "oauth2"];
    home.connect(&connect).expect(0).says("as somebody who may profile email");
    let tested = home.run(&["test", "told"]).expect(0).prints("not verified");
    tested.prints("somebody who may profile email");
    sandbox.expire();
    home.run(&["call", "told", "/api/x"]).expect(0);
    home.run(&["accounts"]).expect(0).prints("somebody who may profile email");
    home.connect(&[&connect[..], &["--scope", "profile"]].concat()).expect(2).says("--replace");
}

#[test]
fn an_unknown_app_gets_a_suggestion() {
    let home = Home::new();
    home.run(&["connect", "sandbox-oath2"]).expect(2).says("did you mean `sandbox-oauth2`?");
    home.run(&["connect", "sandbox-oauth2", "--auth", "x"]).expect(2).says("it has oauth2");
}
