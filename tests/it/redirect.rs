//! Where the browser comes back to: several redirect URIs, every loopback host, forms, TLS, other
//! addresses, other machines.

use crate::support::{Home, Page, Sandbox, Waiting, browse, query, request};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::Arc;

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

/// The form on the sandbox's page: where it goes, and what it would send.
fn form(page: &Page) -> (String, String) {
    let attribute = |text: &str, name: &str| {
        let rest = text.split_once(&format!("{name}=\"")).unwrap().1;
        rest.split('"').next().unwrap().replace("&amp;", "&")
    };
    let action = attribute(page.body.split_once("<form").unwrap().1, "action");
    let mut inputs = url::form_urlencoded::Serializer::new(String::new());
    for input in page.body.split("<input").skip(1) {
        inputs.append_pair(&attribute(input, "name"), &attribute(input, "value"));
    }
    (action, inputs.finish())
}

fn post(url: &str, kind: &str, body: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    let authority = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {authority}\r\nOrigin: null\r\nContent-Type: {kind}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        &url[url::Position::BeforePath..],
        body.len()
    );
    exchange(TcpStream::connect(authority).unwrap(), &head)
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn an_answer_is_taken_from_a_form_where_the_definition_says_so() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let lines =
        ["redirect_uri: http://127.0.0.1/callback", "port: any", "response_mode: form_post"];
    define(&home, &sandbox, &lines);
    let mut waiting = home.start_connect(&[APP]);
    assert_eq!(query(&waiting.url)["response_mode"], "form_post");
    let (action, body) = form(&browse(&waiting.url));
    assert_eq!(action, waiting.redirect_uri());
    for (url, kind, body, expected) in [
        (action.clone(), FORM, "code=x&state=wrong".to_owned(), 400),
        (action.clone(), FORM, format!("{body}&state=again"), 400),
        (action.clone(), "application/json", body.clone(), 415),
        (action.clone(), FORM, "x".repeat(64 * 1024 + 1), 413),
        (format!("{action}/"), FORM, body.clone(), 404),
        (action.replace("/callback", "/"), FORM, body.clone(), 405),
    ] {
        assert_eq!(status(&post(&url, kind, &body)), expected, "{url} {kind} {}", body.len());
    }
    assert_eq!(sandbox.state()["tokens_issued"], 0);
    // What the form brings decides, not a query beside it.
    let answer = post(
        &format!("{action}?state=other"),
        "Application/X-WWW-Form-Urlencoded; charset=utf-8",
        &body,
    );
    assert_eq!(status(&answer), 303, "{answer}");
    let done = url::Url::parse(&action).unwrap().join(location(&answer)).unwrap();
    assert!(browse(done.as_str()).body.contains("is connected"));
    waiting.finish().expect(0).says("as ada@sandbox.test");
}

#[test]
fn a_form_is_refused_where_the_definition_expects_a_redirect() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    define(&home, &sandbox, &["redirect_uri: http://127.0.0.1/callback", "port: any"]);
    let mut waiting = home.start_connect(&[APP]);
    let right = redirect(&waiting.url);
    let (uri, body) = right.split_once('?').unwrap();
    let answer = post(uri, FORM, body);
    assert_eq!(status(&answer), 405, "{answer}");
    assert!(answer.contains("\r\nAllow: GET\r\n"), "{answer}");
    waiting.browse_and_finish().expect(0);
}

#[test]
fn a_form_needs_somebody_who_takes_it() {
    let sandbox = Sandbox::start(&[]);
    let home = sandbox.home();
    let uri = "redirect_uri: https://practice.example/callback";
    define(&home, &sandbox, &[uri, "response_mode: form_post"]);
    home.run(&["connect", APP]).expect(2).says("nobody listens for it").says("--listen");
}

/// Accepts any certificate and remembers it.
#[derive(Debug)]
struct Curious(rustls::crypto::CryptoProvider);

impl ServerCertVerifier for Curious {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// A browser that trusts one certificate, or, without one, none: then it only looks.
fn client(trusted: Option<&CertificateDer<'_>>) -> Arc<ClientConfig> {
    let provider = rustls::crypto::ring::default_provider();
    let builder = ClientConfig::builder_with_provider(Arc::new(provider.clone()))
        .with_safe_default_protocol_versions()
        .unwrap();
    Arc::new(match trusted {
        Some(certificate) => {
            let mut roots = RootCertStore::empty();
            roots.add(certificate.clone().into_owned()).unwrap();
            builder.with_root_certificates(roots).with_no_client_auth()
        }
        None => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Curious(provider)))
            .with_no_client_auth(),
    })
}

/// The certificate that a server shows.
fn shown(port: u16) -> CertificateDer<'static> {
    let name = ServerName::try_from("localhost").unwrap();
    let mut tls = ClientConnection::new(client(None), name).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    tls.complete_io(&mut stream).unwrap();
    tls.peer_certificates().unwrap()[0].clone().into_owned()
}

/// One request over TLS, to the name that the URL has.
fn get_over_tls(url: &str, trusted: &CertificateDer<'_>) -> Result<String, std::io::Error> {
    let url = url::Url::parse(url).unwrap();
    let (host, port) = (url.host_str().unwrap(), url.port_or_known_default().unwrap());
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).unwrap();
    let mut tls = ClientConnection::new(client(Some(trusted)), name).unwrap();
    let mut stream = TcpStream::connect((host.trim_matches(['[', ']']), port))?;
    tls.complete_io(&mut stream)?;
    let path = &url[url::Position::BeforePath..];
    let head = format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n");
    Ok(exchange(StreamOwned::new(tls, stream), &head))
}

/// Follows the redirect and the outcome, as a browser that trusts this certificate.
fn browse_over_tls(waiting: &Waiting, trusted: &CertificateDer<'_>) -> String {
    let answer = get_over_tls(&redirect(&waiting.url), trusted).unwrap();
    assert_eq!(status(&answer), 303, "{answer}");
    let done = url::Url::parse(&waiting.redirect_uri()).unwrap().join(location(&answer)).unwrap();
    get_over_tls(done.as_str(), trusted).unwrap()
}

#[test]
fn an_https_redirect_uri_gets_a_certificate_of_its_own() {
    for (host, other) in
        [("localhost", "127.0.0.1"), ("127.0.0.1", "localhost"), ("[::1]", "localhost")]
    {
        let uri = format!("https://{host}:{}/callback", free_port());
        let sandbox = Sandbox::start(&["--redirect-uri", &uri]);
        let home = sandbox.home();
        define(&home, &sandbox, &[&format!("redirect_uri: \"{uri}\"")]);
        let mut waiting = home.start_connect(&[APP]);
        let port = url::Url::parse(&uri).unwrap().port().unwrap();
        let certificate = shown(port);
        // It is not for the other name, though the listener answers there, too.
        let elsewhere = format!("https://{other}:{port}/");
        let refused = get_over_tls(&elsewhere, &certificate).unwrap_err();
        assert!(refused.to_string().contains("not valid for name"), "{refused}");
        let short = get_over_tls(&waiting.short_link(), &certificate).unwrap();
        assert_eq!((status(&short), location(&short)), (302, &*waiting.url));
        // Nothing is answered in the clear.
        let plain = exchange(
            TcpStream::connect(("127.0.0.1", port)).unwrap(),
            &format!("GET / HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n"),
        );
        assert!(!plain.contains("HTTP/1"), "{plain}");
        let page = browse_over_tls(&waiting, &certificate);
        assert!(page.contains("is connected"), "{page}");
        waiting.finish().expect(0).says("will not know the certificate");
    }
}

#[test]
fn ones_own_certificate_is_shown_where_it_is_given() {
    let uri = format!("https://localhost:{}/callback", free_port());
    let sandbox = Sandbox::start(&["--redirect-uri", &uri]);
    let home = sandbox.home();
    define(&home, &sandbox, &[&format!("redirect_uri: {uri}")]);
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let pem = |kind: &str, der: &[u8]| {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN {kind}-----\n{text}\n-----END {kind}-----\n")
    };
    let certificate = home.write("own.pem", &pem("CERTIFICATE", cert.der()));
    let key = home.write("own.key", &pem("PRIVATE KEY", &signing_key.serialize_der()));
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().signing_key;
    home.write("other.key", &pem("PRIVATE KEY", &other.serialize_der()));
    let (certificate, key) = (certificate.display().to_string(), key.display().to_string());
    let mut waiting =
        home.start_connect(&[APP, "--tls-certificate", &certificate, "--tls-key", &key]);
    let page = browse_over_tls(&waiting, cert.der());
    assert!(page.contains("is connected"), "{page}");
    let ran = waiting.finish().expect(0);
    assert!(!ran.stderr.contains("will not know"), "{}", ran.stderr);
    for (key, why) in [("other.key", "cannot be used"), ("own.pem", "no private key"), ("x", "`x`")]
    {
        let arguments = ["connect", APP, "--tls-certificate", "own.pem", "--tls-key", key];
        home.run(&arguments).expect(2).says(why).says("--tls-key");
    }
    home.run(&["connect", APP, "--tls-certificate", "own.pem"]).expect(2).says("--tls-key");
}

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

#[test]
fn an_https_name_of_ones_own_is_listened_for_at_an_address() {
    let port = free_port();
    let uri = format!("https://practice.test:{port}/callback");
    let sandbox = Sandbox::start(&["--redirect-uri", &uri]);
    let home = sandbox.home();
    define(&home, &sandbox, &[&format!("redirect_uri: {uri}")]);
    let mut waiting = home.start_connect(&[APP, "--listen", &format!("127.0.0.1:{port}")]);
    let certificate = shown(port);
    let ask = |path: &str| {
        let name = ServerName::try_from("practice.test").unwrap();
        let tls = ClientConnection::new(client(Some(&certificate)), name).unwrap();
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let host = format!("practice.test:{port}");
        exchange(
            StreamOwned::new(tls, stream),
            &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        )
    };
    let right = redirect(&waiting.url);
    let answer = ask(right.split_once(&port.to_string()).unwrap().1);
    assert!(ask(location(&answer)).contains("is connected"), "{answer}");
    waiting.finish().expect(0);
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
