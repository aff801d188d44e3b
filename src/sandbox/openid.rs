//! Defines the ID token (OpenID Connect Core 1.0 section 2) and the keys that it is signed with.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use crate::jose::{KeyError, SigningKey};

use super::called::Called;
use super::error::OAuthError;
use super::ledger::Issued;
use super::misbehave;
use super::provider::{Provider, unix_time};
use super::subject::Subject;

/// The scope that asks for an ID token (section 3.1.2.1).
pub(super) const SCOPE: &str = "openid";

/// `GET /jwks` (RFC 7517)
pub(super) async fn jwks(State(provider): State<Arc<Provider>>) -> Response {
    let Ok(mut jwk) = provider.signing_key.public_jwk() else {
        return Json(json!({"keys": []})).into_response();
    };
    jwk["kid"] = key_id(&provider.signing_key).into();
    jwk["use"] = "sig".into();
    jwk["alg"] = provider.signing_key.algorithm().name().into();
    Json(json!({"keys": [jwk]})).into_response()
}

fn key_id(key: &SigningKey) -> Option<String> {
    key.thumbprint().ok()
}

/// The ID token for what was issued, if the client asked for one and a person signed in.
pub(super) fn id_token(
    provider: &Provider,
    called: &Called,
    issued: &Issued,
) -> Result<Option<String>, OAuthError> {
    let asked = issued.scopes.iter().any(|scope| scope == SCOPE);
    let (Subject::Person(person), true) = (&issued.subject, asked) else { return Ok(None) };
    let mut claims = Map::new();
    let mut claim = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    let now = unix_time();
    claim("iss", called.issuer.clone().into());
    claim("sub", person.sub().into());
    claim("aud", issued.client_id.clone().into());
    claim("exp", (now + provider.lifetime.as_secs()).into());
    claim("iat", now.into());
    claim("at_hash", at_hash(&issued.access_token).into());
    if let Some(nonce) = &issued.nonce {
        claim("nonce", nonce.clone().into());
    }
    let told = person.claims().into_iter();
    claims.extend(told.filter(|(name, _)| has_scope(issued, name)));
    misbehave::id_token(&provider.switches, &mut claims);
    signed(provider, &claims)
        .map(Some)
        .map_err(|error| OAuthError::new("server_error", error.to_string()))
}

/// Section 5.4: which scope each claim belongs to.
fn has_scope(issued: &Issued, claim: &str) -> bool {
    let scope = if claim == "name" { "profile" } else { claim };
    issued.scopes.iter().any(|granted| granted == scope)
}

fn signed(provider: &Provider, claims: &Map<String, Value>) -> Result<String, KeyError> {
    let mut header = Map::new();
    header.insert("kid".to_owned(), key_id(&provider.signing_key).into());
    let other = misbehave::other_signing_key(&provider.switches)?;
    let key = other.as_ref().unwrap_or(&provider.signing_key);
    Ok(key.sign(&header, claims)?.expose().to_owned())
}

/// Section 3.1.3.6: the left half of the digest that ES256 signs.
fn at_hash(access_token: &str) -> String {
    let whole = digest(&SHA256, access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(&whole.as_ref()[..16])
}
