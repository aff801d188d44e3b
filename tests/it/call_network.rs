//! `call`: the way to the server. HTTP/2, proxies and authorities, each against software that is not ours.

use crate::certificates::{Certificates, pem};
use crate::recorder::{Recorder, Request, loopback};
use crate::support::{Home, Ran, Sandbox};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const APP: &str = "sandbox-api-key";
const PASSWORD: &str = "proxy-password";

/// A program that ends with the test.
struct Running(Child);

impl Running {
    /// `None` where there is no such program.
    fn start(command: &mut Command) -> Option<Self> {
        match command.stdin(Stdio::null()).stderr(Stdio::null()).spawn() {
            Ok(child) => Some(Self(child)),
            Err(error) => {
                eprintln!("skipped: {}: {error}", command.get_program().display());
                None
            }
        }
    }

    /// Waits until it listens.
    fn listening(mut self, port: u16) -> Self {
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(self.0.try_wait().unwrap().is_none(), "it ended before it listened");
            std::thread::yield_now();
        }
        self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port on which nobody listens.
fn free_port() -> u16 {
    loopback().local_addr().unwrap().port()
}

/// An account at a server over TLS on `localhost`.
struct Secure {
    home: Home,
    certificates: Certificates,
    server: Recorder,
}

impl Secure {
    fn new() -> Self {
        let certificates = Certificates::new();
        let server = Recorder::start_tls(certificates.server("localhost"), |request: &Request| {
            let json = format!("{{\"email\": \"ada@tls.test\", \"target\": {:?}}}", request.target);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
            format!("{head}\r\nContent-Length: {}\r\n\r\n{json}", json.len())
        });
        let url = server.url().replace("http://127.0.0.1", "https://localhost");
        let home = Home::new().set("TIELINE_SANDBOX_API_KEY_SERVER", url);
        home.write("authority.pem", &certificates.authority_pem());
        let this = Self { home, certificates, server };
        this.trusting().run_with_input(&CONNECT, "practice-key").expect(0);
        this
    }

    /// A command with these variables and no others of the network.
    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = self.home.command(arguments);
        command.envs(variables.iter().copied());
        Ran::new(arguments, command.output().unwrap())
    }

    fn trusting(&self) -> Trusting<'_> {
        Trusting(self)
    }
}

/// The same where the authority is trusted.
struct Trusting<'s>(&'s Secure);

const CONNECT: [&str; 4] = ["connect", APP, "--field", "api_key=-"];
const CALL: [&str; 4] = ["call", APP, "/x", "-vv"];
const TRUST: (&str, &str) = ("SSL_CERT_FILE", "authority.pem");

impl Trusting<'_> {
    fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.0.home.command(arguments);
        let mut child = child.env(TRUST.0, TRUST.1).stdin(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        Ran::new(arguments, child.wait_with_output().unwrap())
    }

    fn call(&self, variables: &[(&str, &str)]) -> Ran {
        self.0.run(&CALL, &[&[TRUST], variables].concat())
    }
}

#[test]
fn http_2_is_spoken_where_the_server_does_and_the_trace_says_so() {
    let home = Home::new();
    let certificates = Certificates::new();
    let (certificate, key) = certificates.issue("localhost");
    let certificate = home.write("server.pem", &pem("CERTIFICATE", certificate.der()));
    let key = home.write("server-key.pem", &pem("PRIVATE KEY", &key.serialize_der()));
    let authority = home.write("authority.pem", &certificates.authority_pem());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/http2/server.mjs");
    let mut node = Command::new("node");
    node.arg(script).args([certificate, key]).stdout(Stdio::piped());
    let Some(mut node) = Running::start(&mut node) else { return };
    let mut port = String::new();
    BufReader::new(node.0.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let url = format!("https://localhost:{}", port.trim());
    let home = home
        .set("TIELINE_SANDBOX_API_KEY_SERVER", url)
        .set("SSL_CERT_FILE", authority.display().to_string());
    home.run_with_input(&CONNECT, "practice-key").expect(0);
    let ran = home.run(&CALL).expect(0);
    assert_eq!(ran.json()["httpVersion"], "2.0");
    assert_eq!(ran.json()["headers"]["authorization"], "Bearer practice-key");
    ran.says("  HTTP/2, ");
    home.run(&["call", APP, "/x", "-i"]).expect(0).prints("HTTP/2 200 OK\n");
    // A body that is streamed, in frames.
    home.write("large", &"x".repeat(3_000_000));
    let ran = home.run(&["call", APP, "PUT", "/x", "-d", "@large"]).expect(0);
    assert_eq!(ran.json()["length"], 3_000_000);
    home.run(&["call", APP, "/x", "-o", "out"]).expect(0);
    assert!(std::fs::read_to_string(home.path().join("out")).unwrap().contains("\"2.0\""));
}

#[test]
fn an_authority_is_trusted_that_a_variable_names_as_for_curl() {
    let secure = Secure::new();
    let call = |variables: &[(&str, &str)]| secure.run(&CALL, variables);
    let ran = call(&[]).expect(6).says("`localhost:").says("cannot be trusted");
    ran.says("set SSL_CERT_FILE to its CA bundle");
    let folder = secure.home.path().join("authorities");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(secure.home.path().join("authority.pem"), folder.join("one.pem")).unwrap();
    let other = Certificates::new().authority_pem();
    secure.home.write("other.pem", &other);
    // Certificates of other kinds stand in a bundle too, and text around them.
    let (server, _) = secure.certificates.issue("localhost");
    let bundle = secure.certificates.authority_pem() + &pem("CERTIFICATE", server.der());
    secure.home.write("bundle.pem", &format!("# company\n{other}\n{bundle}"));
    for good in [
        &[("SSL_CERT_FILE", "bundle.pem")][..],
        &[("CURL_CA_BUNDLE", "authority.pem")],
        &[("CURL_CA_BUNDLE", "authority.pem"), ("SSL_CERT_FILE", "other.pem")],
        &[("SSL_CERT_DIR", "authorities")],
        &[("SSL_CERT_FILE", "other.pem"), ("SSL_CERT_DIR", "authorities")],
    ] {
        call(good).expect(0).prints("ada@tls.test");
    }
    for bad in [
        &[("SSL_CERT_FILE", "other.pem")][..],
        &[("CURL_CA_BUNDLE", "other.pem"), ("SSL_CERT_FILE", "authority.pem")],
        &[("CURL_CA_BUNDLE", "other.pem"), ("SSL_CERT_DIR", "authorities")],
    ] {
        call(bad).expect(6).says("cannot be trusted");
    }
    secure.home.write("empty.pem", "nothing\n");
    let ran = call(&[("SSL_CERT_FILE", "nowhere.pem")]).expect(6);
    ran.says("`SSL_CERT_FILE` names `nowhere.pem`: No such file");
    let ran = call(&[("CURL_CA_BUNDLE", "empty.pem")]).expect(6);
    ran.says("`CURL_CA_BUNDLE` names `empty.pem`, which holds no certificate");
    // Who is not asked over TLS, is not asked for a certificate.
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("SSL_CERT_FILE", "nowhere.pem");
    home.run_with_input(&CONNECT, "practice-key").expect(0);
}

#[test]
fn the_proxy_is_the_one_that_curl_would_take() {
    let secure = Secure::new();
    let (dead, nobody) = (free_port(), free_port());
    let dead = format!("http://me:{PASSWORD}@127.0.0.1:{dead}");
    let none = format!("127.0.0.1:{nobody}");
    let call = |variables: &[(&str, &str)]| secure.trusting().call(variables);
    for refused in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        let ran = call(&[(refused, &dead)]).expect(6).says("the proxy `127.0.0.1:");
        let ran = ran.says("refuses the connection");
        assert!(!ran.stderr.contains(PASSWORD), "{}", ran.stderr);
        for around in ["localhost", ".localhost", "a.test,localhost", "*", "a.test, localhost"] {
            call(&[(refused, &dead), ("no_proxy", around)]).expect(0);
            call(&[(refused, &dead), ("NO_PROXY", around)]).expect(0);
        }
        call(&[(refused, &dead), ("no_proxy", "host"), ("NO_PROXY", "localhost")]).expect(6);
    }
    call(&[("http_proxy", &dead), ("HTTP_PROXY", &dead)]).expect(0);
    // A lower-case name goes first, and one for a scheme before the one for all.
    let ran = call(&[("https_proxy", &none), ("HTTPS_PROXY", &dead), ("all_proxy", &dead)]);
    ran.expect(6).says(&format!("the proxy `{none}`"));
    for odd in ["ftp://127.0.0.1:1", "http://", "::"] {
        call(&[("https_proxy", odd)]).expect(6).says("`https_proxy` names no proxy");
    }
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("HTTPS_PROXY", &dead).set("HTTP_PROXY", &dead);
    home.run_with_input(&CONNECT, "practice-key").expect(0);
    let home = home.set("http_proxy", &dead);
    home.run(&["call", APP, "/me"]).expect(6).says("refuses the connection");
}

#[test]
fn a_proxy_may_be_spoken_to_over_tls() {
    let secure = Secure::new();
    let proxy = secure.server.url().replace("http://127.0.0.1", "HTTPS://localhost");
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    home.run_with_input(&CONNECT, "practice-key").expect(0);
    let authority = secure.home.path().join("authority.pem");
    let home = home.set("http_proxy", proxy).set("SSL_CERT_FILE", authority.display().to_string());
    home.run(&["call", APP, "/x"]).expect(0).prints("ada@tls.test");
    let asked = secure.server.seen().last().unwrap().target.clone();
    assert_eq!(asked, format!("{}/api-key/x", sandbox.url));
    let home = home.set("SSL_CERT_FILE", "");
    let told = home.run(&["call", APP, "/x"]).expect(6);
    told.says(&format!(
        "`{}` cannot be trusted",
        secure.server.authority.replace("127.0.0.1", "localhost")
    ));
}

/// A proxy of HTTP that wants a password (tinyproxy), and where it writes what it is asked.
fn tinyproxy(home: &Home) -> Option<(Running, u16)> {
    let port = free_port();
    let log = home.path().join("proxy.log");
    let lines = [
        format!("Port {port}\nListen 127.0.0.1\nLogLevel Connect\nMaxClients 20\n"),
        format!("LogFile \"{}\"\nBasicAuth me {PASSWORD}\n", log.display()),
    ];
    let path = home.write("tinyproxy.conf", &lines.concat());
    let mut command = Command::new("tinyproxy");
    command.arg("-d").arg("-c").arg(path).stdout(Stdio::null());
    Some((Running::start(&mut command)?.listening(port), port))
}

#[test]
fn a_proxy_that_wants_a_password_opens_a_tunnel() {
    let secure = Secure::new();
    let Some((_proxy, port)) = tinyproxy(&secure.home) else { return };
    let good = format!("http://me:{PASSWORD}@127.0.0.1:{port}");
    let ran = secure.trusting().call(&[("https_proxy", &good)]).expect(0).prints("ada@tls.test");
    let ran = ran.says(&format!("  through 127.0.0.1:{port}, connected in "));
    assert!(!ran.stderr.contains(PASSWORD), "{}", ran.stderr);
    let log = || std::fs::read_to_string(secure.home.path().join("proxy.log")).unwrap();
    assert!(log().contains("CONNECT localhost:"), "{}", log());
    for request in secure.server.seen() {
        assert_eq!(request.header("proxy-authorization"), None);
    }
    for wrong in [format!("127.0.0.1:{port}"), format!("http://me:wrong@127.0.0.1:{port}")] {
        let before = secure.server.seen().len();
        let ran = secure.trusting().call(&[("https_proxy", &wrong)]).expect(6);
        ran.says(&format!("the proxy `127.0.0.1:{port}`"));
        assert_eq!(secure.server.seen().len(), before);
    }
    // In the clear it is asked for the whole address.
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home().set("http_proxy", &good);
    home.run_with_input(&CONNECT, "practice-key").expect(0);
    let ran = home.run(&["call", APP, "/api/x", "-vv"]).expect(0);
    assert!(!(ran.stderr + &ran.stdout).contains(PASSWORD));
    assert!(log().contains(&format!("GET {}/api-key/api/x", sandbox.url)), "{}", log());
}

#[test]
fn a_socks_proxy_is_spoken_to() {
    let secure = Secure::new();
    let port = free_port();
    let mut command = Command::new("microsocks");
    command.args(["-i", "127.0.0.1", "-p", &port.to_string(), "-u", "me", "-P", PASSWORD]);
    let Some(proxy) = Running::start(command.stdout(Stdio::null())) else { return };
    let proxy = proxy.listening(port);
    let call = |value: &str| secure.trusting().call(&[("ALL_PROXY", value)]);
    for scheme in ["socks5", "socks5h"] {
        let ran = call(&format!("{scheme}://me:{PASSWORD}@127.0.0.1:{port}")).expect(0);
        assert!(!ran.stderr.contains(PASSWORD), "{}", ran.stderr);
        let ran = call(&format!("{scheme}://me:wrong@127.0.0.1:{port}")).expect(6);
        ran.says("does not accept the name and password");
    }
    // Who finds the name: this computer, or the proxy.
    let elsewhere = |scheme: &str| {
        let home =
            Home::new().set("https_proxy", format!("{scheme}://me:{PASSWORD}@127.0.0.1:{port}"));
        home.run(&["connect", "https://nowhere.invalid", "-vv"]).expect(6)
    };
    elsewhere("socks5").says("the name does not resolve");
    elsewhere("socks5h").says(&format!("the proxy `127.0.0.1:{port}`, through which"));
    drop(proxy);
    call(&format!("socks5h://127.0.0.1:{port}")).expect(6).says("cannot be reached");
    call(&format!("socks5://{}", secure.server.authority)).expect(6).says("speaks no SOCKS");
}
