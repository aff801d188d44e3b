//! Listening at another address, and browsers on another machine: containers, SSH, WSL.

use super::{APP, define, exchange, free_port, location, redirect, status};
use crate::support::{Home, Sandbox, browse, query};
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;

#[test]
fn another_address_can_be_listened_at_and_only_the_redirect_uris_host_is_answered() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let (outside, inside) = (free_port(), free_port());
    define(&home, &sandbox, &[&format!("redirect_uri: http://127.0.0.1:{outside}/callback")]);
    let mut waiting = home.start_connect(&[APP, "--listen", &format!("0.0.0.0:{inside}")]);
    assert_eq!(waiting.redirect_uri(), format!("http://127.0.0.1:{outside}/callback"));
    let right = redirect(&waiting.url);
    let path = right.split_once(&outside.to_string()).unwrap().1;
    // What a published port of a container does: the address changes, the bytes do not.
    let ask = |host: &str, path: &str| {
        let stream = TcpStream::connect(("127.0.0.1", inside)).unwrap();
        exchange(stream, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"))
    };
    for host in ["localhost", "0.0.0.0", "10.0.0.7", "evil.example"] {
        assert_eq!(status(&ask(&format!("{host}:{outside}"), path)), 403, "{host}");
    }
    assert_eq!(status(&ask(&format!("127.0.0.1:{inside}"), path)), 403);
    let host = format!("127.0.0.1:{outside}");
    let answer = ask(&host, path);
    assert_eq!(status(&answer), 303, "{answer}");
    assert!(ask(&host, location(&answer)).contains("is connected"));
    waiting.finish().expect(0).says("others on the network can reach the listener");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    home.run(&["connect", APP, "--listen", &address]).expect(1).says("is taken").says("--listen");
}

#[test]
fn with_any_port_the_listener_s_own_is_the_one_and_loopback_warns_of_nobody() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    define(&home, &sandbox, &["redirect_uri: http://127.0.0.1/callback", "port: any"]);
    let port = free_port();
    let mut waiting = home.start_connect(&[APP, "--listen", &format!("127.0.0.1:{port}")]);
    assert_eq!(waiting.redirect_uri(), format!("http://127.0.0.1:{port}/callback"));
    let ran = waiting.browse_and_finish().expect(0);
    assert!(!ran.stderr.contains("others on the network"), "{}", ran.stderr);
}

/// Starts a connect whose person may have a browser, and gives what it says up to the long address.
fn over_ssh(home: &Home, arguments: &[&str]) -> (std::process::Child, String, String) {
    let all = [&["connect", APP], arguments].concat();
    let mut child = home.command(&all).stdin(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = String::new();
    let url = loop {
        let line = lines.next().unwrap_or_else(|| panic!("{said}")).unwrap();
        if line.starts_with("http") {
            break line;
        }
        said = format!("{said}{line}\n");
    };
    std::thread::spawn(move || lines.for_each(drop));
    (child, said, url)
}

#[test]
fn over_ssh_the_forwarding_command_is_printed_and_no_browser_opens() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let home = home.set("SSH_CONNECTION", "192.0.2.9 51122 192.0.2.7 2222").set("USER", "ada");
    // A browser that can be found would leave its mark.
    let mark = home.path().join("opened");
    let script = home.write("bin/xdg-open", &format!("#!/bin/sh\n: >'{}'\n", mark.display()));
    std::os::unix::fs::PermissionsExt::set_mode(&mut script.metadata().unwrap().permissions(), 0);
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let home = home.set("PATH", script.parent().unwrap().display().to_string());
    let port = free_port();
    define(&home, &sandbox, &[&format!("redirect_uri: http://127.0.0.1:{port}/callback")]);
    let (mut child, said, url) = over_ssh(&home, &[]);
    assert!(said.contains("no browser is opened"), "{said}");
    let line = format!("     ssh -N -L {port}:127.0.0.1:{port} -p 2222 ada@192.0.2.7\n");
    assert!(said.contains(&line), "{said}");
    assert!(said.contains(&format!("     http://127.0.0.1:{port}/\n")), "{said}");
    assert!(browse(&url).body.contains("is connected"));
    assert!(child.wait().unwrap().success());
    assert!(!mark.exists());
    // The same without SSH opens it, so that the mark proves something.
    let home = home.set("SSH_CONNECTION", "");
    let (mut child, _, url) = over_ssh(&home, &[]);
    browse(&url);
    assert!(child.wait().unwrap().success());
    assert!(mark.exists());
}

#[test]
fn over_ssh_the_address_can_be_pasted() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("SSH_TTY", "/dev/pts/7");
    let uri = format!("http://[::1]:{}/callback", free_port());
    define(&home, &sandbox, &[&format!("redirect_uri: \"{uri}\"")]);
    let mut terminal = home.on_terminal(&["connect", APP]);
    terminal.until("Either way works").until("USER@HOST").until("paste it here").until("\n\r\n");
    terminal.until("\r\n").until("left. Ctrl-C stops.");
    let url = terminal.seen.lines().find(|line| line.contains("/authorize?")).unwrap();
    let url = url.trim().trim_start_matches("\u{1b}[36m").trim_end_matches("\u{1b}[0m").to_owned();
    let right = redirect(&url);
    terminal.types(&right);
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    let screen = terminal.screen();
    assert!(screen.contains("Connected practice as ada@sandbox.test"), "{screen}");
    assert!(!screen.contains(&query(&right)["code"]), "{screen}");
    let port = url::Url::parse(&uri).unwrap().port().unwrap();
    assert!(screen.contains(&format!("-L [::1]:{port}:[::1]:{port}")), "{screen}");
}

#[test]
fn a_container_and_wsl_are_told_what_differs() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let home = home.set("KUBERNETES_SERVICE_HOST", "10.0.0.1").set("WSL_DISTRO_NAME", "Debian");
    let port = free_port();
    define(&home, &sandbox, &[&format!("redirect_uri: http://127.0.0.1:{port}/callback")]);
    let ran = home.connect(&[APP]).expect(0).says(&format!("--listen 0.0.0.0:{port}"));
    ran.says("the browser is the one of Windows");
    let listen = format!("127.0.0.1:{port}");
    let ran = home.connect(&[APP, "--listen", &listen]).expect(0);
    assert!(!ran.stderr.contains("This is a container"), "{}", ran.stderr);
}
