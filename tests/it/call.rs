//! `call`: what is typed is what is sent, what is answered is what comes out, and the credential
//! goes nowhere else.

use crate::recorder::Recorder;
use crate::support::{Home, Ran, Sandbox};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

const APP: &str = "sandbox-api-key";
const MEBIBYTE: usize = 1024 * 1024;
const LARGE: usize = 200 * MEBIBYTE;

fn connected(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.run_with_input(&["connect", APP, "--field", "api_key=-"], "practice-key").expect(0);
    home
}

/// What the echo saw.
#[track_caller]
fn echo(home: &Home, arguments: &[&str]) -> Value {
    home.run(&[&["call", APP], arguments].concat()).expect(0).json()
}

#[test]
fn the_method_is_get_or_post_with_a_body_or_what_is_said() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let method = |arguments: &[&str]| echo(&home, arguments)["method"].clone();
    assert_eq!(method(&["/api"]), "GET");
    assert_eq!(method(&["/api", "-d", "x"]), "POST");
    assert_eq!(method(&["/api", "-f", "a=b"]), "POST");
    assert_eq!(method(&["/api", "-F", "a:=1"]), "POST");
    for name in ["PUT", "patch", "DELETE", "OPTIONS"] {
        assert_eq!(method(&[name, "/api"]), name.to_uppercase());
    }
    assert_eq!(method(&["GET", "/api", "-d", "x"]), "GET");
    home.run(&["call", APP, "HEAD", "/api"]).expect(0);
    home.run(&["call", APP, "NO WAY", "/api"]).expect(2);
    home.run(&["call", APP]).expect(2);
}

#[test]
fn a_path_with_or_without_a_slash_lies_beneath_the_base_url() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    assert_eq!(echo(&home, &["/api/a%2Fb/c"])["path"], "/api-key/api/a%2Fb/c");
    assert_eq!(echo(&home, &["api/x"])["path"], "/api-key/api/x");
    let whole = format!("{}/api-key/api/y?q=1", sandbox.url);
    let seen = echo(&home, &[&whole, "-q", "r=a b&c"]);
    assert_eq!(seen["query"], json!({"q": "1", "r": "a b&c"}));
}

#[test]
fn a_body_is_a_text_a_file_or_standard_input() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    home.write("a file.json", "{\"from\": \"file\"}\n");
    let seen = echo(&home, &["/api", "-d", " as typed\n"]);
    assert_eq!(seen["body"], " as typed\n");
    let seen = echo(&home, &["/api", "-d", "@a file.json"]);
    assert_eq!(seen["body"], "{\"from\": \"file\"}\n");
    assert_eq!(seen["headers"]["content-type"], "application/json");
    let ran = home.run_with_input(&["call", APP, "PUT", "/api", "-d", "-"], "piped");
    assert_eq!(ran.expect(0).json()["body"], "piped");
    assert_eq!(
        echo(&home, &["/api", "-d", "{\"a\":1}"])["headers"]["content-type"],
        "application/json"
    );
    home.run(&["call", APP, "/api", "-d", "@nowhere.json"]).expect(1).says("nowhere.json");
    home.run(&["call", APP, "/api", "-d", "@."]).expect(1).says("it is a folder");
    home.run(&["call", APP, "/api", "-d", "x", "-f", "a=b"]).expect(2);
}

#[test]
fn members_are_texts_or_json_and_may_be_a_form() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let members = ["/api", "-f", "s=1", "-F", "n:=2", "-F", "list:=[true,null]", "-f", "e=a=b&c"];
    let seen = echo(&home, &members);
    assert_eq!(seen["headers"]["content-type"], "application/json");
    let body: Value = serde_json::from_str(seen["body"].as_str().unwrap()).unwrap();
    assert_eq!(body, json!({"s": "1", "n": 2, "list": [true, null], "e": "a=b&c"}));
    let seen = echo(&home, &["/api", "--form", "-f", "s=a b", "-f", "e=a=b&c"]);
    assert_eq!(seen["headers"]["content-type"], "application/x-www-form-urlencoded");
    let pairs = url::form_urlencoded::parse(seen["body"].as_str().unwrap().as_bytes());
    let pairs: Vec<_> = pairs.into_owned().collect();
    assert_eq!(pairs, [("s".into(), "a b".into()), ("e".to_owned(), "a=b&c".to_owned())]);
    home.run(&["call", APP, "/api", "-F", "n:={"]).expect(2).says("`n` is no JSON");
    home.run(&["call", APP, "/api", "-f", "no-value"]).expect(2);
}

#[test]
fn a_typed_header_is_added_replaces_or_removes() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let arguments = ["/api", "-d", "{}", "-H", "X-One: 1", "-H", "Content-Type: text/csv"];
    let headers = echo(&home, &arguments)["headers"].clone();
    assert_eq!((&headers["x-one"], &headers["content-type"]), (&json!("1"), &json!("text/csv")));
    let ran = home.run(&["call", APP, "/api", "-H", "Authorization:"]).expect(8);
    assert!(ran.stdout.contains("there is no credential"), "{}", ran.stdout);
    home.run(&["call", APP, "/api", "-H", "X: a\r\nY: b"]).expect(2);
}

#[test]
fn status_and_headers_are_printed_where_asked_and_a_file_is_written() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let ran = home.run(&["call", APP, "/api/text", "-i"]).expect(0);
    let (head, body) = ran.stdout.split_once("\n\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("content-type: text/plain"), "{head}");
    assert_eq!(body, "plain text\n");
    let ran = home.run(&["call", APP, "/api/text", "-o", "out.txt"]).expect(0);
    assert_eq!(ran.stdout, "");
    assert_eq!(std::fs::read_to_string(home.path().join("out.txt")).unwrap(), "plain text\n");
}

#[test]
fn an_answer_of_400_or_more_is_printed_and_ends_with_8() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    for status in ["400", "404", "422", "500", "503"] {
        let ran = home.run(&["call", APP, &format!("/api/status/{status}")]).expect(8);
        assert_eq!(ran.json()["status"].to_string(), status);
        assert!(ran.stderr.contains(&format!("answered {status}")), "{}", ran.stderr);
    }
    let ran = home.run(&["call", APP, "/api/status/204"]).expect(0);
    assert_eq!(ran.stdout, "");
}

#[test]
fn bytes_come_out_as_they_came_in() {
    let server = Recorder::start(|_| {
        (200, "application/json", "{\"a\" :1,\t\"b\":\"\\u00e9\u{202e}\"}".into())
    });
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let ran = home.run(&["call", APP, &format!("{}/x", server.url())]).expect(0);
    assert_eq!(ran.stdout, "{\"a\" :1,\t\"b\":\"\\u00e9\u{202e}\"}");
    let ran = home.run(&["call", APP, "/api/download?bytes=100000"]).expect(0);
    assert_eq!(ran.stdout, ".".repeat(100_000));
}

#[test]
fn a_host_that_was_not_named_gets_nothing_at_all() {
    let server = Recorder::start(|_| (200, "text/plain", String::new()));
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let port = server.authority.rsplit(':').next().unwrap();
    for url in [
        format!("http://localhost:{port}/"),
        format!("http://127.0.0.2:{port}/"),
        format!("http://127.0.0.1.evil.example:{port}/"),
        "http://192.0.2.1/".to_owned(),
    ] {
        home.run(&["call", APP, &url]).expect(4).says("error: ");
    }
    let named = format!("http://127.0.0.1@localhost:{port}/");
    home.run(&["call", APP, &named]).expect(2).says("user name");
    for odd in ["//localhost/x", "/\\localhost/x", "ftp://127.0.0.1/x", "file:///etc/passwd"] {
        let ran: Ran = home.run(&["call", APP, odd]);
        assert_ne!(ran.status, Some(0), "{odd}: {}", ran.stdout);
    }
    assert!(server.seen().is_empty(), "{:?}", server.seen());
}

#[test]
fn a_path_stays_under_the_base_url_and_a_url_brings_no_user_name() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    for path in ["../me", "/../me", "/api/../../me", "/%2e%2E/me", "..\\me", "/./me"] {
        home.run(&["call", APP, path]).expect(2).says("out of the base URL");
    }
    let requests = sandbox.state()["requests"].clone();
    let url = sandbox.url.replace("http://", "http://ada:practice@");
    home.run(&["call", APP, "http://127.0.0.1@localhost/"]).expect(2).says("a user name");
    let ran = home.run(&["call", APP, &format!("{url}/api-key/me")]).expect(2);
    let ran = ran.says("a user name or password");
    assert!(!ran.stderr.contains("practice@"), "{}", ran.stderr);
    assert_eq!(sandbox.state()["requests"], requests);
    home.run(&["call", APP, "/api/..x/y..?to=../z"]).expect(0);
}

#[test]
fn a_redirect_takes_the_credential_along_on_its_own_origin_only() {
    let other = Recorder::start(|_| (200, "text/plain", "landed".into()));
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let ran = home.run(&["call", APP, "/api/redirect?to=/api-key/api/there"]).expect(0);
    assert_eq!(ran.json()["path"], "/api-key/api/there");
    let path = format!("/api/redirect?to={}/landing", other.url());
    home.run(&["call", APP, &path, "-H", "X-Mine: 1"]).expect(0).prints("landed");
    let seen = other.seen();
    assert_eq!(seen.len(), 1);
    assert!(!seen[0].text().contains("practice-key"), "{}", seen[0].text());
    assert_eq!((seen[0].header("authorization"), seen[0].header("x-mine")), (None, None));
    // A method with a body is not followed: the answer is the redirect.
    home.run(&["call", APP, "POST", &path, "-d", "{}"]).status.unwrap();
    assert_eq!(other.seen().len(), 1);
    home.run(&["call", APP, "/api/redirect?to=/api-key/api/redirect?to=/api-key/api"]).expect(0);
    home.run(&["call", APP, "/api/redirect?to=http://192.0.2.1/"]).expect(6).says("not https");
}

#[test]
fn verbose_shows_the_exchange_and_no_secret() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let once = home.run(&["call", APP, "/me", "-v"]).expect(0).says("GET").says("200");
    let twice =
        home.run(&["call", APP, "/me", "-vv"]).expect(0).says("> authorization: Bearer [api_key #");
    for ran in [once, twice] {
        assert!(!ran.stderr.contains("practice-key"), "{}", ran.stderr);
        ran.json();
    }
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let plain = home.command(&["call", APP, "/api/download?bytes=50000000"]);
    let mut bash = Command::new("bash");
    bash.args(["-c", "\"$@\" | head -c 10; exit ${PIPESTATUS[0]}", "bash"])
        .arg(plain.get_program());
    bash.args(plain.get_args()).envs(plain.get_envs().filter_map(|(n, v)| Some((n, v?))));
    let output = bash.current_dir(home.path()).stdin(Stdio::null()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "..........");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(matches!(output.status.code(), Some(0 | 141)), "{:?}", output.status);
}

/// The most memory that a process ever had, in bytes.
fn peak(child: &Child) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

#[test]
fn a_large_download_is_never_held_whole() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let path = format!("/api/download?bytes={LARGE}");
    let mut child = home.command(&["call", APP, &path]).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut buffer = vec![0; MEBIBYTE];
    let mut received = 0;
    while received < LARGE - MEBIBYTE {
        received += stdout.read(&mut buffer).unwrap();
    }
    // More is left than a pipe holds, so it is still there.
    let memory = peak(&child);
    received += usize::try_from(std::io::copy(&mut stdout, &mut std::io::sink()).unwrap()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(received, LARGE);
    assert!(memory < 64 * MEBIBYTE, "{memory} bytes");
}

/// Writes a large body, looks at the sender's memory before the last byte, gives what arrived.
fn upload(mut child: Child, mut sink: impl Write) -> (usize, Value) {
    let chunk = vec![b'.'; MEBIBYTE];
    for _ in 0..LARGE / MEBIBYTE - 1 {
        sink.write_all(&chunk).unwrap();
    }
    let memory = peak(&child);
    sink.write_all(&chunk).unwrap();
    drop(sink);
    child.stdin.take();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (memory, serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn a_large_upload_is_never_held_whole() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let mut command = home.command(&["call", APP, "PUT", "/api/upload", "-d", "-"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let stdin = child.stdin.take().unwrap();
    let (memory, seen) = upload(child, stdin);
    assert_eq!(seen["length"], LARGE);
    assert!(memory < 64 * MEBIBYTE, "{memory} bytes from standard input");
    // A named pipe is a file that lasts as long as we write it.
    let fifo = home.path().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let child = home.command(&["call", APP, "PUT", "/api/upload", "-d", "@fifo"]).spawn().unwrap();
    let (memory, seen) = upload(child, std::fs::File::options().write(true).open(fifo).unwrap());
    assert_eq!(seen["length"], LARGE);
    assert!(memory < 64 * MEBIBYTE, "{memory} bytes from a file");
}
