//! `proxy`: other programs call an API through it and never see the credential.

use crate::recorder::Recorder;
use crate::support::{Home, Page, Sandbox, request_with};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

/// A proxy that runs.
struct Proxy {
    child: Child,
    url: String,
    token: String,
}

impl Proxy {
    fn start(home: &Home, arguments: &[&str]) -> Self {
        let all = [&["proxy", "--port", "0"], arguments].concat();
        let mut child = home.command(&all).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let Some(Ok(url)) = lines.next() else {
            panic!("{}", std::io::read_to_string(child.stderr.take().unwrap()).unwrap())
        };
        let open = arguments.contains(&"--open");
        let token = if open { String::new() } else { lines.next().unwrap().unwrap() };
        Self { child, url, token }
    }

    fn authority(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
        let bearer = format!("Bearer {}", self.token);
        let all = [&[("Authorization", bearer.as_str())], headers].concat();
        request_with(method, &format!("{}{path}", self.url), &all, body)
    }

    fn get(&self, path: &str) -> Page {
        self.send("GET", path, &[], "")
    }

    /// Ends it and gives what it said.
    fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::io::read_to_string(self.child.stderr.take().unwrap()).unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn json(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|_| panic!("{page:?}"))
}

fn connected(sandbox: &Sandbox) -> Home {
    let home = sandbox.home();
    home.connect(&["sandbox-oauth2"]).expect(0);
    home
}

#[test]
fn a_program_calls_the_api_and_never_sees_the_credential() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let token = home.run(&["token", "sandbox-oauth2"]).expect(0).stdout;
    let proxy = Proxy::start(&home, &["sandbox-oauth2"]);
    let page = proxy.get("/userinfo");
    assert_eq!(page.status, 200);
    assert_eq!(json(&page)["email"], "ada@sandbox.test");
    let page = proxy.send("POST", "/api/x?a=1&b=%20", &[("Cookie", "other=app")], "a=b");
    let seen = json(&page);
    assert_eq!((&seen["method"], &seen["body"]), (&"POST".into(), &"a=b".into()));
    assert_eq!(seen["query"]["b"], " ");
    assert!(seen["headers"]["cookie"].is_null(), "{seen}");
    assert!(!page.body.contains(&proxy.token), "{page:?}");
    assert_eq!(proxy.get("/api/status/404").status, 404);
    let own = proxy.token.clone();
    let said = proxy.end();
    assert!(said.contains("200") && said.contains("GET /userinfo"), "{said}");
    assert!(said.contains("POST /api/x\n"), "{said}");
    assert!(!said.contains(token.trim()) && !said.contains(&own), "{said}");
}

#[test]
fn only_programs_that_know_the_token_and_no_web_page_get_in() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let proxy = Proxy::start(&home, &["sandbox-oauth2"]);
    let before = sandbox.state()["requests"]["/userinfo"].clone();
    let status = |headers: &[(&str, &str)]| {
        request_with("GET", &format!("{}/userinfo", proxy.url), headers, "")
    };
    let refused = status(&[]);
    assert_eq!(refused.status, 401);
    assert_eq!(refused.headers["www-authenticate"], "Bearer realm=\"tieline\"");
    assert_eq!(status(&[("Authorization", "Bearer wrong")]).status, 401);
    assert_eq!(proxy.send("GET", "/userinfo", &[("Origin", "https://evil.test")], "").status, 403);
    let evil = raw(
        &proxy,
        &format!(
            "GET /userinfo HTTP/1.1\r\nHost: evil.test\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
            proxy.token
        ),
    );
    assert!(evil.starts_with("HTTP/1.1 403"), "{evil}");
    assert_eq!(sandbox.state()["requests"]["/userinfo"], before);
    let open = Proxy::start(&home, &["sandbox-oauth2", "--open"]);
    assert_eq!(request_with("GET", &format!("{}/userinfo", open.url), &[], "").status, 200);
    assert!(open.end().contains("every program of this computer"));
}

/// Sends bytes and reads until the other side hangs up.
fn raw(proxy: &Proxy, text: &str) -> String {
    let mut stream = TcpStream::connect(proxy.authority()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn what_no_rule_allows_does_not_pass() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let rules = ["sandbox-oauth2", "--allow", "GET /userinfo", "--allow", "POST /api/*"];
    let proxy = Proxy::start(&home, &rules);
    assert_eq!(proxy.get("/userinfo").status, 200);
    assert_eq!(proxy.send("POST", "/api/x", &[], "").status, 200);
    let refused = proxy.get("/api/x");
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("--allow"), "{refused:?}");
    for path in ["/api/x/y", "/api/x%2Fy", "/api"] {
        assert_ne!(proxy.send("POST", path, &[], "").status, 200, "{path}");
    }
    // What a server might resolve to another path is no path at all.
    let dots = raw(
        &proxy,
        &format!(
            "GET /api/../userinfo HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
            proxy.authority(),
            proxy.token
        ),
    );
    assert!(dots.starts_with("HTTP/1.1 40"), "{dots}");
    let said = proxy.end();
    assert!(said.contains("allows    GET /userinfo, POST /api/*"), "{said}");
    home.run(&["proxy", "sandbox-oauth2", "--allow", "user"]).expect(2).says("`user` is no rule");
}

#[test]
fn a_token_that_is_over_is_renewed_inside() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox);
    let proxy = Proxy::start(&home, &["sandbox-oauth2"]);
    for round in 1..=2 {
        sandbox.expire();
        let page = proxy.send("POST", "/api/x", &[], "short enough to be sent twice");
        assert_eq!(json(&page)["body"], "short enough to be sent twice");
        assert_eq!(sandbox.state()["refreshes"], round);
    }
    // Several at once renew once.
    sandbox.expire();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(proxy.get("/userinfo").status, 200));
        }
    });
    assert_eq!(sandbox.state()["refreshes"], 3);
    sandbox.revoke();
    let page = proxy.get("/userinfo");
    assert_eq!(page.status, 502);
    assert!(page.body.contains("run `tieline connect sandbox-oauth2`"), "{page:?}");
}

#[test]
fn every_way_of_authorization_passes_through() {
    let sandbox = Sandbox::start(&[]);
    let home = crate::oauth1::home(&sandbox);
    home.run(&["connect", "sandbox-api-key", "-f", "api_key=practice-key"]).expect(0);
    home.run_with_input(
        &["connect", "sandbox-basic", "-f", "username=ada", "-f", "password=-"],
        "practice-password",
    )
    .expect(0);
    home.connect(&["sandbox-oauth1"]).expect(0);
    home.connect(&["sandbox-oauth2", "--auth", "bound"]).expect(0);
    for app in ["sandbox-api-key", "sandbox-basic", "sandbox-oauth1", "sandbox-oauth2"] {
        let proxy = Proxy::start(&home, &[app]);
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        let seen = json(&proxy.send("POST", "/api/x?q=1", &form, "a=b+c&a=d"));
        assert_eq!(seen["body"], "a=b+c&a=d", "{app}: {seen}");
        assert_eq!(json(&proxy.get("/api/y"))["method"], "GET", "{app}");
    }
}

#[test]
fn a_key_that_belongs_into_the_body_is_put_there() {
    let server = Recorder::start(|_| (200, "text/plain", "fine".into()));
    let home = Home::new();
    home.define(
        "in-body",
        &format!(
            "title: X\nbase_url: {}\nauthorizations:\n  key:\n    type: api_key\n    \
             request: {{ params: {{ key: '{{{{api_key}}}}' }} }}\n    user_info_endpoint: null\n",
            server.url()
        ),
    );
    home.run(&["connect", "in-body", "-f", "api_key=k 1"]).expect(0);
    let proxy = Proxy::start(&home, &["in-body"]);
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    assert_eq!(proxy.send("POST", "/x", &form, "a=b").body, "fine");
    let object = [("Content-Type", "application/json")];
    assert_eq!(proxy.send("PUT", "/x", &object, r#"{"a":1}"#).body, "fine");
    let seen = server.seen();
    assert_eq!(seen[0].body, "a=b&key=k+1");
    assert_eq!(seen[1].body, r#"{"a":1,"key":"k 1"}"#);
}

#[test]
fn redirects_within_the_api_come_back_and_nothing_of_its_host_sticks() {
    let server = Recorder::start(|request| match request.path() {
        "/v1/inside" => (302, "", "/v1/there?x=1".into()),
        _ => (302, "", "https://other.test/x".into()),
    });
    let home = Home::new();
    let base = format!("{}/v1", server.url());
    home.define(
        "hops",
        &format!(
            "title: X\nbase_url: {base}\nauthorizations:\n  key:\n    type: api_key\n    user_info_endpoint: null\n"
        ),
    );
    home.run(&["connect", "hops", "-f", "api_key=k"]).expect(0);
    let proxy = Proxy::start(&home, &["hops"]);
    assert_eq!(proxy.get("/inside").headers["location"], format!("{}/there?x=1", proxy.url));
    assert_eq!(proxy.get("/outside").headers["location"], "https://other.test/x");
    assert_eq!(server.seen().len(), 2);
}

/// An API that answers as the function says, on connections as they are.
fn api(serve: impl Fn(BufReader<TcpStream>) + Send + Sync + 'static) -> (Home, Proxy) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
            assert!(head.contains("authorization: Bearer k\r\n"), "{head}");
            serve(reader);
        }
    });
    let home = Home::new();
    home.define(
        "api",
        &format!(
            "title: X\nbase_url: {url}\nauthorizations:\n  key:\n    type: api_key\n    user_info_endpoint: null\n"
        ),
    );
    home.run(&["connect", "api", "-f", "api_key=k"]).expect(0);
    let proxy = Proxy::start(&home, &["api"]);
    (home, proxy)
}

#[test]
fn an_answer_arrives_as_it_is_sent() {
    let (_home, proxy) = api(|mut reader| {
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
        reader.get_mut().write_all(format!("{head}data: 1\n\n").as_bytes()).unwrap();
        // The second event comes only after the first has been seen.
        let mut go_on = String::new();
        while !go_on.ends_with("go\n") {
            assert!(reader.read_line(&mut go_on).unwrap() > 0);
        }
        reader.get_mut().write_all(b"data: 2\n\n").unwrap();
    });
    let stream = TcpStream::connect(proxy.authority()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut reader = BufReader::new(stream);
    let head = format!(
        "POST /events HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nTransfer-Encoding: chunked\r\n\r\n",
        proxy.authority(),
        proxy.token
    );
    reader.get_mut().write_all(head.as_bytes()).unwrap();
    let mut seen = String::new();
    while !seen.contains("data: 1\n") {
        assert!(reader.read_line(&mut seen).unwrap() > 0, "{seen}");
    }
    // Upwards it is a stream, too: this is sent while the answer has begun.
    reader.get_mut().write_all(b"3\r\ngo\n\r\n").unwrap();
    while !seen.contains("data: 2\n") {
        assert!(reader.read_line(&mut seen).unwrap() > 0, "{seen}");
    }
}

#[test]
fn another_protocol_is_agreed_on_and_spoken() {
    let (_home, proxy) = api(|mut reader| {
        let head =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        reader.get_mut().write_all(head.as_bytes()).unwrap();
        let mut line = String::new();
        while reader.read_line(&mut line).unwrap() > 0 {
            reader.get_mut().write_all(line.to_uppercase().as_bytes()).unwrap();
            line.clear();
        }
    });
    let stream = TcpStream::connect(proxy.authority()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut reader = BufReader::new(stream);
    let head = format!(
        "GET /socket HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        proxy.authority(),
        proxy.token
    );
    reader.get_mut().write_all(head.as_bytes()).unwrap();
    let mut answered = String::new();
    while !answered.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut answered).unwrap() > 0, "{answered}");
    }
    assert!(answered.starts_with("HTTP/1.1 101"), "{answered}");
    for word in ["hello\n", "again\n"] {
        reader.get_mut().write_all(word.as_bytes()).unwrap();
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert_eq!(line, word.to_uppercase());
    }
}

#[test]
fn what_cannot_be_reached_is_told_to_the_program() {
    let home = Home::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    home.define(
        "away",
        &format!(
            "title: X\nbase_url: http://{free}\nauthorizations:\n  key:\n    type: api_key\n    user_info_endpoint: null\n"
        ),
    );
    home.run(&["connect", "away", "-f", "api_key=secret-key-value"]).expect(0);
    let proxy = Proxy::start(&home, &["away"]);
    let page = proxy.get("/x");
    assert_eq!(page.status, 504);
    assert!(!page.body.contains("secret-key-value"), "{page:?}");
    assert!(page.body.starts_with("tieline: "), "{page:?}");
}

#[test]
fn a_token_of_ones_own_has_to_be_long() {
    let sandbox = Sandbox::start(&[]);
    let home = connected(&sandbox).set("TIELINE_PROXY_TOKEN", "short");
    home.run(&["proxy", "sandbox-oauth2"]).expect(2).says("TIELINE_PROXY_TOKEN is no good token");
    let home = home.set("TIELINE_PROXY_TOKEN", "a-token-of-my-own-1234");
    assert_eq!(Proxy::start(&home, &["sandbox-oauth2"]).token, "a-token-of-my-own-1234");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    home.run(&["proxy", "sandbox-oauth2", "--port", &port]).expect(1).says("--port 0");
}
