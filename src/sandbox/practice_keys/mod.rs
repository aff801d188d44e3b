//! Defines the practice keys: private keys that everybody knows, for clients that sign. They are
//! those of RFC 7515 appendices A.2 and A.3 and of RFC 8037 appendix A.1.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};

use crate::jose::{Algorithm, SigningKey};
use crate::secret::Secret;

use super::called::Called;
use super::client::SERVICE_ACCOUNT;

/// File name, an algorithm that the key is good for, PKCS#8.
const KEYS: [(&str, Algorithm, &str); 3] = [
    ("rsa.pem", Algorithm::Rs256, include_str!("rsa.pem")),
    ("ec.pem", Algorithm::Es256, include_str!("ec.pem")),
    ("ed25519.pem", Algorithm::EdDsa, include_str!("ed25519.pem")),
];

/// The public halves as a JWKS (RFC 7517); the RSA key is good for RS256 and PS256 alike.
pub(super) fn public() -> Value {
    let keys: Vec<_> = KEYS.iter().filter_map(|(_, algorithm, pem)| jwk(*algorithm, pem)).collect();
    json!({"keys": keys})
}

fn jwk(algorithm: Algorithm, pem: &str) -> Option<Value> {
    let key = SigningKey::read(algorithm, &Secret::from(pem)).ok()?;
    let mut jwk = key.public_jwk().ok()?;
    jwk["kid"] = key.thumbprint().ok()?.into();
    Some(jwk)
}

/// The key that an algorithm takes, if one of them is for it.
pub(crate) fn practice_key(algorithm: &str) -> Option<&'static str> {
    let at = match algorithm {
        "ES256" => 1,
        "EdDSA" => 2,
        rsa if rsa.starts_with("RS") || rsa.starts_with("PS") => 0,
        _ => return None,
    };
    Some(KEYS[at].2)
}

/// The RSA key, for whoever signs with it.
pub(super) fn rsa() -> &'static str {
    KEYS[0].2
}

/// `GET /sandbox/keys/rsa.pem`, `ec.pem`, `ed25519.pem`
pub(super) async fn pem(Path((name,)): Path<(String,)>) -> Response {
    match KEYS.iter().find(|(key, _, _)| *key == name) {
        Some((_, _, pem)) => {
            ([(header::CONTENT_TYPE, "application/x-pem-file")], *pem).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /sandbox/service-account.json`: the file that a service account is handed out in.
pub(super) async fn service_account(Extension(called): Extension<Called>) -> Response {
    let (_, algorithm, pem) = KEYS[0];
    let key_id = jwk(algorithm, pem).map(|jwk| jwk["kid"].clone());
    Json(json!({
        "type": "service_account",
        "client_email": SERVICE_ACCOUNT,
        "private_key_id": key_id,
        "private_key": pem,
        "token_uri": format!("{}/token", called.origin),
    }))
    .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_practice_key_can_be_read() {
        let keys = public();
        let kinds: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|k| &k["kty"]).collect();
        assert_eq!(kinds, ["RSA", "EC", "OKP"]);
        // RFC 8037 appendix A.3
        assert_eq!(keys["keys"][2]["kid"], "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
