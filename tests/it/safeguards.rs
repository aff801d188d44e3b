//! What protects an authorization whatever the provider does.

use crate::certificates::{Certificates, pem};
use crate::support::{Home, Sandbox, query};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

#[test]
fn every_request_is_new_and_carries_an_s256_challenge() {
    let sandbox = Sandbox::start(&[]);
    let asked: Vec<_> = ["oauth2", "oauth2", "openid", "openid"]
        .iter()
        .map(|auth| {
            let waiting = sandbox.home().start_connect(&["sandbox-oauth2", "--auth", auth]);
            query(&waiting.url)
        })
        .collect();
    for one in &asked {
        assert_eq!(one["response_type"], "code");
        assert_eq!(one["code_challenge_method"], "S256");
        assert_eq!(one["code_challenge"].len(), 43);
        assert!(one["state"].len() >= 16, "{}", one["state"]);
        assert!(!one.contains_key("client_secret"));
    }
    assert_ne!(asked[0]["state"], asked[1]["state"]);
    assert_ne!(asked[0]["code_challenge"], asked[1]["code_challenge"]);
    assert!(!asked[0].contains_key("nonce"), "only OpenID Connect has one");
    assert_ne!(asked[2]["nonce"], asked[3]["nonce"]);
}

/// A server that speaks TLS only with clients that show a certificate of the authority. It answers
/// every request with the same JSON, and gives back the request lines.
fn server(certificates: &Certificates, requests: usize) -> (u16, JoinHandle<Vec<String>>) {
    let (certificate, key) = certificates.issue("localhost");
    let mut roots = RootCertStore::empty();
    roots.add(certificates.authority.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answered = std::thread::spawn(move || {
        let mut lines = Vec::new();
        while lines.len() < requests {
            let (stream, _) = listener.accept().unwrap();
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            lines.extend(answer(StreamOwned::new(connection, stream)));
        }
        lines
    });
    (port, answered)
}

/// One request, or none where the client shows no certificate.
fn answer(stream: impl Read + Write) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let json = r#"{"access_token":"bound-token","token_type":"Bearer","expires_in":3600}"#;
    let text = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{json}",
        json.len()
    );
    reader.get_mut().write_all(text.as_bytes()).ok()?;
    reader.get_mut().flush().ok()?;
    let request = first.trim().to_owned();
    Some(format!("{request} {}", String::from_utf8_lossy(&body)))
}

#[test]
fn a_client_shows_its_certificate() {
    let certificates = Certificates::new();
    let (port, answered) = server(&certificates, 2);
    let home = Home::new();
    let authority = home.write("authority.pem", &certificates.authority_pem());
    let home = home.set("SSL_CERT_FILE", authority.display().to_string());
    let (certificate, key) = certificates.issue("practice-client");
    home.write("client.pem", &pem("CERTIFICATE", certificate.der()));
    home.write("client-key.pem", &pem("PRIVATE KEY", &key.serialize_der()));
    home.define(
        "mutual",
        &format!(
            r#"title: Mutual TLS
base_url: https://localhost:{port}
fields:
  certificate: {{ label: Certificate, secret: true }}
  key: {{ label: Its private key, secret: true }}
authorizations:
  client:
    type: oauth2
    grant: client_credentials
    token_endpoint: /token
    client_authentication: tls_client_auth
    tls: {{ certificate: "{{{{certificate}}}}", key: "{{{{key}}}}" }}
    user_info_endpoint: null
"#
        ),
    );
    let fields = ["-f", "certificate=@client.pem", "-f", "key=@client-key.pem"];
    let connect = [&["connect", "mutual", "-f", "client_id=c1"], &fields[..]].concat();
    home.run(&connect).expect(0);
    home.run(&["call", "mutual", "/things"]).expect(0).prints("bound-token");
    let lines = answered.join().unwrap();
    assert!(lines[0].starts_with("POST /token HTTP/1.1 "), "{lines:?}");
    assert!(lines[0].contains("client_id=c1"), "{lines:?}");
    assert!(!lines[0].contains("client_secret"), "{lines:?}");
    assert!(lines[1].starts_with("GET /things"), "{lines:?}");
    home.write("client.pem", "no certificate");
    home.run(&connect).expect(6).says("certificate");
}
