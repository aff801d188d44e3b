//! What a client learns about tokens.

use super::*;

async fn introspect(to: SocketAddr, client: &str, token: &str) -> String {
    send(to, "POST /introspect", FORM, &format!("{client}&token={token}")).await
}

const PRACTICE: &str = "client_id=practice&client_secret=practice-secret";
const OTHER: &str = "client_id=practice-2&client_secret=practice-2-secret";

#[tokio::test]
async fn a_client_learns_what_its_own_tokens_are_good_for() {
    let to = sandbox(&[]).await;
    let answer = exchange(to, between(&redirect(to).await, "code=", '&')).await;
    let access_token = member(&answer, "access_token");
    let told = json(&introspect(to, PRACTICE, access_token).await);
    assert_eq!(told["active"], true);
    assert_eq!(told["scope"], "profile email");
    assert_eq!((&told["sub"], &told["client_id"]), (&"ada".into(), &"practice".into()));
    assert_eq!(told["token_type"], "Bearer");
    let lives = told["exp"].as_u64().unwrap() - told["iat"].as_u64().unwrap();
    assert!((3598..=3600).contains(&lives), "{lives}");
    let told = json(&introspect(to, PRACTICE, member(&answer, "refresh_token")).await);
    assert_eq!((&told["active"], &told["exp"]), (&true.into(), &serde_json::Value::Null));
    send(to, "POST /sandbox/expire", "", "").await;
    let told = json(&introspect(to, PRACTICE, access_token).await);
    assert_eq!(told, serde_json::json!({"active": false}));
}

#[tokio::test]
async fn nobody_else_learns_anything() {
    let to = sandbox(&[]).await;
    let answer = exchange(to, between(&redirect(to).await, "code=", '&')).await;
    let access_token = member(&answer, "access_token");
    let inactive = serde_json::json!({"active": false});
    assert_eq!(json(&introspect(to, OTHER, access_token).await), inactive);
    assert_eq!(json(&introspect(to, PRACTICE, "x").await), inactive);
    for client in ["client_id=practice-public", "client_id=practice&client_secret=x", "a=b"] {
        let answer = introspect(to, client, access_token).await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{client}: {answer}");
    }
}
