//! `call` on a terminal and in a pipe: progress, character encodings, what is no text, compressed answers,
//! and a reader that goes away.

use crate::recorder::{Recorder, Request, loopback};
use crate::support::{Home, Pty, Sandbox};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

const APP: &str = "sandbox-api-key";
/// `{"name": "Ada"}` and a line break, compressed.
const GZIP: &str = "1f8b0800000000000003ab56ca4bcc4d55b25250724c4954aae502005be55a7110000000";
const DEFLATE: &str = "789cab56ca4bcc4d55b25250724c4954aae5020029d6048c";
const BROTLI: &str = "8b07807b226e616d65223a2022416461227d0a03";
const TEXT: &str = "{\"name\": \"Ada\"}\n";

fn connected() -> (Sandbox, Home) {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.run_with_input(&["connect", APP, "--field", "api_key=-"], "practice-key").expect(0);
    (sandbox, home)
}

/// A server that answers these bytes with these headers.
fn answering(headers: &'static str, body: &[u8]) -> Recorder {
    let body = body.to_vec();
    Recorder::start_over(loopback(), Some, move |_: &Request| {
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\n{headers}\r\nContent-Length: {length}\r\n\r\n");
        [head.as_bytes(), &body].concat()
    })
}

fn bytes(hex: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(pair).collect()
}

/// A server of one transfer that takes its time until it is told to go on.
fn slow(
    transfer: impl FnOnce(&Receiver<()>, BufReader<TcpStream>) + Send + 'static,
) -> (String, Sender<()>) {
    let listener = loopback();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (go_on, told) = channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(listener.accept().unwrap().0);
        let mut line = String::new();
        while reader.read_line(&mut line).unwrap() > 2 {
            line.clear();
        }
        transfer(&told, reader);
    });
    (url, go_on)
}

const LENGTH: usize = 20_000_000;
const CHUNK: usize = 10_000;

/// Sends a little at a time, and all of the rest when it is told to.
fn download(told: &Receiver<()>, mut reader: BufReader<TcpStream>) {
    let stream = reader.get_mut();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length:";
    write!(stream, "{head} {LENGTH}\r\n\r\n").unwrap();
    let mut left = LENGTH;
    while left > CHUNK && told.recv_timeout(Duration::from_millis(10)).is_err() {
        stream.write_all(&[b'x'; CHUNK]).unwrap();
        left -= CHUNK;
    }
    stream.write_all(&vec![b'x'; left]).unwrap();
}

/// The same the other way.
fn upload(told: &Receiver<()>, mut reader: BufReader<TcpStream>) {
    let mut chunk = vec![0; CHUNK];
    let mut left = LENGTH;
    while left > CHUNK && told.recv_timeout(Duration::from_millis(1)).is_err() {
        reader.read_exact(&mut chunk).unwrap();
        left -= CHUNK;
    }
    std::io::copy(&mut reader.by_ref().take(left as u64), &mut std::io::sink()).unwrap();
    let answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\ndone";
    reader.get_mut().write_all(answer).unwrap();
}

/// Each state that the line had; none of them may wrap.
fn states(terminal: &Pty, columns: usize) -> Vec<String> {
    let states = terminal.seen.split("\r\u{1b}[2K").skip(1);
    let states: Vec<String> = states.map(|it| it.lines().next().unwrap_or("").to_owned()).collect();
    for state in &states {
        assert!(state.len() < columns, "{state:?}");
    }
    states
}

#[test]
fn a_terminal_shows_how_far_a_transfer_is_and_keeps_nothing_of_it() {
    let (_sandbox, home) = connected();
    File::create(home.path().join("large")).unwrap().set_len(LENGTH as u64).unwrap();
    for columns in [80, 40] {
        let (url, go_on) = slow(download);
        let mut terminal = home.on_terminal_of(columns, &["call", APP, &url, "-o", "out"]);
        terminal.until(" % of 20.0 MB").until("/s");
        go_on.send(()).unwrap();
        assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
        let bar = states(&terminal, columns)[0].starts_with("[#")
            || states(&terminal, columns)[0].starts_with("[-");
        assert_eq!(bar, columns == 80, "{}", terminal.seen);
        assert_eq!(terminal.screen().trim(), "");
        assert_eq!(std::fs::metadata(home.path().join("out")).unwrap().len(), LENGTH as u64);

        let (url, go_on) = slow(upload);
        let mut terminal = home.on_terminal_of(columns, &["call", APP, &url, "-d", "@large"]);
        terminal.until(" % of 20.0 MB");
        go_on.send(()).unwrap();
        assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
        states(&terminal, columns);
        assert_eq!(terminal.screen().trim(), "done");
    }
    let (url, _go_on) = slow(upload);
    let mut terminal = home.on_terminal(&["call", APP, &url, "-d", "@large"]);
    terminal.until(" % of 20.0 MB").press("\u{3}");
    assert_eq!(terminal.ends(), 130);
    assert_eq!(terminal.screen().trim().trim_start_matches("^C").trim(), "error: interrupted");
    // Elsewhere nothing is said, however long it takes.
    let (url, _go_on) = slow(|told, mut reader| {
        let stream = reader.get_mut();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1").unwrap();
        let _ = told.recv_timeout(Duration::from_millis(700));
        stream.write_all(b"2").unwrap();
    });
    let ran = home.run(&["call", APP, &url, "-o", "out"]).expect(0);
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_text_is_decoded_for_a_terminal_and_untouched_in_a_pipe() {
    let (_sandbox, home) = connected();
    for (kind, body) in [
        ("Content-Type: text/plain; charset=iso-8859-1", &b"caf\xe9 \x1b]0;x\x07\x1b[2J\n"[..]),
        ("Content-Type: text/plain; charset=\"utf-16le\"", b"c\0a\0f\0\xe9\0\n\0"),
        ("Content-Type: text/csv", "café\n".as_bytes()),
    ] {
        let server = answering(kind, body);
        let mut terminal = home.on_terminal(&["call", APP, &server.url()]);
        assert_eq!(terminal.ends(), 0);
        assert!(terminal.text().contains("café"), "{:?}", terminal.text());
        assert!(!terminal.seen.contains('\u{1b}'), "{:?}", terminal.seen);
        let piped = home.command(&["call", APP, &server.url()]).output().unwrap();
        assert_eq!(piped.stdout, body);
        assert_eq!(piped.stderr, b"");
    }
}

#[test]
fn what_is_no_text_is_not_shown_on_a_terminal() {
    let (_sandbox, home) = connected();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    for (kind, told) in [
        ("Content-Type: image/png", "The answer is image/png, so it is not shown here."),
        ("Content-Type: text/plain", "The answer is no text, so it is not shown here."),
        ("X-Nothing: said", "The answer is no text, so it is not shown here."),
    ] {
        let server = answering(kind, png);
        let mut terminal = home.on_terminal(&["call", APP, &server.url()]);
        assert_eq!(terminal.ends(), 0);
        let wanted = format!("{told}\r\nhint: write it to a file with `-o FILE`, or into a pipe");
        assert_eq!(terminal.seen.trim(), wanted);
        let piped = home.command(&["call", APP, &server.url()]).output().unwrap();
        assert_eq!(piped.stdout, png);
    }
    // Whoever asks for it gets it.
    let server = answering("Content-Type: application/octet-stream", b"raw\x01\n");
    let mut terminal = home.on_terminal(&["call", APP, &server.url(), "-o", "-"]);
    assert_eq!(terminal.ends(), 0);
    assert_eq!(terminal.seen, "raw\u{1}\r\n");
}

#[test]
fn a_compressed_answer_is_unpacked() {
    let (_sandbox, home) = connected();
    for (coding, body) in [("gzip", GZIP), ("deflate", DEFLATE), ("br", BROTLI)] {
        let headers = Box::leak(
            format!("Content-Type: application/json\r\nContent-Encoding: {coding}")
                .into_boxed_str(),
        );
        let server = answering(headers, &bytes(body));
        let ran = home.run(&["call", APP, &server.url()]).expect(0);
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (TEXT, ""));
        let seen = server.seen();
        let asked = seen[0].header("accept-encoding").unwrap();
        assert!(asked.split([',', ' ']).any(|known| known == coding), "{asked}");
        home.run(&["call", APP, &server.url(), "--jq", ".name", "-r"]).expect(0).prints("Ada\n");
        // A file is asked for as it is, and unpacked if that was not heard.
        home.run(&["call", APP, &server.url(), "-o", "out"]).expect(0);
        assert_eq!(std::fs::read_to_string(home.path().join("out")).unwrap(), TEXT);
        assert_eq!(server.seen()[2].header("accept-encoding"), Some("identity"));
    }
}

#[test]
fn an_answer_that_cannot_be_unpacked_is_told_and_not_shown() {
    let (_sandbox, home) = connected();
    let odd = b"\x28\xb5\x2f\xfd\x04\x58";
    let server = answering("Content-Type: application/json\r\nContent-Encoding: zstd", odd);
    let mut terminal = home.on_terminal(&["call", APP, &server.url()]);
    assert_eq!(terminal.ends(), 0);
    let said = terminal.seen.replace("\r\n", "\n");
    assert!(said.starts_with("The answer is compressed as `zstd`, so it is not shown"), "{said}");
    let piped = home.command(&["call", APP, &server.url()]).output().unwrap();
    assert_eq!(piped.stdout, odd);
    assert_eq!(
        String::from_utf8_lossy(&piped.stderr),
        "warning: the answer is compressed as `zstd`\n"
    );
    let ran = home.run(&["call", APP, &server.url(), "--jq", "."]).expect(1);
    ran.says("the answer is compressed as `zstd`").says("Accept-Encoding: identity");
    let lines = answering("Content-Type: application/x-ndjson\r\nContent-Encoding: zstd", odd);
    let ran = home.run(&["call", APP, &lines.url(), "--jq", "."]).expect(1);
    ran.says("the answer is compressed as `zstd`");
    home.run(&["call", APP, &server.url(), "-o", "out"]).expect(0).says("and so will the file be");
    // No body, nothing to tell.
    let empty = answering("Content-Encoding: zstd", b"");
    let mut terminal = home.on_terminal(&["call", APP, &empty.url()]);
    assert_eq!((terminal.ends(), terminal.seen.as_str()), (0, ""));
}

#[test]
fn a_stream_whose_reader_goes_away_ends_quietly() {
    let (_sandbox, home) = connected();
    for kind in ["text/event-stream", "application/x-ndjson"] {
        let (url, go_on) = slow(move |told, mut reader| {
            let stream = reader.get_mut();
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n{{\"n\":1}}\n").unwrap();
            // Without an end, as long as somebody listens.
            let _ = told.recv();
            while stream.write_all(b"{\"n\":2}\n").is_ok() {}
        });
        let plain = home.command(&["call", APP, &url]);
        let mut bash = Command::new("bash");
        bash.args(["-c", "\"$@\" | head -n 1; echo ${PIPESTATUS[0]}", "bash"]);
        bash.arg(plain.get_program()).args(plain.get_args());
        bash.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        bash.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut bash = bash.current_dir(home.path()).spawn().unwrap();
        let mut lines = BufReader::new(bash.stdout.take().unwrap()).lines();
        // The line is here, though the stream goes on.
        assert_eq!(lines.next().unwrap().unwrap(), "{\"n\":1}");
        go_on.send(()).unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), "141");
        let output = bash.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}
