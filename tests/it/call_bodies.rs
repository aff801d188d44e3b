//! `call`: what can be put into a body, and what is sent a second time.

use crate::recorder::{Recorder, Request, loopback};
use crate::support::{Home, Sandbox};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};

const APP: &str = "sandbox-api-key";

fn connected(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.run_with_input(&["connect", APP, "--field", "api_key=-"], "practice-key").expect(0);
    home
}

#[track_caller]
fn sent(home: &Home, arguments: &[&str]) -> Value {
    let echo = home.run(&[&["call", APP, "/api"], arguments].concat()).expect(0).json();
    serde_json::from_str(echo["body"].as_str().unwrap()).unwrap()
}

#[test]
fn members_nest_and_come_from_files() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    home.write("note.txt", "two\nlines\n");
    home.write("list.json", "[1, {\"a\": null}]");
    let members = ["-f", "a[b]=x", "-F", "a[n]:=1", "-f", "tags[]=p", "-f", "tags[]=q"];
    let wanted = json!({"a": {"b": "x", "n": 1}, "tags": ["p", "q"]});
    assert_eq!(sent(&home, &members), wanted);
    let members = ["-f", "note=@note.txt", "-F", "list:=@list.json", "-f", "at=@@ada"];
    let wanted = json!({"note": "two\nlines\n", "at": "@ada", "list": [1, {"a": null}]});
    assert_eq!(sent(&home, &members), wanted);
    let ran = home.run_with_input(&["call", APP, "/api", "-f", "x=@-"], "piped");
    assert_eq!(ran.expect(0).json()["body"], "{\"x\":\"piped\"}");
    home.run(&["call", APP, "/api", "-f", "a=1", "-f", "a[b]=2"]).expect(2).says("`a[b]`");
    home.run(&["call", APP, "/api", "-f", "a[b=2"]).expect(2).says("no path");
    let ran = home.run(&["call", APP, "/api", "-f", "to=@ada"]).expect(1);
    ran.says("`ada` cannot be read").says("`@@ada`");
}

#[test]
fn parts_carry_texts_and_files_with_their_length() {
    let server = Recorder::start(|_| (200, "text/plain", "got it".into()));
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    home.write("a \"b\".bin", "line\r\n--x\r\n");
    let url = format!("{}/", server.url());
    let file = "upload=@a \"b\".bin;type=image/png";
    let call = ["call", APP, &url, "--multipart", "-f", "title=é", "-F", "n:=1", "-f", file];
    home.run(&call).expect(0).prints("got it");
    let seen = server.seen().remove(0);
    assert_eq!((seen.method.as_str(), seen.header("transfer-encoding")), ("POST", None));
    let boundary = seen
        .header("content-type")
        .unwrap()
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let part = |head: &str, body: &str| {
        format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
    };
    let wanted = part("name=\"title\"", "é")
        + &part(
            "name=\"upload\"; filename=\"a %22b%22.bin\"\r\nContent-Type: image/png",
            "line\r\n--x\r\n",
        )
        + &part("name=\"n\"", "1")
        + &format!("--{boundary}--\r\n");
    assert_eq!(seen.body, wanted);
    home.run(&["call", APP, &url, "--multipart"]).expect(2).says("needs a part");
    let missing = ["call", APP, &url, "--multipart", "-f", "x=@nowhere"];
    home.run(&missing).expect(1).says("`nowhere` cannot be read");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_file_is_what_its_name_ends_on() {
    let server = Recorder::start(|_| (200, "text/plain", String::new()));
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    for (name, kind, part) in [
        ("a.png", "image/png", "image/png"),
        ("a.CSV", "text/csv", "text/csv"),
        ("a.odd", "application/json", "application/octet-stream"),
        ("png", "application/json", "application/octet-stream"),
    ] {
        let file = format!("@{}", home.write(name, "x").display());
        home.run(&["call", APP, &server.url(), "-d", &file]).expect(0);
        let field = format!("f={file}");
        home.run(&["call", APP, &server.url(), "--multipart", "-f", &field]).expect(0);
        let seen = server.seen();
        let [.., whole, parts] = seen.as_slice() else { panic!("{seen:?}") };
        assert_eq!(whole.header("content-type"), Some(kind), "{name}");
        assert!(parts.body.contains(&format!("\r\nContent-Type: {part}\r\n")), "{}", parts.body);
    }
    let call = ["call", APP, &server.url(), "-d", "@a.png", "-H", "Content-Type: text/x-mine"];
    home.run(&call).expect(0);
    home.run(&["call", APP, &server.url(), "-d", "@a.png", "--form"]).expect(0);
    let seen = server.seen();
    let [.., typed, form] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(typed.header("content-type"), Some("text/x-mine"));
    assert_eq!(form.header("content-type"), Some("application/x-www-form-urlencoded"));
}

#[test]
fn a_path_that_git_bash_has_rewritten_is_noticed() {
    let home = Home::new();
    let ran = home.run(&["call", APP, "C:/Program Files/Git/user/repos"]).expect(2);
    ran.says("Git Bash").says("`user/repos`").says("MSYS_NO_PATHCONV");
}

/// A server that answers so many times with a status, and then with 200.
fn failing(times: usize, status: u16) -> Recorder {
    let asked = AtomicUsize::new(0);
    Recorder::start(move |request| match asked.fetch_add(1, Ordering::SeqCst) < times {
        true => (status, "text/plain\r\nRetry-After: 0", "not now".into()),
        false => (200, "text/plain", request.body.clone()),
    })
}

#[test]
fn what_was_not_processed_is_repeated_as_often_as_said() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    home.write("body.json", "{}");
    let server = failing(2, 503);
    let call = ["call", APP, &server.url(), "-d", "@body.json", "--retry", "2", "-v"];
    home.run(&call).expect(0).prints("{}").says("503: asked again after 0 s");
    assert_eq!(server.seen().len(), 3);
    let server = failing(2, 429);
    home.run(&["call", APP, &server.url(), "--retry", "1"]).expect(8).prints("not now");
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn what_may_have_been_processed_is_repeated_only_where_twice_is_as_good_as_once() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let server = failing(1, 500);
    home.run(&["call", APP, &server.url(), "--retry", "3"]).expect(0);
    assert_eq!(server.seen().len(), 2);
    let server = failing(1, 500);
    home.run(&["call", APP, &server.url(), "--retry", "3", "-d", "{}"]).expect(8);
    assert_eq!(server.seen().len(), 1);
    // Standard input is gone when it has been sent, whatever was said.
    let server = failing(1, 503);
    home.run_with_input(&["call", APP, &server.url(), "--retry", "3", "-d", "-"], "x").expect(8);
    assert_eq!(server.seen().len(), 1);
    let server = Recorder::start(|_| (503, "text/plain\r\nRetry-After: 86400", String::new()));
    home.run(&["call", APP, &server.url(), "--retry", "3"]).expect(8);
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_post_that_nobody_answered_is_not_sent_again() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    // It is read, and no answer comes: it may have been processed.
    let silent = Recorder::start_raw(|_| {
        loop {
            std::thread::park();
        }
    });
    let call = ["call", APP, &silent.url(), "--timeout", "1", "--retry", "1"];
    home.run(&[&call[..], &["-d", "{}"]].concat()).expect(6).says("did not answer in time");
    assert_eq!(silent.seen().len(), 1);
    home.run(&[&["call", APP, "PUT", &silent.url(), "-d", "{}"], &call[3..]].concat()).expect(6);
    assert_eq!(silent.seen().len(), 3);
    // A connection that breaks without an answer is the same.
    let broken = Recorder::start_raw(|_| String::new());
    home.run(&["call", APP, &broken.url(), "--retry", "1", "-d", "{}"]).expect(6);
    assert_eq!(broken.seen().len(), 1);
}

#[test]
fn a_post_that_never_left_is_sent_again() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let address = loopback().local_addr().unwrap();
    let url = format!("http://{address}/");
    let mut terminal = home.on_terminal(&["call", APP, &url, "--retry", "5", "-d", "{}"]);
    terminal.until("asked again in 1 s");
    let listener = TcpListener::bind(address).unwrap();
    let server = Recorder::start_over(listener, Some, |request: &Request| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n";
        (head.to_owned() + &request.body).into_bytes()
    });
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    assert_eq!(server.seen().len(), 1);
    assert_eq!(terminal.screen().trim(), "{}");
}
