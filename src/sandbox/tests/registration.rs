//! Dynamic client registration, and what a registered client may do.

use super::*;

const JSON: &str = "Content-Type: application/json\r\n";

async fn register(to: SocketAddr, metadata: &str) -> String {
    send(to, "POST /register", JSON, metadata).await
}

#[tokio::test]
async fn a_registered_client_works_like_any_other() {
    let to = sandbox(&[]).await;
    let answer = register(
        to,
        r#"{"client_name": "Mine", "redirect_uris": ["http://127.0.0.1/mine"],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "client_secret_post"}"#,
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let registered = json(&answer);
    assert_eq!(registered["response_types"], serde_json::json!(["code"]));
    assert_eq!(registered["client_secret_expires_at"], 0);
    let (id, secret) = (member(&answer, "client_id"), member(&answer, "client_secret"));
    let authorize = |redirect_uri: &str| {
        format!(
            "GET /authorize?response_type=code&client_id={id}&redirect_uri={redirect_uri}\
             &code_challenge={CHALLENGE}&code_challenge_method=S256"
        )
    };
    // What practice clients have registered is not this client's.
    let foreign = send(to, &authorize(REDIRECT_URI), "", "").await;
    assert!(foreign.starts_with("HTTP/1.1 400"), "{foreign}");
    let mine = "http%3A%2F%2F127.0.0.1%3A5%2Fmine";
    let redirect = send(to, &authorize(mine), "", "").await;
    let client = format!("client_id={id}&client_secret={secret}");
    let code = between(&redirect, "code=", '&');
    let body = format!(
        "{client}&grant_type=authorization_code&code={code}&redirect_uri={mine}\
         &code_verifier={VERIFIER}"
    );
    let answer = send(to, "POST /token", FORM, &body).await;
    assert!(answer.contains("refresh_token"), "{answer}");
    let other = format!("{client}&grant_type=client_credentials");
    assert!(send(to, "POST /token", FORM, &other).await.contains("unauthorized_client"));
}

#[tokio::test]
async fn who_did_not_register_to_refresh_gets_nothing_to_refresh_with() {
    let to = sandbox(&[]).await;
    let metadata = r#"{"grant_types": ["password"], "token_endpoint_auth_method": "none"}"#;
    let id = member(&register(to, metadata).await, "client_id").to_owned();
    let body =
        format!("client_id={id}&grant_type=password&username=ada&password=practice-password");
    let answer = send(to, "POST /token", FORM, &body).await;
    assert!(answer.contains("access_token") && !answer.contains("refresh_token"), "{answer}");
}

#[tokio::test]
async fn a_client_authenticates_as_it_registered() {
    let to = sandbox(&[]).await;
    let answer = register(to, r#"{"grant_types": ["client_credentials"]}"#).await;
    assert_eq!(json(&answer)["token_endpoint_auth_method"], "client_secret_basic");
    let (id, secret) = (member(&answer, "client_id"), member(&answer, "client_secret"));
    let post = format!("client_id={id}&client_secret={secret}&grant_type=client_credentials");
    let refused = send(to, "POST /token", FORM, &post).await;
    assert!(refused.contains("client_secret_post is not what"), "{refused}");
}

#[tokio::test]
async fn senseless_metadata_is_refused() {
    let to = sandbox(&[]).await;
    for (metadata, error) in [
        ("{}", "invalid_redirect_uri"),
        (r#"{"redirect_uris": ["http://app.example/"]}"#, "invalid_redirect_uri"),
        (
            r#"{"redirect_uris": ["https://a.example/"], "token_endpoint_auth_method": "magic"}"#,
            "invalid_client_metadata",
        ),
        (
            r#"{"redirect_uris": ["https://a.example/"], "response_types": ["token"]}"#,
            "invalid_client_metadata",
        ),
        (r#"{"grant_types": ["implicit"]}"#, "invalid_client_metadata"),
        ("[", "invalid_client_metadata"),
    ] {
        let answer = register(to, metadata).await;
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains(error), "{answer}");
    }
    assert!(send(to, "POST /register", FORM, "{}").await.contains("application/json"));
}
