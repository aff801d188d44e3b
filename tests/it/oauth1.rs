//! OAuth 1.0a from the first leg to signed calls, against the practice provider.

use crate::support::{Home, Sandbox, browse, query, request};
use std::process::Stdio;

const APP: &str = "sandbox-oauth1";

/// A home with the practice consumer.
fn home(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.write("secret.txt", "practice-consumer-secret\n");
    let set = ["client", "set", APP, "--id", "practice-consumer", "--secret", "@secret.txt"];
    home.run(&set).expect(0).says("http://127.0.0.1/callback").says("may be any");
    home
}

#[test]
fn three_legs_give_an_account_whose_calls_are_signed() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    let ran = home.connect(&[APP]).expect(0).says("as ada@sandbox.test");
    assert!(ran.page.contains("is connected"), "{}", ran.page);
    home.run(&["test", APP]).expect(0).prints("works");
    home.run(&["call", APP, "/api/a%20b?b=2%20q&a=1&a=&c%40=%C3%BC"]).expect(0);
    home.run(&["call", APP, "/api/x", "--form", "-f", "c2=", "-f", "a3=2 q"]).expect(0);
    home.run(&["call", APP, "PUT", "/api/x", "-f", "a=b"]).expect(0);
    home.write("body.json", "{}");
    home.run(&["call", APP, "POST", "/api/x", "-d", "@body.json"]).expect(0);
    home.run(&["accounts"]).expect(0).prints("ada@sandbox.test");
    sandbox.revoke();
    home.run(&["test", APP]).expect(3);
    home.run(&["disconnect", APP]).expect(0).says("the provider has no revocation");
    assert_eq!(home.kept(), 1, "only the client");
}

#[test]
fn every_method_and_place_is_accepted() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    for auth in ["sha512", "plaintext"] {
        home.connect(&[APP, "--auth", auth, "--account", auth, "--add"]).expect(0);
        home.run(&["call", &format!("{APP}/{auth}"), "/api/x?a=b"]).expect(0);
    }
    let key = request("GET", &format!("{}/sandbox/keys/rsa.pem", sandbox.url), "");
    home.write("key.pem", &key.body);
    let set = ["client", "set", APP, "--id", "practice-consumer-rsa", "--secret", "@key.pem"];
    home.run(&set).expect(0);
    home.connect(&[APP, "--auth", "rsa", "--account", "rsa", "--add"]).expect(0);
    home.run(&["call", &format!("{APP}/rsa"), "/api/x"]).expect(0);
    // Accounts go on with the consumer that they were connected with.
    home.run(&["call", &format!("{APP}/sha512"), "/api/x"]).expect(0);
}

#[test]
fn a_key_that_is_none_is_told_before_anything_is_sent() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    let ran = home.run(&["connect", APP, "--auth", "rsa", "--no-browser"]).expect(4);
    ran.says("needs an RSA private key");
}

#[test]
fn a_pin_is_typed_where_nobody_comes_back() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    let mut terminal = home.on_terminal(&["connect", APP, "--auth", "pin", "--no-browser"]);
    let address = terminal.address("/oauth1/authorize");
    let page = browse(&address);
    let pin = page.body.split("id=\"pin\">").nth(1).unwrap().split('<').next().unwrap();
    terminal.until("PIN").types(pin);
    terminal.until("Connected");
    assert_eq!(terminal.ends(), 0);
    home.run(&["call", APP, "/api/x"]).expect(0);
    let none = home.run(&["connect", APP, "--auth", "pin", "--no-browser"]).expect(2);
    none.says("no PIN was typed");
}

#[test]
fn what_is_not_the_answer_is_no_end_of_the_wait() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    let mut waiting = home.start_connect(&[APP]);
    let token = query(&waiting.url)["oauth_token"].clone();
    let callback = waiting.said.lines().find(|line| line.trim_start().starts_with("Open")).unwrap();
    let origin = callback.split_whitespace().last().unwrap().trim_end_matches('/').to_owned();
    for wrong in ["oauth_token=other&oauth_verifier=v", "oauth_verifier=v", "state=x&code=y"] {
        let page = request("GET", &format!("{origin}/callback?{wrong}"), "");
        assert_eq!(page.status, 400, "{wrong}");
    }
    assert!(!token.is_empty());
    waiting.browse_and_finish().expect(0).says("is not the one that was sent");
}

#[test]
fn a_refusal_is_told_and_nothing_is_kept() {
    let sandbox = Sandbox::start(&["--consent"]);
    let home = home(&sandbox);
    let mut waiting = home.start_connect(&[APP]);
    decide(&sandbox, &waiting.url, "deny", "ada");
    waiting.finish().expect(5).says("refused");
    assert_eq!(home.kept(), 1, "only the client");
    let mut waiting = home.start_connect(&[APP]);
    decide(&sandbox, &waiting.url, "allow", "grace");
    waiting.finish().expect(0).says("as grace@sandbox.test");
}

/// Answers the consent page, and follows the redirect back.
fn decide(sandbox: &Sandbox, url: &str, decision: &str, person: &str) {
    let page = browse(url);
    let id =
        page.body.split("name=\"request\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let action = format!("{}/oauth1/authorize/decide", sandbox.url);
    let form = format!("request={id}&person={person}&decision={decision}");
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let answer = crate::support::request_with("POST", &action, &kind, &form);
    browse(&answer.headers["location"]);
}

#[test]
fn a_provider_that_says_no_or_confirms_no_callback_is_told() {
    for (misbehaviour, said) in [
        ("oauth1-problem", "consumer_key_rejected"),
        ("oauth1-unconfirmed", "oauth_callback_confirmed"),
    ] {
        let sandbox = Sandbox::start(&["--misbehave", misbehaviour]);
        let home = home(&sandbox);
        home.run(&["connect", APP, "--no-browser"]).expect(5).says(said);
    }
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.write("secret.txt", "some-other-secret");
    let set = ["client", "set", APP, "--id", "practice-consumer", "--secret", "@secret.txt"];
    home.run(&set).expect(0);
    home.run(&["connect", APP, "--no-browser"]).expect(5).says("the signature is wrong");
}

#[test]
fn a_ready_token_is_enough_and_may_come_from_the_environment() {
    let sandbox = Sandbox::start(&[]);
    let first = home(&sandbox);
    let ran = first.connect(&[APP, "-vv"]).expect(0);
    for secret in ["practice-consumer-secret", "practice-oauth1-", "practice-secret-"] {
        assert!(!ran.stderr.contains(secret), "{secret}: {}", ran.stderr);
    }
    // Not from tieline, which gives no secret away: by the provider's own legs, signed in PLAINTEXT.
    let (token, secret) = token_by_hand(&sandbox);
    let second = sandbox.home();
    second.write("consumer.txt", "practice-consumer-secret");
    second.write("token.txt", &token);
    second.write("token-secret.txt", &secret);
    let fields = [
        "-f",
        "client_id=practice-consumer",
        "-f",
        "client_secret=@consumer.txt",
        "-f",
        "access_token=@token.txt",
        "-f",
        "token_secret=@token-secret.txt",
    ];
    let connect = [&["connect", APP, "--auth", "ready"], &fields[..]].concat();
    second.run(&connect).expect(0).says("as ada@sandbox.test");
    second.run(&["call", APP, "/api/x"]).expect(0);
    let bare = sandbox
        .home()
        .set("TIELINE_STORE", "env")
        .set("TIELINE_SANDBOX_OAUTH1_AUTH", "ready")
        .set("TIELINE_SANDBOX_OAUTH1_CLIENT_ID", "practice-consumer")
        .set("TIELINE_SANDBOX_OAUTH1_CLIENT_SECRET", "practice-consumer-secret")
        .set("TIELINE_SANDBOX_OAUTH1_ACCESS_TOKEN", token)
        .set("TIELINE_SANDBOX_OAUTH1_TOKEN_SECRET", secret);
    bare.run(&["call", APP, "/api/x"]).expect(0);
    bare.run(&["test", APP]).expect(0);
    let mut child = bare.command(&["accounts"]).stdin(Stdio::null()).spawn().unwrap();
    assert!(child.wait().unwrap().success());
}

/// The three legs as any other client would go them.
fn token_by_hand(sandbox: &Sandbox) -> (String, String) {
    let nonce = std::cell::Cell::new(0);
    let leg = |path: &str, secret: &str, more: &str| {
        nonce.set(nonce.get() + 1);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let header = format!(
            "OAuth oauth_consumer_key=\"practice-consumer\", oauth_signature_method=\"PLAINTEXT\", \
             oauth_timestamp=\"{}\", oauth_nonce=\"by-hand-{}\", {more}\
             oauth_signature=\"practice-consumer-secret%26{secret}\"",
            now.as_secs(),
            nonce.get()
        );
        let url = format!("{}{path}", sandbox.url);
        let answer = crate::support::request_with("POST", &url, &[("authorization", &header)], "");
        assert_eq!(answer.status, 200, "{}", answer.body);
        let pairs: std::collections::BTreeMap<String, String> =
            url::form_urlencoded::parse(answer.body.as_bytes()).into_owned().collect();
        (pairs["oauth_token"].clone(), pairs["oauth_token_secret"].clone())
    };
    let (token, secret) = leg("/oauth1/request_token", "", "oauth_callback=\"oob\", ");
    let page = browse(&format!("{}/oauth1/authorize?oauth_token={token}", sandbox.url));
    let pin = page.body.split("id=\"pin\">").nth(1).unwrap().split('<').next().unwrap();
    let more = format!("oauth_token=\"{token}\", oauth_verifier=\"{pin}\", ");
    leg("/oauth1/access_token", &secret, &more)
}
