//! Pushed authorization requests.

use super::*;

const CLIENT: &str = "client_id=practice-par&client_secret=practice-par-secret";

fn request() -> String {
    format!(
        "response_type=code&redirect_uri={REDIRECT_URI}&scope=profile&state=s1\
         &code_challenge={CHALLENGE}&code_challenge_method=S256"
    )
}

async fn push(to: SocketAddr, request: &str) -> String {
    send(to, "POST /par", FORM, &format!("{CLIENT}&{request}")).await
}

async fn authorize(to: SocketAddr, pushed: &str) -> String {
    let uri = member(pushed, "request_uri").replace(':', "%3A");
    let line = format!("GET /authorize?client_id=practice-par&request_uri={uri}&state=ignored");
    send(to, &line, "", "").await
}

#[tokio::test]
async fn a_pushed_request_is_used_once_and_as_it_was_pushed() {
    let to = sandbox(&[]).await;
    let pushed = push(to, &request()).await;
    assert!(pushed.starts_with("HTTP/1.1 201"), "{pushed}");
    assert_eq!(json(&pushed)["expires_in"], 60);
    let redirect = authorize(to, &pushed).await;
    assert!(redirect.contains("code=practice-code-") && redirect.contains("state=s1"));
    let again = authorize(to, &pushed).await;
    assert!(again.starts_with("HTTP/1.1 400") && !again.contains("location:"), "{again}");
}

#[tokio::test]
async fn who_must_push_cannot_do_without() {
    let to = sandbox(&[]).await;
    let line = format!("GET /authorize?client_id=practice-par&{}", request());
    let answer = send(to, &line, "", "").await;
    assert!(answer.contains("error=invalid_request") && answer.contains("%2Fpar"), "{answer}");
}

#[tokio::test]
async fn a_request_is_checked_when_it_is_pushed() {
    let to = sandbox(&[]).await;
    for (request, error) in [
        (request().replace("S256", "plain"), "invalid_request"),
        (request().replace("profile", "nope"), "invalid_scope"),
        (request().replace("127.0.0.1", "evil.example"), "not registered this redirect_uri"),
        (format!("{}&request_uri=urn%3Ax", request()), "must not be pushed"),
    ] {
        let answer = push(to, &request).await;
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains(error), "{answer}");
    }
    let nobody = format!("client_id=practice-par&{}", request());
    assert!(send(to, "POST /par", FORM, &nobody).await.starts_with("HTTP/1.1 401"));
}

#[tokio::test]
async fn a_request_that_is_over_is_told_to_the_app() {
    let to = sandbox(&[Misbehaviour::ParExpired]).await;
    let pushed = push(to, &request()).await;
    let answer = authorize(to, &pushed).await;
    assert!(answer.contains("error=invalid_request_uri") && answer.contains("state=s1"));
}
