//! The listener of `connect`: the short link, both loopback addresses, strays, a taken port, and
//! what the browser is started with.

use crate::support::{Sandbox, browse, query, request, request_with};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

const APP: &str = "sandbox-oauth2";

/// The redirect that the sandbox would send the browser to.
fn redirect(authorization_url: &str) -> String {
    request("GET", authorization_url, "").headers["location"].clone()
}

#[test]
fn the_short_link_leads_to_the_authorization_request() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut waiting = home.start_connect(&[APP]);
    let short = waiting.short_link();
    let answer = request("GET", &short, "");
    assert_eq!((answer.status, &answer.headers["location"]), (302, &waiting.url));
    let sent = query(&waiting.url);
    assert_eq!(sent["redirect_uri"], format!("{short}callback"));
    assert_eq!(sent["code_challenge_method"], "S256");
    assert!(sent["state"].len() >= 22, "{sent:?}");
    let page = browse(&short);
    waiting.finish().expect(0);
    assert!(page.body.contains("is connected"), "{}", page.body);
}

#[test]
fn it_listens_at_both_loopback_addresses() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut waiting = home.start_connect(&[APP]);
    let short = waiting.short_link();
    assert_eq!(request("GET", &short, "").status, 302);
    let has_ipv6 = TcpListener::bind("[::1]:0").is_ok();
    if has_ipv6 {
        let other = short.replace("127.0.0.1", "[::1]");
        assert_eq!(request("GET", &other, "").status, 302);
        let callback = redirect(&waiting.url).replacen("127.0.0.1", "[::1]", 1);
        assert_eq!(browse(&callback).status, 200);
    } else {
        browse(&waiting.url);
    }
    waiting.finish().expect(0);
}

#[test]
fn what_is_not_the_answer_gets_an_error_page_and_the_wait_goes_on() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let mut waiting = home.start_connect(&[APP]);
    let right = redirect(&waiting.url);
    let state = &query(&right)["state"];
    let callback = waiting.redirect_uri();
    let strays = [
        ("GET", format!("{callback}?code=x&state=wrong"), 400),
        ("GET", format!("{callback}?code=x"), 400),
        ("GET", callback.clone(), 400),
        ("GET", format!("{callback}?code=x&state={state}&state={state}"), 400),
        ("GET", right.replace("/callback?", "/callback/?"), 404),
        ("GET", right.replace("/callback?", "/Callback?"), 404),
        ("GET", right.replace("/callback?", "/done?"), 404),
        ("POST", right.clone(), 405),
        ("HEAD", right.clone(), 405),
    ];
    for (method, url, status) in strays {
        let page = request(method, &url, "");
        assert_eq!(page.status, status, "{method} {url}");
        assert!(page.headers.contains_key("content-security-policy"), "{method} {url}");
        assert_eq!(page.headers["cache-control"], "no-store");
    }
    let host = right.split('/').nth(2).unwrap();
    let foreign = raw_get(host, "evil.example", right.split_once(host).unwrap().1);
    assert!(foreign.contains(" 403 "), "{foreign}");
    let prefetched = request_with("GET", &right, &[("Sec-Purpose", "prefetch")], "");
    assert_eq!(prefetched.status, 503);
    assert_eq!(sandbox.state()["tokens_issued"], 0);
    assert_eq!(browse(&right).status, 200);
    waiting.finish().expect(0).says("Still waiting").says("Connected sandbox-oauth2");
}

fn raw_get(address: &str, host: &str, path: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

/// A definition whose redirect URI has a fixed port.
fn fixed_port(sandbox: &Sandbox, port: u16) -> String {
    format!(
        "title: Fixed\nbase_url: {0}\nclient: {{ id: practice-public }}\nauthorizations:\n  \
         oauth2:\n    type: oauth2\n    authorization_uri: {0}/authorize\n    \
         redirect_uri: http://127.0.0.1:{port}/callback\n    token_endpoint: {0}/token\n    \
         user_info_endpoint:\n      url: {0}/userinfo\n      response:\n        \
         user_identity: \"{{{{response.email}}}}\"\n",
        sandbox.url
    )
}

#[test]
fn a_registered_port_that_is_taken_is_a_clear_error() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let occupied = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = occupied.local_addr().unwrap().port();
    home.define("fixed", &fixed_port(&sandbox, port));
    let ran = home.run(&["connect", "fixed", "--no-browser"]).expect(1);
    let ran = ran.says(&format!("port {port}")).says("is taken").says("--redirect-uri");
    assert!(!ran.stderr.contains("/authorize"), "{}", ran.stderr);
    drop(occupied);
    home.connect(&["fixed"]).expect(0);
}

#[test]
fn the_browser_gets_the_short_link_and_none_of_our_variables() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let record = home.path().join("seen");
    let text = format!(
        "#!/bin/sh\n{{ echo \"$@\"; /usr/bin/env; }} >'{0}.part'\n/bin/mv '{0}.part' '{0}'\n",
        record.display()
    );
    let script = home.write("browser", &text);
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let home = home.set("BROWSER", script.display().to_string()).set("TIELINE_X_SECRET", "canary");
    let mut child =
        home.command(&["connect", APP, "--timeout", "20"]).stderr(Stdio::piped()).spawn().unwrap();
    let seen = loop {
        match std::fs::read_to_string(&record) {
            Ok(seen) => break seen,
            Err(_) => assert!(child.try_wait().unwrap().is_none(), "it ended early"),
        }
        std::thread::yield_now();
    };
    let (arguments, environment) = seen.split_once('\n').unwrap();
    assert_eq!(url::Url::parse(arguments).unwrap().path(), "/", "{arguments}");
    assert!(!arguments.contains('?') && !environment.contains("TIELINE_"), "{seen}");
    assert!(environment.contains("LANG="), "{seen}");
    assert!(browse(arguments).body.contains("is connected"));
    assert!(child.wait().unwrap().success());
}
