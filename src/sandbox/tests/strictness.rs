//! What is refused wherever it is tried.

use super::*;

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
