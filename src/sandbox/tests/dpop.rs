//! Tokens that are bound to a key, with proofs good and bad.

use serde_json::{Map, Value, json};

use crate::jose::SigningKey;
use crate::sandbox::provider::unix_time;

use super::*;

const GRANT: &str = "grant_type=password&username=ada&password=practice-password";

/// A client with a key.
struct Prover {
    to: SocketAddr,
    key: SigningKey,
}

impl Prover {
    fn new(to: SocketAddr) -> Self {
        let (key, _) = SigningKey::generate_es256().unwrap();
        Self { to, key }
    }

    /// A proof whose claims are the right ones, but for `changes`; null takes one out.
    fn proof(&self, method: &str, path: &str, changes: &Value) -> String {
        let claims = json!({
            "jti": crate::sandbox::random::random(""),
            "htm": method,
            "htu": format!("http://{}{path}", self.to),
            "iat": unix_time(),
        });
        let (Value::Object(mut claims), Some(changes)) = (claims, changes.as_object()) else {
            unreachable!("both are objects")
        };
        claims.extend(changes.clone());
        claims.retain(|_, value| !value.is_null());
        self.sign(&claims)
    }

    fn sign(&self, claims: &Map<String, Value>) -> String {
        let header = json!({"typ": "dpop+jwt", "jwk": self.key.public_jwk().unwrap()});
        let proof = self.key.sign(header.as_object().unwrap(), claims).unwrap();
        format!("DPoP: {}\r\n", proof.expose())
    }

    async fn token(&self, client: &str, grant: &str, changes: &Value) -> String {
        let headers = format!("{FORM}{}", self.proof("POST", "/token", changes));
        send(self.to, "POST /token", &headers, &format!("{client}&{grant}")).await
    }

    async fn call(&self, token: &str, changes: &Value) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
        let ath = {
            use base64::Engine;
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest)
        };
        let mut claims = json!({"ath": ath});
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let proof = self.proof("GET", "/userinfo", &claims);
        let headers = format!("Authorization: DPoP {token}\r\n{proof}");
        send(self.to, "GET /userinfo", &headers, "").await
    }
}

const PUBLIC: &str = "client_id=practice-public";
const PRACTICE: &str = "client_id=practice&client_secret=practice-secret";

#[tokio::test]
async fn a_bound_token_is_good_with_its_key_only() {
    let to = sandbox(&[]).await;
    let (prover, thief) = (Prover::new(to), Prover::new(to));
    let answer = prover.token(PRACTICE, GRANT, &json!({})).await;
    assert_eq!(member(&answer, "token_type"), "DPoP");
    let token = member(&answer, "access_token");
    assert!(prover.call(token, &json!({})).await.contains("ada@sandbox.test"));
    let refused = thief.call(token, &json!({})).await;
    assert!(refused.contains("not bound to the key of this proof"), "{refused}");
    let bearer = user_info(to, token).await;
    assert!(bearer.starts_with("HTTP/1.1 401") && bearer.contains("www-authenticate: DPoP"));
    let told = send(to, "POST /introspect", FORM, &format!("{PRACTICE}&token={token}")).await;
    let told = json(&told);
    assert_eq!(told["token_type"], "DPoP");
    assert_eq!(told["cnf"]["jkt"], prover.key.thumbprint().unwrap());
}

#[tokio::test]
async fn an_unbound_token_is_no_dpop_token() {
    let to = sandbox(&[]).await;
    let answer = token(to, GRANT).await;
    let refused = Prover::new(to).call(member(&answer, "access_token"), &json!({})).await;
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
}

#[tokio::test]
async fn a_proof_is_for_one_request() {
    let to = sandbox(&[]).await;
    let prover = Prover::new(to);
    for changes in [
        json!({"htm": "GET"}),
        json!({"htu": format!("http://{to}/other")}),
        json!({"iat": unix_time() - 300}),
        json!({"iat": unix_time() + 300}),
        json!({"jti": null}),
        json!({"iat": null}),
    ] {
        let answer = prover.token(PUBLIC, GRANT, &changes).await;
        assert!(answer.contains("invalid_dpop_proof"), "{changes}: {answer}");
    }
    let query = json!({"htu": format!("http://{to}/token?x=1#y")});
    assert!(prover.token(PUBLIC, GRANT, &query).await.contains("access_token"));
    let once = json!({"jti": "once"});
    assert!(prover.token(PUBLIC, GRANT, &once).await.contains("access_token"));
    assert!(prover.token(PUBLIC, GRANT, &once).await.contains("used before"));
    let answer = prover.token(PUBLIC, GRANT, &json!({})).await;
    let token = member(&answer, "access_token");
    let refused = prover.call(token, &json!({"ath": "x"})).await;
    assert!(refused.contains("invalid_dpop_proof") && refused.contains("ath"), "{refused}");
    let twice = prover.proof("POST", "/token", &json!({}));
    let headers = format!("{FORM}{twice}{}", prover.proof("POST", "/token", &json!({})));
    let refused = send(to, "POST /token", &headers, &format!("{PUBLIC}&{GRANT}")).await;
    assert!(refused.contains("more than one DPoP header"), "{refused}");
}

#[tokio::test]
async fn the_refresh_token_of_a_public_client_is_bound_too() {
    let to = sandbox(&[]).await;
    let (prover, thief) = (Prover::new(to), Prover::new(to));
    let answer = prover.token(PUBLIC, GRANT, &json!({})).await;
    let refresh =
        format!("grant_type=refresh_token&refresh_token={}", member(&answer, "refresh_token"));
    assert!(thief.token(PUBLIC, &refresh, &json!({})).await.contains("bound to another key"));
    assert!(send(to, "POST /token", FORM, &format!("{PUBLIC}&{refresh}")).await.contains("bound"));
    let answer = prover.token(PUBLIC, &refresh, &json!({})).await;
    assert_eq!(member(&answer, "token_type"), "DPoP");
}

#[tokio::test]
async fn a_bound_token_is_not_exchanged_for_a_free_one() {
    let to = sandbox(&[]).await;
    let (prover, thief) = (Prover::new(to), Prover::new(to));
    let answer = prover.token(PRACTICE, GRANT, &json!({})).await;
    let exchange = format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token={}\
         &subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token",
        member(&answer, "access_token")
    );
    assert!(token(to, &exchange).await.contains("bound to another key"));
    assert!(thief.token(PRACTICE, &exchange, &json!({})).await.contains("bound to another key"));
    let answer = prover.token(PRACTICE, &exchange, &json!({})).await;
    assert_eq!(member(&answer, "token_type"), "DPoP");
}

#[tokio::test]
async fn a_code_can_be_bound_beforehand() {
    let to = sandbox(&[]).await;
    let (prover, thief) = (Prover::new(to), Prover::new(to));
    let request = format!(
        "response_type=code&redirect_uri={REDIRECT_URI}&code_challenge={CHALLENGE}\
         &code_challenge_method=S256&{PRACTICE}"
    );
    let headers = format!("{FORM}{}", prover.proof("POST", "/par", &json!({})));
    let pushed = send(to, "POST /par", &headers, &request).await;
    let uri = member(&pushed, "request_uri").replace(':', "%3A");
    let line = format!("GET /authorize?client_id=practice&request_uri={uri}");
    let redirect = send(to, &line, "", "").await;
    let exchange = format!(
        "grant_type=authorization_code&code={}&redirect_uri={REDIRECT_URI}\
         &code_verifier={VERIFIER}",
        between(&redirect, "code=", '&')
    );
    let refused = thief.token(PRACTICE, &exchange, &json!({})).await;
    assert!(refused.contains("invalid_grant"), "{refused}");
    let answer = prover.token(PRACTICE, &exchange, &json!({})).await;
    assert!(answer.contains("access_token"), "{answer}");
}

#[tokio::test]
async fn a_nonce_is_demanded_at_the_token_endpoint_and_at_the_api() {
    let to = sandbox(&[Misbehaviour::DpopNonce]).await;
    let prover = Prover::new(to);
    let refused = prover.token(PUBLIC, GRANT, &json!({})).await;
    assert!(refused.starts_with("HTTP/1.1 400") && refused.contains("use_dpop_nonce"));
    let nonce = between(&refused, "dpop-nonce: ", '\r');
    let answer = prover.token(PUBLIC, GRANT, &json!({"nonce": nonce})).await;
    let token = member(&answer, "access_token");
    for changes in [json!({}), json!({"nonce": "made-up"})] {
        let refused = prover.call(token, &changes).await;
        assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
        assert!(refused.contains(r#"error="use_dpop_nonce""#), "{refused}");
        let nonce = between(&refused, "dpop-nonce: ", '\r');
        let answer = prover.call(token, &json!({"nonce": nonce})).await;
        assert!(answer.contains("ada@sandbox.test"), "{answer}");
    }
}

#[tokio::test]
async fn a_registered_client_may_have_to_prove() {
    let to = sandbox(&[]).await;
    let metadata = r#"{"grant_types": ["client_credentials"], "dpop_bound_access_tokens": true,
        "token_endpoint_auth_method": "client_secret_post"}"#;
    let answer = send(to, "POST /register", "Content-Type: application/json\r\n", metadata).await;
    let client = format!(
        "client_id={}&client_secret={}",
        member(&answer, "client_id"),
        member(&answer, "client_secret")
    );
    let grant = "grant_type=client_credentials";
    let refused = send(to, "POST /token", FORM, &format!("{client}&{grant}")).await;
    assert!(refused.contains("invalid_dpop_proof"), "{refused}");
    let answer = Prover::new(to).token(&client, grant, &json!({})).await;
    assert_eq!(member(&answer, "token_type"), "DPoP");
}
