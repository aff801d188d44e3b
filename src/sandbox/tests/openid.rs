//! ID tokens, as a client checks them.

use serde_json::{Value, json};

use crate::jose::{Algorithm, JwkSet, JwtError, Verified, verify};

use super::*;

async fn sign_in(to: SocketAddr, scope: &str) -> String {
    let line = format!(
        "GET /authorize?response_type=code&client_id=practice&redirect_uri={REDIRECT_URI}\
         &scope={scope}&nonce=n1&code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    exchange(to, between(&send(to, &line, "", "").await, "code=", '&')).await
}

/// The ID token of an answer, checked with the published keys.
async fn id_token(to: SocketAddr, answer: &str) -> Result<Verified, JwtError> {
    let keys = json(&send(to, "GET /jwks", "", "").await);
    let keys = JwkSet::parse(&keys).unwrap();
    verify(member(answer, "id_token"), &keys, &[Algorithm::Es256])
}

#[tokio::test]
async fn who_asks_for_openid_learns_who_signed_in() {
    let to = sandbox(&[]).await;
    let answer = sign_in(to, "openid+email").await;
    let claims = id_token(to, &answer).await.unwrap().claims;
    assert_eq!(claims["iss"], format!("http://{to}"));
    assert_eq!((&claims["sub"], &claims["aud"]), (&json!("ada"), &json!("practice")));
    assert_eq!((&claims["nonce"], claims.get("name")), (&json!("n1"), None));
    assert_eq!(claims["email"], "ada@sandbox.test");
    let token = crate::secret::Secret::from(member(&answer, "access_token"));
    let issuer = format!("http://{to}");
    let keys = json(&send(to, "GET /jwks", "", "").await);
    // The client's own rules agree, `at_hash` among them.
    let expected = crate::oauth2::Expected {
        issuer: &issuer,
        client_id: "practice",
        client_secret: None,
        nonce: Some("n1"),
        access_token: Some(&token),
        now: claims["iat"].as_i64().unwrap(),
    };
    let id_token = crate::secret::Secret::from(member(&answer, "id_token"));
    let keys = JwkSet::parse(&keys).unwrap();
    assert!(crate::oauth2::check_id_token(&id_token, &keys, &expected).is_ok());
}

#[tokio::test]
async fn a_refresh_brings_one_without_the_nonce() {
    let to = sandbox(&[]).await;
    let answer = sign_in(to, "openid").await;
    let answer = refresh(to, member(&answer, "refresh_token")).await;
    let claims = id_token(to, &answer).await.unwrap().claims;
    assert_eq!((&claims["sub"], claims.get("nonce")), (&json!("ada"), None));
}

#[tokio::test]
async fn without_the_scope_or_a_person_there_is_none() {
    let to = sandbox(&[]).await;
    assert!(!sign_in(to, "profile").await.contains("id_token"));
    let client = token(to, "grant_type=client_credentials&scope=openid").await;
    assert!(client.contains("access_token") && !client.contains("id_token"), "{client}");
}

#[tokio::test]
async fn every_misbehaviour_breaks_its_own_rule() {
    for (misbehaviour, claim, value) in [
        (Misbehaviour::IdTokenIssuer, "iss", json!("https://attacker.example")),
        (Misbehaviour::IdTokenAudience, "aud", json!("somebody-else")),
        (Misbehaviour::IdTokenNonce, "nonce", json!("of-another-request")),
    ] {
        let to = sandbox(&[misbehaviour]).await;
        let claims = id_token(to, &sign_in(to, "openid").await).await.unwrap().claims;
        assert_eq!(claims[claim], value);
    }
    let to = sandbox(&[Misbehaviour::IdTokenExpired]).await;
    let claims = id_token(to, &sign_in(to, "openid").await).await.unwrap().claims;
    let age = super::super::provider::unix_time() - claims["exp"].as_u64().unwrap();
    assert!((3600..3660).contains(&age), "{age}");
    let to = sandbox(&[Misbehaviour::IdTokenSignature]).await;
    let refused = id_token(to, &sign_in(to, "openid").await).await.map(|v| Value::Object(v.claims));
    assert!(matches!(refused, Err(JwtError::Signature)));
}
