//! Where the browser comes back to: several redirect URIs and every loopback host, and beneath that forms,
//! TLS, other addresses and other machines.

mod elsewhere;
mod form;
mod tls;

use crate::support::{Home, Sandbox, request};
use std::io::{Read, Write};
use std::net::TcpListener;

const APP: &str = "practice";

/// A port that was free just now.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Defines `practice` with lines of its own at the level of the authorization.
fn define(home: &Home, sandbox: &Sandbox, lines: &[&str]) {
    let own: String = lines.iter().map(|line| format!("    {line}\n")).collect();
    let url = &sandbox.url;
    let yaml = format!(
        "title: Practice\nbase_url: {url}\nclient: {{ id: practice-public }}\nauthorizations:\n  \
         oauth2:\n    type: oauth2\n    authorization_uri: {url}/authorize\n    \
         token_endpoint: {url}/token\n{own}    user_info_endpoint:\n      url: {url}/userinfo\n      \
         response:\n        user_identity: \"{{{{response.email}}}}\"\n"
    );
    home.define(APP, &yaml);
}

/// The redirect that the sandbox would send the browser to.
fn redirect(authorization_url: &str) -> String {
    request("GET", authorization_url, "").headers["location"].clone()
}

/// Sends bytes and gives the whole answer.
fn exchange(mut stream: impl Read + Write, bytes: &str) -> String {
    stream.write_all(bytes.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap_or_default().parse().unwrap_or(0)
}

fn location(answer: &str) -> &str {
    let mut lines = answer.lines();
    lines.find_map(|line| line.strip_prefix("Location: ")).unwrap_or_else(|| panic!("{answer}"))
}

#[test]
fn the_first_redirect_uri_whose_port_is_free_is_used_and_a_refresh_sends_it_again() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let first = format!("http://127.0.0.1:{}/callback", taken.local_addr().unwrap().port());
    let second = format!("http://[::1]:{}/callback", free_port());
    let list = format!("redirect_uri: [\"{first}\", \"{second}\"]");
    let refresh = "refresh_endpoint: { params: { redirect_uri: \"{{redirect_uri}}\" } }";
    define(&home, &sandbox, &[&list, refresh]);
    home.run(&["lint", APP]).expect(0);
    let mut waiting = home.start_connect(&[APP]);
    assert_eq!(waiting.redirect_uri(), second);
    waiting.browse_and_finish().expect(0);
    sandbox.expire();
    let sent: String = url::form_urlencoded::byte_serialize(second.as_bytes()).collect();
    home.run(&["call", "-vv", APP, "/userinfo"]).expect(0).says(&format!("redirect_uri={sent}"));
    drop(taken);
    let mut again = home.start_connect(&[APP]);
    assert_eq!(again.redirect_uri(), first);
    again.browse_and_finish().expect(0);
}

#[test]
fn when_every_port_is_taken_the_error_says_who_holds_each() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let taken = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let ports = taken.each_ref().map(|socket| socket.local_addr().unwrap().port());
    let uris = ports.map(|port| format!("http://127.0.0.1:{port}/callback"));
    define(&home, &sandbox, &[&format!("redirect_uri: [\"{}\", \"{}\"]", uris[0], uris[1])]);
    let ran = home.run(&["connect", APP, "--no-browser"]).expect(1).says("every port");
    let me = format!("(process {})", std::process::id());
    for port in ports {
        let line = ran.stderr.lines().find(|line| line.contains(&format!("port {port} is held")));
        assert!(line.is_some_and(|line| line.contains(&me)), "{}", ran.stderr);
    }
    ran.says("tieline client set practice --redirect-uri");
}

#[test]
fn a_list_of_redirect_uris_is_linted() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    for (line, finding) in [
        ("redirect_uri: []", "empty list"),
        ("redirect_uri: [http://127.0.0.1:1/a, http://127.0.0.1:1/a]", "stands twice"),
        ("redirect_uri: [http://127.0.0.1:1/a, http://a.test/b]", "a redirect URI is https"),
        ("redirect_uri: [http://127.0.0.1:1/a, nowhere]", "no absolute URL"),
        ("response_mode: fragment", "no response mode"),
    ] {
        define(&home, &sandbox, &[line]);
        home.run(&["lint", APP]).expect(4).prints(finding);
    }
    let both = ["redirect_uri: [http://127.0.0.1:1/a, http://127.0.0.1:2/a]", "port: any"];
    define(&home, &sandbox, &both);
    home.run(&["lint", APP]).expect(4).prints("some port is always free");
}

#[test]
fn every_name_of_the_loopback_address_works() {
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        let uri = format!("http://{host}:{}/back", free_port());
        let sandbox = Sandbox::start(&["--redirect-uri", &uri]);
        let home = sandbox.home();
        define(&home, &sandbox, &[&format!("redirect_uri: \"{uri}\"")]);
        let mut waiting = home.start_connect(&[APP]);
        assert_eq!(waiting.redirect_uri(), uri);
        assert_eq!(waiting.short_link(), uri.replace("/back", "/"));
        assert_eq!(request("GET", &waiting.short_link(), "").status, 302);
        let ran = waiting.browse_and_finish().expect(0).says("as ada@sandbox.test");
        assert!(ran.page.contains("is connected"), "{}", ran.page);
    }
}

#[test]
fn a_client_can_have_several_redirect_uris() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    define(&home, &sandbox, &[]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let first = format!("http://127.0.0.1:{}/callback", taken.local_addr().unwrap().port());
    let second = format!("http://127.0.0.1:{}/callback", free_port());
    let set = ["client", "set", APP, "--id", "practice-public", "--public"];
    let uris = ["--redirect-uri", &first, "--redirect-uri", &second];
    let ran = home.run(&[&set[..], &uris].concat()).expect(0).says("these redirect URIs");
    ran.says(&format!("\n  {first}\n  {second}\n"));
    home.run(&["client", "show", APP]).expect(0).prints(&first).prints(&second);
    let mut waiting = home.start_connect(&[APP]);
    assert_eq!(waiting.redirect_uri(), second);
    waiting.browse_and_finish().expect(0);
}
