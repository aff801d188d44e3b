//! Clients and service accounts that sign.

use serde_json::{Map, Value, json};

use crate::jose::{Algorithm, SigningKey};
use crate::sandbox::provider::unix_time;
use crate::sandbox::random::random;
use crate::secret::Secret;

use super::*;

const TYPE: &str =
    "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
const JWT_BEARER: &str = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
const GRANT: &str = "grant_type=client_credentials";

/// A practice key as the sandbox hands it out.
async fn practice_key(to: SocketAddr, name: &str, algorithm: Algorithm) -> SigningKey {
    let answer = send(to, &format!("GET /sandbox/keys/{name}"), "", "").await;
    let (_, pem) = answer.split_once("\r\n\r\n").unwrap();
    SigningKey::read(algorithm, &Secret::from(pem)).unwrap()
}

/// An assertion whose claims are the right ones, but for `changes`; null takes one out.
fn assertion(to: SocketAddr, key: &SigningKey, issuer: &str, changes: &Value) -> String {
    let mut claims = json!({
        "iss": issuer,
        "sub": issuer,
        "aud": format!("http://{to}"),
        "exp": unix_time() + 60,
        "jti": random(""),
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let mut claims = claims.as_object().unwrap().clone();
    claims.retain(|_, value| !value.is_null());
    key.sign(&Map::new(), &claims).unwrap().expose().to_owned()
}

async fn as_client(to: SocketAddr, assertion: &str) -> String {
    let body = format!("{TYPE}&client_assertion={assertion}&{GRANT}");
    send(to, "POST /token", FORM, &body).await
}

#[tokio::test]
async fn every_practice_key_proves_the_client() {
    let to = sandbox(&[]).await;
    for (name, algorithm) in [
        ("rsa.pem", Algorithm::Rs256),
        ("rsa.pem", Algorithm::Ps256),
        ("ec.pem", Algorithm::Es256),
        ("ed25519.pem", Algorithm::EdDsa),
    ] {
        let key = practice_key(to, name, algorithm).await;
        let answer = as_client(to, &assertion(to, &key, "practice-key", &json!({}))).await;
        assert!(answer.contains("access_token"), "{name}: {answer}");
    }
    let stranger = SigningKey::generate_es256().unwrap().0;
    let answer = as_client(to, &assertion(to, &stranger, "practice-key", &json!({}))).await;
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("signature"), "{answer}");
}

#[tokio::test]
async fn a_secret_proves_the_client_that_is_registered_for_it() {
    let to = sandbox(&[]).await;
    let sign = |secret: &str, client: &str| {
        let key = SigningKey::from_secret(Algorithm::Hs256, secret.as_bytes()).unwrap();
        assertion(to, &key, client, &json!({}))
    };
    let secret = crate::sandbox::SIGNING_CLIENT_SECRET;
    assert!(as_client(to, &sign(secret, "practice-jwt")).await.contains("access_token"));
    assert!(as_client(to, &sign("other", "practice-jwt")).await.contains("invalid_client"));
    // Neither is a public key a secret, nor does a client choose its method.
    for client in ["practice-key", "practice"] {
        let answer = as_client(to, &sign("practice-secret", client)).await;
        assert!(answer.contains("client_secret_jwt is not what"), "{answer}");
    }
}

#[tokio::test]
async fn an_assertion_is_for_this_server_now_and_once() {
    let to = sandbox(&[]).await;
    let key = practice_key(to, "ec.pem", Algorithm::Es256).await;
    let now = unix_time();
    for changes in [
        json!({"aud": "https://other.example"}),
        json!({"aud": null}),
        json!({"exp": now - 60}),
        json!({"exp": now + 7200}),
        json!({"exp": null}),
        json!({"nbf": now + 300}),
        json!({"jti": null}),
        json!({"sub": "practice"}),
        json!({"sub": null}),
    ] {
        let answer = as_client(to, &assertion(to, &key, "practice-key", &changes)).await;
        assert!(answer.contains("invalid_client"), "{changes}: {answer}");
    }
    for audience in [json!(format!("http://{to}/token")), json!(["x", format!("http://{to}")])] {
        let good = assertion(to, &key, "practice-key", &json!({"aud": audience}));
        assert!(as_client(to, &good).await.contains("access_token"));
        assert!(as_client(to, &good).await.contains("used before"));
    }
    let good = assertion(to, &key, "practice-key", &json!({}));
    let both = format!("{TYPE}&client_assertion={good}&client_secret=x&{GRANT}");
    assert!(send(to, "POST /token", FORM, &both).await.contains("two ways at once"));
    let other = format!("{TYPE}&client_assertion={good}&client_id=practice&{GRANT}");
    assert!(send(to, "POST /token", FORM, &other).await.contains("client_id differs"));
}

#[tokio::test]
async fn a_service_account_asks_for_itself_or_for_a_person() {
    let to = sandbox(&[]).await;
    let file = json(&send(to, "GET /sandbox/service-account.json", "", "").await);
    let account = file["client_email"].as_str().unwrap();
    let pem = Secret::from(file["private_key"].as_str().unwrap());
    let key = SigningKey::read(Algorithm::Rs256, &pem).unwrap();
    let ask = async |changes: Value| {
        let assertion = assertion(to, &key, account, &changes);
        let body = format!("{JWT_BEARER}&assertion={assertion}");
        send(to, "POST /token", FORM, &body).await
    };
    let answer = ask(json!({"scope": "notes.read", "aud": file["token_uri"]})).await;
    assert!(!answer.contains("refresh_token") && answer.contains("notes.read"), "{answer}");
    assert!(user_info(to, member(&answer, "access_token")).await.contains(account));
    let answer = ask(json!({"sub": "ada@sandbox.test"})).await;
    assert!(user_info(to, member(&answer, "access_token")).await.contains("Ada Lovelace"));
    for changes in
        [json!({"sub": "nobody"}), json!({"aud": "https://other.example"}), json!({"iss": "x"})]
    {
        let answer = ask(changes).await;
        assert!(answer.contains("invalid_grant"), "{answer}");
    }
}

#[tokio::test]
async fn a_client_may_register_its_own_key() {
    let to = sandbox(&[]).await;
    let key = SigningKey::generate_es256().unwrap().0;
    let metadata = json!({
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [key.public_jwk().unwrap()]},
    });
    let json = "Content-Type: application/json\r\n";
    let answer = send(to, "POST /register", json, &metadata.to_string()).await;
    assert!(!answer.contains("client_secret\""), "{answer}");
    let id = member(&answer, "client_id");
    let answer = as_client(to, &assertion(to, &key, id, &serde_json::json!({}))).await;
    assert!(answer.contains("access_token"), "{answer}");
}
