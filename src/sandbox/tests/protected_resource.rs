//! The resource that tells who gives tokens for it, and tokens for one resource only.

use super::*;

async fn token_for(to: SocketAddr, resource: &str) -> String {
    let resource = if resource.is_empty() {
        String::new()
    } else {
        format!("&resource=http%3A%2F%2F{to}{resource}")
    };
    let line = format!(
        "GET /authorize?response_type=code&client_id=practice&redirect_uri={REDIRECT_URI}\
         &code_challenge={CHALLENGE}&code_challenge_method=S256{resource}"
    );
    let redirect = send(to, &line, "", "").await;
    member(&exchange(to, between(&redirect, "code=", '&')).await, "access_token").to_owned()
}

async fn call(to: SocketAddr, line: &str, token: &str, body: &str) -> String {
    send(to, line, &format!("Authorization: Bearer {token}\r\n"), body).await
}

#[tokio::test]
async fn the_challenge_leads_to_the_metadata() {
    let to = sandbox(&[]).await;
    let refused = send(to, "POST /mcp", "", "{}").await;
    assert!(refused.starts_with("HTTP/1.1 401") && !refused.contains("error="), "{refused}");
    let metadata = between(&refused, "resource_metadata=\"", '"');
    let path = metadata.strip_prefix(&format!("http://{to}")).unwrap();
    let metadata = json(&send(to, &format!("GET {path}"), "", "").await);
    assert_eq!(metadata["resource"], format!("http://{to}/mcp"));
    assert_eq!(metadata["authorization_servers"], serde_json::json!([format!("http://{to}")]));
}

#[tokio::test]
async fn only_a_token_for_the_resource_is_good_there() {
    let to = sandbox(&[]).await;
    let (bound, free) = (token_for(to, "%2Fmcp").await, token_for(to, "").await);
    let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#;
    let answer = json(&call(to, "POST /mcp", &bound, initialize).await);
    assert_eq!(answer["result"]["serverInfo"]["name"], "sandbox");
    assert_eq!(json(&call(to, "GET /mcp", &bound, "").await)["protocol"], "mcp");
    assert!(call(to, "POST /mcp", &free, initialize).await.contains("invalid_token"));
    // And it is good nowhere else but at the provider's own user information.
    assert!(call(to, "GET /api/x", &bound, "").await.contains("another resource"));
    assert!(call(to, "GET /api/userinfo", &bound, "").await.contains("another resource"));
    assert!(call(to, "GET /userinfo", &bound, "").await.contains("ada@sandbox.test"));
    assert!(call(to, "GET /api/x", &free, "").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_token_request_may_narrow_its_resources_only() {
    let to = sandbox(&[]).await;
    let resources = format!("resource=http%3A%2F%2F{to}%2Fmcp&resource=http%3A%2F%2F{to}%2Fapi");
    let answer = token(
        to,
        &format!("grant_type=password&username=ada&password=practice-password&{resources}"),
    )
    .await;
    let refresh_token = member(&answer, "refresh_token");
    let refresh = format!("grant_type=refresh_token&refresh_token={refresh_token}");
    let other = token(to, &format!("{refresh}&resource=https%3A%2F%2Fother.example%2F")).await;
    assert!(other.contains("invalid_target"), "{other}");
    let answer = token(to, &format!("{refresh}&resource=http%3A%2F%2F{to}%2Fapi")).await;
    let narrowed = member(&answer, "access_token");
    assert!(call(to, "GET /api/x", narrowed, "").await.starts_with("HTTP/1.1 200"));
    assert!(call(to, "POST /mcp", narrowed, "{}").await.starts_with("HTTP/1.1 401"));
}

#[tokio::test]
async fn messages_are_answered_as_json_rpc_says() {
    let to = sandbox(&[]).await;
    let token = token_for(to, "%2Fmcp").await;
    let notification = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let answer = call(to, "POST /mcp", &token, notification).await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    for (message, code) in [
        ("{", -32700),
        (r#"{"jsonrpc":"2.0","id":1}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"x"}"#, -32601),
    ] {
        assert_eq!(json(&call(to, "POST /mcp", &token, message).await)["error"]["code"], code);
    }
    let events = format!("Authorization: Bearer {token}\r\nAccept: text/event-stream\r\n");
    assert!(send(to, "GET /mcp", &events, "").await.starts_with("HTTP/1.1 405"));
}

#[tokio::test]
async fn metadata_of_another_resource_is_a_misbehaviour() {
    let to = sandbox(&[Misbehaviour::MetadataResource]).await;
    let answer = send(to, "GET /.well-known/oauth-protected-resource/mcp", "", "").await;
    assert_eq!(json(&answer)["resource"], "https://attacker.example/mcp");
}
