//! Verification of a compact JWS that carries claims (RFC 7515 section 5.2, RFC 7519 section 7.2).

use super::{Algorithm, JwkSet};
use crate::text::short;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Map, Value};

const MAX_BYTES: usize = 128 * 1024;

/// A token whose signature is right. What its claims mean is not looked at yet.
#[derive(Debug)]
pub struct Verified {
    /// The protected header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
}

/// Why a token is not to be trusted.
#[derive(Debug, thiserror::Error)]
pub enum JwtError {
    /// More than 128 KiB.
    #[error("the token is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// RFC 7515 section 7.1.
    #[error("the token is not a compact JWS: three parts in Base64url (RFC 7515 section 7.1)")]
    NotCompact,
    /// RFC 7515 section 4.
    #[error("the token's header is not one of a JWS (RFC 7515 section 4)")]
    Header,
    /// An algorithm that is unknown, `none`, or not to be used here.
    #[error("the token is signed with `{0}`, which is not accepted here (RFC 8725 section 3.1)")]
    Algorithm(String),
    /// Nothing is understood that may be critical.
    #[error(
        "the token's header has `crit`, and no extension is understood (RFC 7515 section 4.1.11)"
    )]
    Critical,
    /// There is no such key: perhaps the provider has new ones.
    #[error("none of the provider's keys fits the token{}", of_key_id(key_id.as_deref()))]
    UnknownKey {
        /// Which one the token names.
        key_id: Option<String>,
    },
    /// The signature is wrong.
    #[error("the token's signature is wrong (RFC 7515 section 5.2)")]
    Signature,
    /// The signature is right, but over something else.
    #[error("the token's claims are not a JSON object (RFC 7519 section 7.2)")]
    Claims,
}

/// Verifies a token's signature. Only an algorithm in `allowed` is accepted, and only together with
/// a key of its own kind; without a `kid`, every suitable key is tried.
///
/// # Errors
/// The token is not to be trusted. [`JwtError::UnknownKey`] may go away with a fresh JWKS.
pub fn verify(token: &str, keys: &JwkSet, allowed: &[Algorithm]) -> Result<Verified, JwtError> {
    let (header, payload) = verify_bytes(token, keys, allowed)?;
    let claims = serde_json::from_slice(&payload).map_err(|_| JwtError::Claims)?;
    Ok(Verified { header, claims })
}

/// The algorithm that a token claims to be signed with. Nothing is verified.
///
/// # Errors
/// It is no JWS, or has another algorithm.
pub fn algorithm_of(token: &str) -> Result<Algorithm, JwtError> {
    Jws::parse(token)?.algorithm()
}

/// Verifies any payload.
pub(super) fn verify_bytes(
    token: &str,
    keys: &JwkSet,
    allowed: &[Algorithm],
) -> Result<(Map<String, Value>, Vec<u8>), JwtError> {
    let jws = Jws::parse(token)?;
    let algorithm = jws.algorithm()?;
    if !allowed.contains(&algorithm) {
        return Err(JwtError::Algorithm(algorithm.name().to_owned()));
    }
    if jws.header.contains_key("crit") {
        return Err(JwtError::Critical);
    }
    let key_id = jws.key_id()?;
    let candidates = keys.candidates(algorithm, key_id);
    if candidates.is_empty() {
        return Err(JwtError::UnknownKey { key_id: key_id.map(|id| short(id, 80)) });
    }
    let input = jws.input.as_bytes();
    if !candidates.iter().any(|key| key.verifies(algorithm, input, &jws.signature)) {
        return Err(JwtError::Signature);
    }
    Ok((jws.header, jws.payload))
}

/// The hash of an `HS…` algorithm; no other algorithm has one.
pub(super) fn hmac_of(algorithm: Algorithm) -> Option<hmac::Algorithm> {
    match algorithm {
        Algorithm::Hs256 => Some(hmac::HMAC_SHA256),
        Algorithm::Hs384 => Some(hmac::HMAC_SHA384),
        Algorithm::Hs512 => Some(hmac::HMAC_SHA512),
        _ => None,
    }
}

/// A compact JWS, taken apart.
struct Jws<'a> {
    header: Map<String, Value>,
    payload: Vec<u8>,
    signature: Vec<u8>,
    /// What is signed: the first two parts as they came.
    input: &'a str,
}

impl<'a> Jws<'a> {
    fn parse(token: &'a str) -> Result<Self, JwtError> {
        if token.len() > MAX_BYTES {
            return Err(JwtError::TooLong);
        }
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::NotCompact);
        let (input, signature) = token.rsplit_once('.').ok_or(JwtError::NotCompact)?;
        let (header, payload) = input.split_once('.').ok_or(JwtError::NotCompact)?;
        let header = serde_json::from_slice(&decode(header)?).map_err(|_| JwtError::Header)?;
        Ok(Self { header, payload: decode(payload)?, signature: decode(signature)?, input })
    }

    fn algorithm(&self) -> Result<Algorithm, JwtError> {
        let name = self.header.get("alg").and_then(Value::as_str).ok_or(JwtError::Header)?;
        Algorithm::parse(name).ok_or_else(|| JwtError::Algorithm(short(name, 20)))
    }

    fn key_id(&self) -> Result<Option<&str>, JwtError> {
        match self.header.get("kid") {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or(JwtError::Header),
        }
    }
}

fn of_key_id(key_id: Option<&str>) -> String {
    key_id.map(|id| format!(", which names `{id}`")).unwrap_or_default()
}
