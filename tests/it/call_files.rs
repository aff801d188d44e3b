//! `call`: answers that become files, whole or not at all.

use crate::recorder::{Recorder, Request};
use crate::support::{Home, Sandbox};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

const APP: &str = "sandbox-api-key";
const TEXT: &str = "0123456789abcdefghij";

fn connected(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.run_with_input(&["connect", APP, "--field", "api_key=-"], "practice-key").expect(0);
    home
}

/// A server that breaks off in the middle the first time, and gives the rest to whoever asks for it
/// with the right validator.
fn breaking(tag: &'static str) -> Recorder {
    let broke = AtomicBool::new(false);
    Recorder::start_raw(move |request: &Request| {
        let ours = format!("Content-Type: application/octet-stream\r\nETag: {tag}\r\n");
        if !broke.swap(true, Ordering::SeqCst) {
            let length = TEXT.len();
            return format!(
                "HTTP/1.1 200 OK\r\n{ours}Content-Length: {length}\r\n\r\n{}",
                &TEXT[..8]
            );
        }
        let from = request.header("range").and_then(|range| range.strip_prefix("bytes="));
        let from = from.filter(|_| request.header("if-range") == Some("\"v1\""));
        match from.and_then(|from| from.trim_end_matches('-').parse::<usize>().ok()) {
            Some(from) => format!(
                "HTTP/1.1 206 Partial\r\n{ours}Content-Range: bytes {from}-19/20\r\nContent-Length: {}\r\n\r\n{}",
                TEXT.len() - from,
                &TEXT[from..]
            ),
            None => format!("HTTP/1.1 200 OK\r\n{ours}Content-Length: 3\r\n\r\nnew"),
        }
    })
}

#[test]
fn a_broken_download_is_gone_on_with() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let server = breaking("\"v1\"");
    let url = server.url();
    let file = home.write("out.bin", "as before");
    let ran = home.run(&["call", APP, &url, "-o", "out.bin"]).expect(6);
    ran.says("8 B are kept: go on with `--continue`");
    assert_eq!(fs::read_to_string(&file).unwrap(), "as before");
    assert_eq!(fs::read_to_string(home.path().join("out.bin.part")).unwrap(), &TEXT[..8]);
    home.run(&["call", APP, &url, "-o", "out.bin", "--continue"]).expect(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), TEXT);
    assert_eq!(server.seen()[1].header("accept-encoding"), Some("identity"));
    assert!(!home.path().join("out.bin.part").exists());
    assert!(!home.path().join("out.bin.part.etag").exists());
    home.run(&["call", APP, &url, "--continue"]).expect(2);
}

#[test]
fn what_has_changed_begins_anew_and_what_cannot_be_gone_on_with_is_not_kept() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let changed = breaking("\"v0\"");
    home.run(&["call", APP, &changed.url(), "-o", "a"]).expect(6);
    let ran = home.run(&["call", APP, &changed.url(), "-o", "a", "--continue"]).expect(0);
    ran.says("begins anew");
    assert_eq!(fs::read_to_string(home.path().join("a")).unwrap(), "new");
    let weak = breaking("W/\"v1\"");
    let ran = home.run(&["call", APP, &weak.url(), "-o", "b"]).expect(6);
    assert!(!ran.stderr.contains("--continue"), "{}", ran.stderr);
    assert!(!home.path().join("b.part").exists() && !home.path().join("b").exists());
}

#[test]
fn a_download_that_was_whole_already_is_put_in_its_place() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    home.write("out.part", TEXT);
    home.write("out.part.etag", "\"v1\"");
    let server =
        Recorder::start(|_| (416, "text/plain\r\nContent-Range: bytes */20", String::new()));
    home.run(&["call", APP, &server.url(), "-o", "out", "--continue"]).expect(0);
    assert_eq!(fs::read_to_string(home.path().join("out")).unwrap(), TEXT);
    let server =
        Recorder::start(|_| (416, "text/plain\r\nContent-Range: bytes */7", String::new()));
    home.write("out.part", TEXT);
    home.write("out.part.etag", "\"v1\"");
    home.run(&["call", APP, &server.url(), "-o", "out", "--continue"]).expect(8);
}

#[test]
fn a_refusal_does_not_become_the_file() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let file = home.write("out", "as before");
    home.run(&["call", APP, "/api/status/404", "-o", "out"]).expect(8).prints("404");
    assert_eq!(fs::read_to_string(file).unwrap(), "as before");
    // What is no regular file is written to, and stays what it is.
    home.run(&["call", APP, "/api/text", "-o", "/dev/null"]).expect(0);
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    home.run(&["call", APP, "/api/text", "-o", "no/such/folder"])
        .expect(1)
        .says("cannot be written");
}

#[test]
fn the_name_that_a_server_gives_leads_nowhere_and_replaces_nothing() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let server = Recorder::start(|request| {
        let kind = match request.path() {
            "/evil" => "text/plain\r\nContent-Disposition: attachment; filename=\"../../.evil\"",
            _ => "text/plain",
        };
        (200, kind, "x".into())
    });
    home.run(&["call", APP, &format!("{}/evil", server.url()), "-O"]).expect(0).says("`evil`");
    assert_eq!(fs::read_to_string(home.path().join("evil")).unwrap(), "x");
    let named = format!("{}/a%2Fb/..%2Fplan.pdf?x=/y", server.url());
    home.run(&["call", APP, &named, "-O"]).expect(0).says("`plan.pdf`");
    home.run(&["call", APP, &named, "-O"]).expect(2).says("`-o plan.pdf`");
    home.run(&["call", APP, &format!("{}/", server.url()), "-O"]).expect(2).says("no name");
}

/// What a download says that is left with Ctrl-C, after eight bytes under this header.
fn interrupted(home: &Home, header: &str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let child = home.command(&["call", APP, &url, "-o", "out"]).spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    let mut asked = BufReader::new(stream.try_clone().unwrap()).lines();
    asked.find(|line| line.as_ref().unwrap().is_empty());
    let head = format!("HTTP/1.1 200 OK\r\n{header}Content-Length: 20\r\n\r\n01234567");
    stream.write_all(head.as_bytes()).unwrap();
    let part = home.path().join("out.part");
    while fs::read(&part).map_or(0, |text| text.len()) < 8 {
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn ctrl_c_keeps_what_came_and_can_be_gone_on_with() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let part = home.path().join("out.part");
    let said = interrupted(&home, "");
    assert!(said.contains("interrupted") && !said.contains("--continue"), "{said}");
    assert!(!part.exists());
    let said = interrupted(&home, "ETag: \"v1\"\r\n");
    assert!(said.contains("--continue"), "{said}");
    assert_eq!(fs::read_to_string(part).unwrap(), "01234567");
}
