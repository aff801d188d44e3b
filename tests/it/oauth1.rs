//! OAuth 1.0a: the three legs, a PIN, ready tokens, and everything that may come in between.

use crate::support::{Home, Sandbox, Waiting, browse, query, request};
use std::io::Write;
use std::process::Stdio;

const APP: &str = "sandbox-oauth1";

/// A home with the practice consumer.
pub(crate) fn home(sandbox: &Sandbox) -> Home {
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
    home.run(&["accounts"]).expect(0).prints("ada@sandbox.test");
    // Connected once more, the first leg is not signed by the token of before.
    home.connect(&[APP]).expect(0).says("as ada@sandbox.test");
    home.run(&["test", APP]).expect(0).prints("works");
    sandbox.revoke();
    home.run(&["test", APP]).expect(3).says("run `tieline connect sandbox-oauth1`");
    home.run(&["disconnect", APP]).expect(0).says("the provider has no revocation");
    assert_eq!(home.kept(), 1, "only the client");
}

#[test]
fn a_whole_authorization_is_tried_and_nothing_kept() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    let fresh = ["test", APP, "--fresh", "--no-browser"];
    let ran = home.start(&fresh).browse_and_finish().expect(0);
    assert!(ran.page.contains("nothing was stored"), "{}", ran.page);
    ran.prints("/oauth1/request_token").prints("/oauth1/access_token").prints("/oauth1/me");
    home.run(&["accounts"]).expect(0).says("No account is connected");
    home.run(&["connect", APP, "--start"]).expect(2).says("cannot be finished later");
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
fn a_port_needs_somebody_who_listens() {
    let home = Home::new();
    let app =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/apps/sandbox-oauth1.yaml"));
    let app = app.unwrap();
    home.write("a.yaml", &app);
    home.run(&["lint", "a.yaml"]).expect(0);
    home.write("a.yaml", &app.replace("    port: null\n", ""));
    home.run(&["lint", "a.yaml"]).expect(4).prints("nobody listens with `redirect_uri: oob`");
    home.write(
        "a.yaml",
        &app.replace(
            "    type: oauth1\n    user_info",
            "    type: oauth1\n    port: any\n    user_info",
        ),
    );
    let ran = home.run(&["lint", "a.yaml"]).expect(4);
    ran.prints("`port` needs a `request_token_endpoint` beside it");
}

#[test]
fn the_request_token_may_have_another_name() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    let app =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/apps/sandbox-oauth1.yaml"));
    let params = |oauth_token: &str| {
        let params = format!(
            "\n    authorization_params:\n      token: '{{{{request_token}}}}'\n{oauth_token}    authorization_uri:"
        );
        app.as_ref().unwrap().replacen("\n    authorization_uri:", &params, 1)
    };
    let connect = ["connect", APP, "--no-browser", "--timeout", "20"];
    home.define(APP, &params(""));
    let waiting = home.start(&connect);
    let sent = query(&waiting.url);
    assert_eq!(sent["token"], sent["oauth_token"]);
    assert!(!sent["token"].is_empty(), "{}", waiting.url);
    home.define(APP, &params("      oauth_token: null\n"));
    let waiting = home.start(&connect);
    assert!(!waiting.url.contains("oauth_token="), "{}", waiting.url);
    // Nobody but the second leg knows it.
    let realm = app.unwrap().replacen(
        "    type: oauth1\n",
        "    type: oauth1\n    realm: '{{request_token}}'\n",
        1,
    );
    home.write("own.yaml", &realm);
    home.run(&["lint", "own.yaml"]).expect(4).prints("`request_token` is no name");
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
    let pin = pin(&address);
    terminal.until("Type the PIN here:").types("").types(&format!(" {pin} "));
    terminal.until("Connected");
    assert_eq!(terminal.ends(), 0);
    home.run(&["call", APP, "/api/x"]).expect(0);
    assert!(!terminal.seen.contains("paste"), "{}", terminal.seen);
}

/// The PIN that the page shows to whoever agrees.
fn pin(url: &str) -> String {
    let page = browse(url).body;
    page.split("id=\"pin\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

#[test]
fn a_pin_is_piped_and_a_wrong_or_missing_one_is_told() {
    let sandbox = Sandbox::start(&[]);
    let home = home(&sandbox);
    let connect = ["connect", APP, "--auth", "pin", "--no-browser"];
    let start = || {
        let child = home.command(&connect).stdin(Stdio::piped()).spawn().unwrap();
        Waiting::new(child, &connect)
    };
    let mut waiting = start();
    pin(&waiting.url);
    writeln!(waiting.child.stdin.take().unwrap(), "not-the-pin").unwrap();
    waiting.finish().expect(5).says("the oauth_verifier is wrong");
    home.run(&connect).expect(2).says("no PIN was typed");
    let mut child = home.command(&[&connect[..], &["--timeout", "1"]].concat());
    let mut waiting = Waiting::new(child.stdin(Stdio::piped()).spawn().unwrap(), &connect);
    let stdin = waiting.child.stdin.take();
    waiting.finish().expect(6).says("within 1 s");
    drop(stdin);
    assert_eq!(home.kept(), 1, "only the client");
    let mut waiting = start();
    let pin = pin(&waiting.url);
    writeln!(waiting.child.stdin.take().unwrap(), "{pin}").unwrap();
    waiting.finish().expect(0).says("as ada@sandbox.test");
    home.run(&["call", APP, "/api/x"]).expect(0);
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
fn a_redirect_that_names_another_token_is_waited_past() {
    let sandbox = Sandbox::start(&["--misbehave", "oauth1-wrong-token"]);
    let home = home(&sandbox);
    let ran = home.connect(&[APP, "--timeout", "1"]).expect(6);
    ran.says("is not the one that was sent").says("Still waiting").says("within 1 s");
    assert_eq!(home.kept(), 1, "only the client");
    sandbox.misbehave(&["stray-callback"]);
    home.connect(&[APP]).expect(0).says("no `oauth_token`").says("Connected");
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
        (
            "oauth1-problem",
            "consumer_key_rejected: the client id, or its secret, key or certificate, is wrong",
        ),
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
    let ran = home.run(&["connect", APP, "--no-browser"]).expect(5);
    let ran = ran.says("signature_invalid (the signature is wrong)");
    ran.says("`practice-consumer` has the secret `practice-consumer-secret`");
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
    let pin = pin(&format!("{}/oauth1/authorize?oauth_token={token}", sandbox.url));
    let more = format!("oauth_token=\"{token}\", oauth_verifier=\"{pin}\", ");
    leg("/oauth1/access_token", &secret, &more)
}
