//! The grant for other devices (RFC 8628), as a person meets it: a page, a code, and time.

use crate::support::{Home, Page, Ran, Sandbox, browse, request};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Stdio};

const APP: &str = "sandbox-oauth2";

/// A connect that has shown its code and waits.
struct Shown {
    child: Child,
    stderr: BufReader<ChildStderr>,
    said: String,
}

fn start(home: &Home, arguments: &[&str]) -> Shown {
    let all = [&["connect", APP, "--no-browser"], arguments].concat();
    let mut child = home.command(&all).spawn().unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let mut shown = Shown { child, stderr, said: String::new() };
    while !shown.said.contains("\nhttp") {
        assert_ne!(shown.stderr.read_line(&mut shown.said).unwrap(), 0, "{}", shown.said);
    }
    shown
}

impl Shown {
    fn code(&self) -> &str {
        let rest = self.said.split("enter the code ").nth(1).unwrap();
        rest.split(':').next().unwrap()
    }

    fn page(&self) -> &str {
        self.said.lines().find(|line| line.starts_with("http")).unwrap()
    }

    /// What the page answers to the code.
    fn enter(&self, code: &str) -> Page {
        browse(&format!("{}?user_code={code}", self.page()))
    }

    /// The person says so on the page.
    fn decide(&self, decision: &str) {
        let page = self.enter(self.code());
        let id = page.body.split("name=\"request\" value=\"").nth(1).unwrap();
        let id = id.split('"').next().unwrap();
        let url = url::Url::parse(self.page()).unwrap().join("/device/decide").unwrap();
        let body = format!("request={id}&person=grace&decision={decision}");
        assert_eq!(request("POST", url.as_str(), &body).status, 200);
    }

    fn ends(mut self) -> Ran {
        self.stderr.read_to_string(&mut self.said).unwrap();
        let output = self.child.wait_with_output().unwrap();
        Ran { stderr: self.said, ..Ran::new(&["connect"], output) }
    }
}

#[test]
fn whoever_enters_the_code_on_the_page_is_connected() {
    let sandbox = Sandbox::start(&["--consent"]);
    let home = sandbox.home();
    let shown = start(&home, &["--auth", "device"]);
    assert!(shown.enter("BCDF-GHJK").body.contains("No device waits"), "a guess lets nobody in");
    shown.decide("allow");
    shown.ends().expect(0).says("as grace@sandbox.test");
    home.run(&["call", APP, "/userinfo"]).expect(0).prints("Grace Hopper");
}

#[test]
fn whoever_says_no_on_the_page_connects_nobody() {
    let sandbox = Sandbox::start(&["--consent"]);
    let home = sandbox.home();
    let shown = start(&home, &["--auth", "device"]);
    shown.decide("deny");
    shown.ends().expect(5).says("access_denied").says("nothing was stored");
    assert_eq!(home.kept(), 0);
}

#[test]
fn an_id_token_that_a_device_gets_is_checked() {
    let sandbox = Sandbox::start(&[]);
    let scopes = ["--scope", "openid", "--scope", "profile", "--scope", "email"];
    let connect =
        [&["connect", APP, "--auth", "device", "--no-browser", "-v"], &scopes[..]].concat();
    let ran = sandbox.home().run(&connect).expect(0);
    ran.says("the ID token is signed by the provider, for this client and this request");
    let sandbox = Sandbox::start(&["--misbehave", "id-token-audience"]);
    let home = sandbox.home();
    home.run(&connect).expect(5).says("the ID token is for another client");
    assert_eq!(home.kept(), 0);
}

#[test]
fn the_flag_takes_another_device_where_only_the_issuer_knows_of_it() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    // The default way in is the browser, and its definition names no such endpoint.
    let ran = home.run(&["connect", APP, "--device", "--no-browser"]).expect(0);
    ran.says("enter the code").says("as ada@sandbox.test");
}

#[test]
fn the_flag_is_refused_before_anything_is_asked_where_there_is_no_such_grant() {
    let home = Home::new();
    let ran = home.run(&["connect", APP, "--device", "--auth", "client-credentials"]).expect(2);
    ran.says("no grant for other devices").says("no browser is needed");
    home.run(&["connect", "sandbox-api-key", "--device"]).expect(2).says("leave `--device` out");
    home.run(&["connect", "slack", "--device"]).expect(2).says("can be opened, or pasted");
}

#[test]
fn a_server_that_says_slow_down_is_asked_less_often() {
    let sandbox = Sandbox::start(&["--misbehave", "slow-down"]);
    let home = sandbox.home();
    let arguments = ["connect", APP, "--auth", "device", "--no-browser", "-v", "--timeout", "2"];
    let ran = home.run(&arguments).expect(6).says("every 6 s from now on").says("nobody agreed");
    assert_eq!(sandbox.state()["requests"]["/token"], 1, "{}", ran.stderr);
    assert_eq!(home.kept(), 0);
}

#[test]
fn a_redirect_that_does_not_come_cannot_be_waited_for() {
    let home = Home::new();
    for auth in ["device", "client-credentials", "password"] {
        let ran = home.run(&["connect", APP, "--auth", auth, "--start"]).expect(2);
        ran.says("no redirect that could be waited for").says("without `--start`");
    }
    home.run(&["connect", APP, "--start", "--device"]).expect(2).says("cannot be used with");
}

#[test]
fn another_device_agrees_with_a_code() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let ran = home.run(&["connect", APP, "--auth", "device", "--no-browser"]).expect(0);
    let ran = ran.says("enter the code").says("/device\n").says("as ada@sandbox.test");
    assert!(!ran.stderr.contains('\u{2588}'), "no QR code away from a terminal: {}", ran.stderr);
    home.run(&["call", APP, "/userinfo"]).expect(0);
    sandbox.expire();
    home.run(&["call", APP, "/userinfo"]).expect(0);
    assert_eq!(sandbox.state()["refreshes"], 1);
}

#[test]
fn on_a_terminal_the_address_is_a_qr_code_too() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let arguments = ["connect", APP, "--auth", "device", "--no-browser"];
    let mut terminal = home.on_terminal(&arguments);
    // White on black, whatever the terminal's colors.
    terminal.until("[97;40m");
    terminal.until("Connected");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn a_device_that_is_denied_or_too_late_is_told() {
    for (misbehaviour, code) in
        [("device-denied", "access_denied"), ("device-expired", "expired_token")]
    {
        let sandbox = Sandbox::start(&["--misbehave", misbehaviour]);
        let home = sandbox.home();
        let ran = home.run(&["connect", APP, "--auth", "device", "--no-browser"]).expect(5);
        ran.says(code);
        assert_eq!(home.kept(), 0);
    }
}

#[test]
fn over_ssh_the_grant_for_other_devices_is_taken_where_there_is_one() {
    let sandbox = Sandbox::start(&[]);
    let yaml = format!(
        r#"title: Both
base_url: {server}
client: {{ id: practice-public }}
authorizations:
  oauth:
    type: oauth2
    grant: [authorization_code, device_code]
    issuer: {server}
    redirect_uri: http://127.0.0.1/callback
    port: any
    scopes: [profile, email]
"#,
        server = sandbox.url
    );
    let far = sandbox.home().set("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22");
    far.define("both", &yaml);
    far.run(&["connect", "both"]).expect(0).says("enter the code").says("as ada@sandbox.test");
    let near = sandbox.home();
    near.define("both", &yaml);
    near.connect(&["both"]).expect(0).says("as ada@sandbox.test");
    near.run(&["connect", "both", "--device", "--no-browser"]).expect(0).says("enter the code");
}

#[test]
fn ctrl_c_ends_the_wait_for_a_device() {
    let sandbox = Sandbox::start(&["--consent"]);
    let home = sandbox.home();
    let arguments = ["connect", APP, "--auth", "device", "--no-browser"];
    let mut command = home.command(&arguments);
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    while !said.contains("/device") {
        std::io::BufRead::read_line(&mut stderr, &mut said).unwrap();
    }
    let pid = child.id().to_string();
    let sent = std::process::Command::new("sh").args(["-c", "kill -INT \"$0\"", &pid]).status();
    assert!(sent.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(home.kept(), 0);
}
