//! Drives the sandbox over its socket, as a client would.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Misbehaviour, Options, start};

mod assertions;
mod authorization_code;
mod device;
mod discovery;
mod dpop;
mod grants;
mod introspection;
mod oauth1;
mod openid;
mod protected_resource;
mod pushed;
mod registration;
mod signed;
mod strictness;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
// RFC 7636 appendix B
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT_URI: &str = "http%3A%2F%2F127.0.0.1%3A51004%2Fcallback";

async fn sandbox(misbehaviours: &[Misbehaviour]) -> SocketAddr {
    let misbehaviours = misbehaviours.to_vec();
    serve(Options { port: 0, agrees: true, misbehaviours, ..Options::default() }).await
}

async fn serve(options: Options) -> SocketAddr {
    let sandbox = start(options).await.expect("starts");
    let address = sandbox.address();
    tokio::spawn(sandbox.run());
    address
}

/// The whole answer as text.
async fn send(to: SocketAddr, line: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(to).await.expect("connects");
    let host = if headers.contains("Host:") { String::new() } else { format!("Host: {to}\r\n") };
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\n{host}{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.expect("writes");
    let mut answer = String::new();
    // A connection that breaks is an answer too.
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

async fn redirect(to: SocketAddr) -> String {
    let line = format!(
        "GET /authorize?response_type=code&client_id=practice&redirect_uri={REDIRECT_URI}\
         &scope=profile+email&state=s1&code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    send(to, &line, "", "").await
}

async fn token(to: SocketAddr, parameters: &str) -> String {
    let client = "client_id=practice&client_secret=practice-secret";
    send(to, "POST /token", FORM, &format!("{client}&{parameters}")).await
}

async fn exchange(to: SocketAddr, code: &str) -> String {
    let rest = format!("redirect_uri={REDIRECT_URI}&code_verifier={VERIFIER}");
    token(to, &format!("grant_type=authorization_code&code={code}&{rest}")).await
}

async fn refresh(to: SocketAddr, refresh_token: &str) -> String {
    token(to, &format!("grant_type=refresh_token&refresh_token={refresh_token}")).await
}

/// The body of an answer.
fn json(answer: &str) -> serde_json::Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

fn between<'a>(text: &'a str, start: &str, end: char) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split(end).next().unwrap_or_default()
}

fn member<'a>(answer: &'a str, name: &str) -> &'a str {
    between(answer, &format!("\"{name}\":\""), '"')
}

async fn user_info(to: SocketAddr, access_token: &str) -> String {
    send(to, "GET /userinfo", &format!("Authorization: Bearer {access_token}\r\n"), "").await
}
