//! Drives the sandbox over its socket, as a client would.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Misbehaviour, Options, start};

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

#[tokio::test]
async fn a_replayed_code_revokes_what_it_gave() {
    let to = sandbox(&[]).await;
    let redirect = redirect(to).await;
    assert!(redirect.starts_with("HTTP/1.1 303"), "{redirect}");
    assert!(redirect.contains("state=s1") && redirect.contains("iss=http%3A%2F%2F127.0.0.1"));
    let code = between(&redirect, "code=", '&');
    let answer = exchange(to, code).await;
    assert!(answer.contains("cache-control: no-store"), "{answer}");
    let access_token = member(&answer, "access_token");
    assert!(user_info(to, access_token).await.contains("ada@sandbox.test"));
    assert!(exchange(to, code).await.contains("invalid_grant"));
    assert!(user_info(to, access_token).await.contains("invalid_token"));
}

#[tokio::test]
async fn a_replayed_refresh_token_revokes_its_family() {
    let to = sandbox(&[]).await;
    let answer = exchange(to, between(&redirect(to).await, "code=", '&')).await;
    let first = member(&answer, "refresh_token");
    let wider = format!("grant_type=refresh_token&scope=notes.read&refresh_token={first}");
    assert!(token(to, &wider).await.contains("invalid_scope"));
    let answer = refresh(to, first).await;
    let second = member(&answer, "refresh_token");
    assert!(refresh(to, first).await.contains("invalid_grant"));
    assert!(refresh(to, second).await.contains("invalid_grant"));
    assert!(user_info(to, member(&answer, "access_token")).await.contains("401"));
}

#[tokio::test]
async fn a_dropped_refresh_still_spends_the_token() {
    let to = sandbox(&[Misbehaviour::DropAfterRefresh]).await;
    let answer = exchange(to, between(&redirect(to).await, "code=", '&')).await;
    let refresh_token = member(&answer, "refresh_token");
    let dropped = refresh(to, refresh_token).await;
    assert!(!dropped.contains("access_token"), "{dropped}");
    assert!(refresh(to, refresh_token).await.contains("used before"));
}

#[tokio::test]
async fn token_requests_are_read_strictly() {
    let to = sandbox(&[]).await;
    let wrong = "client_id=practice&client_secret=nope&grant_type=refresh_token&refresh_token=x";
    let answer = send(to, "POST /token", FORM, wrong).await;
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("www-authenticate: Basic"));
    let basic = format!("{FORM}Authorization: Basic cHJhY3RpY2U6cHJhY3RpY2Utc2VjcmV0\r\n");
    let both = send(to, "POST /token", &basic, "client_secret=x&grant_type=refresh_token").await;
    assert!(both.contains("invalid_request"), "{both}");
    let good = send(to, "POST /token", &basic, "grant_type=refresh_token&refresh_token=x").await;
    assert!(good.contains("invalid_grant"), "{good}");
    assert!(token(to, "grant_type=a&grant_type=a").await.contains("more than once"));
    let json = send(to, "POST /token", "Content-Type: application/json\r\n", "{}").await;
    assert!(json.contains("invalid_request"), "{json}");
}

#[tokio::test]
async fn bad_redirect_uris_and_hosts_are_not_answered() {
    let to = sandbox(&[]).await;
    let line = "GET /authorize?client_id=practice&redirect_uri=https%3A%2F%2Fevil.example%2F";
    let answer = send(to, line, "", "").await;
    assert!(answer.starts_with("HTTP/1.1 400") && !answer.contains("location:"), "{answer}");
    let answer = send(to, "GET /sandbox/state", "Host: evil.example\r\n", "").await;
    assert!(answer.starts_with("HTTP/1.1 421"), "{answer}");
    let answer = send(to, "POST /sandbox/expire", "Origin: https://evil.example\r\n", "").await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

#[tokio::test]
async fn a_credential_counts_only_in_its_place() {
    let to = sandbox(&[]).await;
    let bearer = "Authorization: Bearer practice-key\r\n";
    let good = send(to, "POST /api-key/api/notes?a=1&a=2", bearer, "hello").await;
    assert!(good.contains(r#""query":{"a":["1","2"]}"#) && good.contains(r#""body":"hello""#));
    assert!(!good.contains("practice-key"), "{good}");
    for (line, headers) in [
        ("GET /api-key/me?api_key=practice-key", ""),
        ("GET /api-key/me?api_key=practice-key", bearer),
        ("GET /api-key/me", "X-Api-Key: practice-key\r\n"),
        ("GET /api-key-url/me", bearer),
        ("GET /login/me", bearer),
    ] {
        let answer = send(to, line, headers, "").await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{line}: {answer}");
    }
}

#[tokio::test]
async fn a_page_decides_once_and_only_for_its_own_origin() {
    let to = serve(Options { port: 0, ..Options::default() }).await;
    let page = redirect(to).await;
    let id = between(&page, "name=\"request\" value=\"", '"');
    let form = format!("request={id}&person=grace&decision=allow");
    let foreign = format!("{FORM}Origin: https://evil.example\r\n");
    assert!(send(to, "POST /authorize/decide", &foreign, &form).await.contains("403"));
    let own = format!("{FORM}Origin: http://{to}\r\n");
    let redirect = send(to, "POST /authorize/decide", &own, &form).await;
    let answer = exchange(to, between(&redirect, "code=", '&')).await;
    assert!(user_info(to, member(&answer, "access_token")).await.contains("grace@sandbox.test"));
    let again = send(to, "POST /authorize/decide", &own, &form).await;
    assert!(again.starts_with("HTTP/1.1 400"), "{again}");
}

#[tokio::test]
async fn a_revoked_refresh_token_takes_its_access_token_with_it() {
    let to = sandbox(&[]).await;
    let answer = exchange(to, between(&redirect(to).await, "code=", '&')).await;
    let (access_token, refresh_token) =
        (member(&answer, "access_token"), member(&answer, "refresh_token"));
    let body = format!("client_id=practice&client_secret=practice-secret&token={refresh_token}");
    assert!(send(to, "POST /revoke", FORM, &body).await.starts_with("HTTP/1.1 200"));
    assert!(user_info(to, access_token).await.contains("was revoked"));
    assert!(refresh(to, refresh_token).await.contains("invalid_grant"));
}
