//! Redirect URIs over https, with a certificate that is made or one's own.

use super::{APP, define, exchange, free_port, location, redirect, status};
use crate::support::{Sandbox, Waiting};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, StreamOwned};
use std::net::TcpStream;
use std::sync::Arc;

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
