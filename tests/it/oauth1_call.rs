//! OAuth 1.0a: calls arrive as they were typed, their signatures hold, and nothing gives a secret
//! away.

use crate::oauth1::home;
use crate::support::{Home, Ran, Sandbox, request};
use serde_json::{Value, json};

const APP: &str = "sandbox-oauth1";
/// What the secrets of this provider begin with.
const SECRETS: [&str; 3] = ["practice-consumer-secret", "practice-oauth1-", "practice-secret-"];

/// What the echo saw of a call whose signature it has checked.
#[track_caller]
fn echo(home: &Home, arguments: &[&str]) -> Value {
    let ran = home.run(&[&["call", APP], arguments].concat()).expect(0);
    let seen = ran.json();
    assert_eq!(seen["user"], "ada@sandbox.test");
    seen
}

/// Every way of signing that the app has.
const WAYS: [&str; 4] = ["oauth1", "sha512", "plaintext", "rsa"];

/// A home with one account, connected that way.
fn connected(sandbox: &Sandbox, auth: &str) -> Home {
    let home = home(sandbox);
    if auth == "rsa" {
        let key = request("GET", &format!("{}/sandbox/keys/rsa.pem", sandbox.url), "");
        home.write("key.pem", &key.body);
        let set = ["client", "set", APP, "--id", "practice-consumer-rsa", "--secret", "@key.pem"];
        home.run(&set).expect(0);
    }
    home.connect(&[APP, "--auth", auth]).expect(0);
    home
}

#[test]
fn odd_queries_and_forms_are_signed_as_they_arrive() {
    let sandbox = Sandbox::start(&[]);
    for auth in WAYS {
        let home = connected(&sandbox, auth);
        let seen =
            echo(&home, &["/api/a%20b/%7Ec?b5=%3D%253D&a3=a&c%40=&a2=r%20b&a3=2+q&e&=n&&~*"]);
        assert_eq!(seen["path"], "/oauth1/api/a%20b/%7Ec");
        let query = json!({
            "b5": "=%3D", "a3": ["a", "2 q"], "c@": "", "a2": "r b", "e": "", "": "n", "~*": ""
        });
        assert_eq!(seen["query"], query, "{auth}");
        let seen = echo(&home, &["/api/x?a=1", "-q", "b=2 &=+ü", "-q", "a=0"]);
        assert_eq!(seen["query"], json!({"a": ["1", "0"], "b": "2 &=+ü"}));
        let form = ["/api/x?z=%2B", "--form", "-f", "c2=", "-f", "a3=2 q&+", "-f", "ü=é"];
        let seen = echo(&home, &form);
        let pairs = url::form_urlencoded::parse(seen["body"].as_str().unwrap().as_bytes());
        let pairs: Vec<(String, String)> = pairs.into_owned().collect();
        let sent = [("c2", ""), ("a3", "2 q&+"), ("ü", "é")];
        assert_eq!(pairs, sent.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let seen = echo(&home, &["/api/x", "--form", "-d", "a=b+c&d=%20&a=b"]);
        assert_eq!(seen["body"], "a=b+c&d=%20&a=b", "{auth}");
    }
}

#[test]
fn bodies_that_are_no_form_are_sent_and_not_signed() {
    let sandbox = Sandbox::start(&[]);
    for auth in WAYS {
        let home = connected(&sandbox, auth);
        let seen = echo(&home, &["PUT", "/api/x", "-f", "a=b&c=d"]);
        assert_eq!((&seen["method"], &seen["body"]), (&json!("PUT"), &json!(r#"{"a":"b&c=d"}"#)));
        home.write("body.json", r#"{"from": "a file"}"#);
        assert_eq!(echo(&home, &["/api/x", "-d", "@body.json"])["body"], r#"{"from": "a file"}"#);
        let ran = home.run_with_input(&["call", APP, "/api/x", "-d", "-"], "[1]").expect(0);
        assert_eq!(ran.json()["body"], "[1]");
        assert_eq!(echo(&home, &["DELETE", "/api/x"])["method"], "DELETE");
    }
}

#[test]
fn a_form_that_is_not_read_before_it_is_sent_is_told() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox, "oauth1");
    home.write("form.txt", "a=b");
    let before = sandbox.state()["requests"].clone();
    let told = "give its members with `-f`";
    home.run(&["call", APP, "/api/x", "--form", "-d", "@form.txt"]).expect(2).says(told);
    home.run_with_input(&["call", APP, "/api/x", "--form", "-d", "-"], "a=b").expect(2).says(told);
    let kind = "Content-Type: application/x-www-form-urlencoded; charset=utf-8";
    home.run(&["call", APP, "/api/x", "-H", kind, "-d", "@form.txt"]).expect(2).says(told);
    assert_eq!(sandbox.state()["requests"], before, "nothing was sent");
}

#[test]
fn a_redirect_within_the_app_is_signed_anew() {
    let sandbox = Sandbox::start(&[]);
    for auth in WAYS {
        let home = connected(&sandbox, auth);
        let seen = echo(&home, &["/api/redirect?to=/oauth1/api/there%3Fx=1%26y=a%2520b"]);
        assert_eq!(seen["path"], "/oauth1/api/there", "{auth}");
        assert_eq!(seen["query"], json!({"x": "1", "y": "a b"}), "{auth}");
    }
}

#[test]
fn no_trace_has_a_secret() {
    let sandbox = Sandbox::start(&[]);
    #[track_caller]
    fn silent(ran: &Ran) {
        let all = format!("{}{}", ran.stdout, ran.stderr);
        for secret in SECRETS {
            assert!(!all.contains(secret), "{secret}: {all}");
        }
    }
    for auth in WAYS {
        let home = connected(&sandbox, auth);
        let ran = home.connect(&[APP, "--auth", auth, "-vv"]).expect(0);
        silent(&ran);
        silent(&ran.says("oauth_token=[access_token #"));
        silent(&home.run(&["call", APP, "-vv", "/api/x?a=b", "--form", "-f", "c=d"]).expect(0));
        silent(&home.run(&["test", APP, "-vv"]).expect(0));
        silent(&home.run(&["accounts", "show", APP]).expect(0));
        sandbox.revoke();
        silent(&home.run(&["call", APP, "-vv", "/api/x"]).expect(8));
        silent(&home.run(&["disconnect", APP, "-v"]).expect(0));
    }
}

#[test]
fn a_token_that_was_taken_back_is_told_with_what_mends_it() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox, "oauth1");
    sandbox.revoke();
    let ran = home.run(&["call", APP, "/api/x"]).expect(8);
    ran.says("token_rejected").says("revoked").says("run `tieline connect sandbox-oauth1`");
}
