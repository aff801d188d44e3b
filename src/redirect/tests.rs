//! The listener over real sockets.

use super::*;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

const AUTHORIZATION_URL: &str = "https://example.com/authorize?client_id=x&state=s1";

/// A running listener that accepts `state=s1`.
struct Setup {
    waiting: Waiting,
    port: u16,
}

fn setup() -> Setup {
    setup_at("/callback")
}

fn setup_at(path: &str) -> Setup {
    let listener = bind(Host::Ipv4, Port::Any, path).unwrap();
    let port = listener.port();
    let waiting = listener
        .start(AUTHORIZATION_URL, |params| {
            let ours = params.iter().any(|(name, value)| name == "state" && value == "s1");
            if ours { Ok(()) } else { Err("`state` is another".to_owned()) }
        })
        .unwrap();
    Setup { waiting, port }
}

fn bind(host: Host, port: Port, path: &str) -> Result<Listener, BindError> {
    Listener::bind(Endpoint::new(host, port, path).unwrap())
}

impl Setup {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        // so that a fault fails the test instead of hanging it
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends these bytes and receives until the connection ends.
    fn raw(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        receive(&mut stream)
    }

    fn request(&self, method: &str, target: &str, headers: &str) -> String {
        self.raw(&format!(
            "{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{headers}\r\n",
            self.port
        ))
    }

    fn get(&self, target: &str) -> String {
        self.request("GET", target, "")
    }

    /// Sends the accepted callback; the path and query that it is redirected to.
    fn accept(&self) -> String {
        let answer = self.get("/callback?code=c1&state=s1");
        assert_eq!(status(&answer), 303, "{answer}");
        header(&answer, "Location").unwrap().to_owned()
    }

    /// A browser that waits for the outcome; it has been noticed when this returns.
    fn come_to(&self, done: &str) -> TcpStream {
        let mut stream = self.connect();
        write!(stream, "GET {done} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", self.port).unwrap();
        stream
    }
}

fn receive(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n")?;
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap().block_on(future)
}

fn page() -> Page {
    Page {
        outcome: Outcome::Connected,
        heading: "GitHub is connected".into(),
        lead: "tieline checked the credential and stored it in your keyring.".into(),
        initial: "GitHub".into(),
        rows: vec![Row { label: "Account".into(), value: "github/work".into(), code: true }],
        next: "Close this tab and go back to your terminal.".into(),
    }
}

fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

#[test]
fn both_families_are_bound_at_one_port() {
    let listener = bind(Host::Localhost, Port::Any, "/callback").unwrap();
    let port = listener.port();
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
    assert_eq!(TcpStream::connect((Ipv6Addr::LOCALHOST, port)).is_ok(), has_ipv6());
}

#[test]
fn a_port_in_use_in_either_family_is_told_with_its_number() {
    let mut others = vec![TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()];
    others.extend(TcpListener::bind((Ipv6Addr::LOCALHOST, 0)));
    for other in others {
        let taken = other.local_addr().unwrap().port();
        match bind(Host::Localhost, Port::Fixed(taken), "/callback") {
            Err(BindError::PortTaken { port }) => assert_eq!(port, taken),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_redirect_uri_is_kept_to_the_letter() {
    for (host, path, uri) in [
        (Host::Ipv4, "/callback", "http://127.0.0.1:PORT/callback"),
        (Host::Localhost, "", "http://localhost:PORT"),
        (Host::Localhost, "/", "http://localhost:PORT/"),
        (Host::Localhost, "/a/B%20c/", "http://localhost:PORT/a/B%20c/"),
    ] {
        let listener = bind(host, Port::Any, path).unwrap();
        assert_eq!(listener.redirect_uri(), uri.replace("PORT", &listener.port().to_string()));
    }
    assert_eq!(
        Endpoint::new(Host::Ipv6, Port::Any, "/cb").unwrap().redirect_uri(80),
        "http://[::1]/cb"
    );
}

#[test]
fn a_path_that_no_redirect_uri_has_is_refused() {
    for path in ["callback", "/a?b", "/a#b", "/a b", "/ü", "/a\r\nb"] {
        assert!(Endpoint::new(Host::Ipv4, Port::Any, path).is_err(), "{path:?}");
    }
}

#[test]
fn the_accepted_parameters_arrive_decoded_and_in_order() {
    let mut setup = setup();
    setup.get("/callback?state=s1&code=a%2Fb+c&code=&empty");
    let pairs = [("state", "s1"), ("code", "a/b c"), ("code", ""), ("empty", "")];
    let expected: Vec<_> = pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).into();
    assert_eq!(block_on(setup.waiting.callback()).params, expected);
}

#[test]
fn only_the_exact_path_is_the_callback() {
    let setup = setup();
    for target in [
        "/callback/?state=s1",
        "/Callback?state=s1",
        "//callback?state=s1",
        "/callback%2F?state=s1",
        "/x/../callback?state=s1",
        "/favicon.ico",
        "/?state=s1",
    ] {
        assert_eq!(status(&setup.get(target)), 404, "{target}");
    }
    assert_eq!(status(&setup.get("/callback?state=s1")), 303);
}

#[test]
fn only_get_is_allowed() {
    let setup = setup();
    for method in ["HEAD", "POST", "OPTIONS", "get", "DELETE"] {
        for target in ["/callback?code=c1&state=s1", "/"] {
            let answer = setup.request(method, target, "");
            assert_eq!((status(&answer), header(&answer, "Allow")), (405, Some("GET")), "{method}");
            let has_body = answer.split_once("\r\n\r\n").is_some_and(|(_, body)| !body.is_empty());
            assert_eq!(has_body, method != "HEAD");
        }
    }
    assert_eq!(status(&setup.get("/")), 302, "nothing was accepted");
}

#[test]
fn the_host_must_be_loopback_with_our_port() {
    let setup = setup();
    let ask = |host: &str| status(&setup.raw(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")));
    for host in ["127.0.0.1", "localhost", "LocalHost", "[::1]"] {
        assert_eq!(ask(&format!("{host}:{}", setup.port)), 302, "{host}");
    }
    for host in ["127.0.0.1", "localhost:1", "localhost", ""] {
        assert_eq!(ask(host), 403, "{host}");
    }
    assert_eq!(ask(&format!("evil.example:{}", setup.port)), 403);
    assert_eq!(ask(&format!("localhost.:{}", setup.port)), 403);
    assert_eq!(status(&setup.raw("GET / HTTP/1.1\r\n\r\n")), 400);
}

#[test]
fn a_stray_callback_is_reported_and_the_wait_goes_on() {
    let mut setup = setup();
    for target in ["/callback?code=secret&state=other", "/callback"] {
        let answer = setup.get(target);
        assert_eq!(status(&answer), 400);
        assert!(answer.contains("not the answer tieline is waiting for"), "{answer}");
        assert!(!answer.contains("secret"));
    }
    setup.accept();
    let callback = block_on(setup.waiting.callback());
    assert_eq!(callback.params[0], ("code".to_owned(), "c1".to_owned()));
    assert!(!format!("{callback:?}").contains("c1"));
    assert_eq!(setup.waiting.take_strays(), ["`state` is another", "`state` is another"]);
}

#[test]
fn an_error_response_is_accepted_like_any_other() {
    let mut setup = setup();
    assert_eq!(status(&setup.get("/callback?error=access_denied&state=s1")), 303);
    assert_eq!(block_on(setup.waiting.callback()).params[0].1, "access_denied");
}

#[test]
fn after_the_first_callback_only_the_same_one_is_taken_again() {
    let setup = setup();
    let done = setup.accept();
    assert_eq!(setup.accept(), done);
    assert_eq!(status(&setup.get("/callback?code=c2&state=s1")), 400);
}

#[test]
fn the_short_link_leads_to_the_authorization_endpoint_until_it_was_used() {
    let setup = setup();
    assert_eq!(setup.waiting.short_link(), format!("http://127.0.0.1:{}/", setup.port));
    let answer = setup.get("/");
    assert_eq!(status(&answer), 302);
    assert_eq!(header(&answer, "Location"), Some(AUTHORIZATION_URL));
    assert_eq!(header(&answer, "Referrer-Policy"), Some("no-referrer"));
    setup.accept();
    assert_eq!(status(&setup.get("/")), 404);
}

#[test]
fn the_short_link_and_a_callback_at_the_root_do_not_collide() {
    let setup = setup_at("");
    assert_eq!(status(&setup.get("/")), 302);
    assert_eq!(status(&setup.get("/?state=s1")), 303);
}

#[test]
fn a_callback_at_the_path_of_the_outcome_does_not_collide() {
    let setup = setup_at("/done");
    let done = setup.get("/done?state=s1");
    assert_eq!(status(&done), 303);
    drop(setup.come_to(header(&done, "Location").unwrap()));
}

#[test]
fn only_web_pages_are_redirected_to() {
    for url in ["javascript:alert(1)", "file:///etc/passwd", "nonsense"] {
        let listener = bind(Host::Ipv4, Port::Any, "/callback").unwrap();
        let started = listener.start(url, |_| Ok(()));
        assert!(matches!(started, Err(StartError::AuthorizationUrl)), "{url}");
    }
    let listener = bind(Host::Ipv4, Port::Any, "/callback").unwrap();
    let port = listener.port();
    let url = "https://example.com/a\r\nSet-Cookie: x?q=\r\né";
    let setup = Setup { waiting: listener.start(url, |_| Ok(())).unwrap(), port };
    let answer = setup.get("/");
    assert!(header(&answer, "Location").unwrap().starts_with("https://example.com/aSet-Cookie"));
    assert_eq!(header(&answer, "Set-Cookie"), None);
}

#[test]
fn the_outcome_is_held_back_until_it_is_known() {
    let mut setup = setup();
    let done = setup.accept();
    assert!(!done.contains("code=") && !done.contains("state="), "{done}");
    block_on(setup.waiting.callback());
    let mut browsers = [setup.come_to(&done), setup.come_to(&done)];
    browsers[0].set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert!(browsers[0].read(&mut [0]).is_err(), "answered before anything is known");
    browsers[0].set_read_timeout(Some(Duration::from_secs(20))).unwrap();

    block_on(setup.waiting.finish(page()));
    for browser in &mut browsers {
        let answer = receive(browser);
        assert_eq!(status(&answer), 200);
        assert!(answer.contains("GitHub is connected"), "{answer}");
        assert_eq!(header(&answer, "Cache-Control"), Some("no-store"));
        assert_eq!(header(&answer, "Referrer-Policy"), Some("no-referrer"));
        assert_eq!(header(&answer, "X-Content-Type-Options"), Some("nosniff"));
        assert_eq!(header(&answer, "Content-Type"), Some("text/html; charset=utf-8"));
        let policy = header(&answer, "Content-Security-Policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.ends_with("; img-src data:; frame-ancestors 'none'"), "{policy}");
    }
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, setup.port)).is_err());
}

#[test]
fn a_browser_that_comes_late_still_gets_the_outcome() {
    let mut setup = setup();
    let done = setup.accept();
    block_on(setup.waiting.callback());
    let port = setup.port;
    let browser = thread::spawn(move || {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        write!(stream, "GET {done} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n").unwrap();
        receive(&mut stream)
    });
    block_on(setup.waiting.finish(page()));
    assert_eq!(status(&browser.join().unwrap()), 200);
}

#[test]
fn the_outcome_is_nowhere_before_a_callback_and_for_nobody_else_after_it() {
    let setup = setup();
    assert_eq!(status(&setup.get("/done")), 404);
    let done = setup.accept();
    assert_eq!(status(&setup.get("/done")), 404);
    assert_eq!(status(&setup.get(&format!("{done}x"))), 404);
}

#[test]
fn finishing_without_a_callback_waits_for_nobody() {
    let Setup { waiting, port } = setup();
    block_on(async {
        let finished = tokio::time::timeout(Duration::from_secs(2), waiting.finish(page()));
        assert!(finished.await.is_ok());
    });
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
}

#[test]
fn bodies_and_transfer_codings_are_refused() {
    let setup = setup();
    for (headers, expected) in [
        ("Transfer-Encoding: chunked\r\n", 400),
        ("Transfer-Encoding: identity\r\n", 400),
        ("transfer-encoding:gzip\r\nContent-Length: 0\r\n", 400),
        ("Content-Length: 4\r\n", 413),
        ("Content-Length: 99999999999999999999\r\n", 413),
    ] {
        let answer = setup.request("GET", "/callback?code=c1&state=s1", headers);
        assert_eq!(status(&answer), expected, "{headers}");
    }
    assert_eq!(status(&setup.get("/")), 302, "nothing was accepted");
}

#[test]
fn what_is_too_large_is_refused_with_an_answer() {
    let setup = setup();
    let long = "a".repeat(100 * 1024);
    assert_eq!(status(&setup.get(&format!("/callback?state=s1&code={long}"))), 414);
    assert_eq!(status(&setup.request("GET", "/", &format!("Cookie: {long}\r\n"))), 431);
    assert_eq!(status(&setup.request("GET", "/", &"A: b\r\n".repeat(200))), 431);
    let many = "a=b&".repeat(65);
    assert_eq!(status(&setup.get(&format!("/callback?{many}state=s1"))), 400);
    let fits = "a".repeat(8000);
    assert_eq!(status(&setup.get(&format!("/callback?state=s1&code={fits}"))), 303);
}

#[test]
fn unfinished_connections_block_neither_others_nor_the_end() {
    let mut setup = setup();
    let mut slow: Vec<TcpStream> = (0..20).map(|_| setup.connect()).collect();
    for (index, stream) in slow.iter_mut().enumerate() {
        let head = format!(
            "GET /callback?code=c1&state=s1 HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n",
            setup.port
        );
        stream.write_all(&head.as_bytes()[..index * 3]).unwrap();
    }
    let done = setup.accept();
    block_on(setup.waiting.callback());
    let mut browser = setup.come_to(&done);
    block_on(setup.waiting.finish(page()));
    assert_eq!(status(&receive(&mut browser)), 200);
    for stream in &mut slow {
        assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)), "still open");
    }
}

#[test]
fn connections_that_are_reset_do_no_harm() {
    let setup = setup();
    for _ in 0..50 {
        let mut stream = setup.connect();
        // Closing with unread bytes resets the connection.
        stream.write_all(b"GET /none HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        drop(stream);
    }
    assert_eq!(status(&setup.get("/")), 302);
}

#[test]
fn dropping_it_frees_the_port_and_hangs_up() {
    let setup = setup();
    let done = setup.accept();
    let mut browser = setup.come_to(&done);
    let port = setup.port;
    drop(setup);
    assert!(matches!(browser.read(&mut [0]), Ok(0) | Err(_)));
    assert!(bind(Host::Localhost, Port::Fixed(port), "/callback").is_ok());
}

#[test]
fn a_page_is_not_loaded_ahead_of_time() {
    let setup = setup();
    let target = "/callback?code=c1&state=s1";
    assert_eq!(status(&setup.request("GET", target, "Sec-Purpose: prefetch;prerender\r\n")), 503);
    assert_eq!(status(&setup.get("/")), 302, "nothing was accepted");
}
