//! Defines proofs of possession (RFC 9449): what makes a `DPoP` header good.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, Method};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};
use url::Url;

use crate::jose::{Algorithm, JwkSet, thumbprint, verify};

use super::lock::lock;
use super::misbehave;
use super::provider::{Provider, unix_time};
use super::random::random;

/// How old a proof may be, and how far two clocks may be apart (section 11.1), in seconds.
const WINDOW: u64 = 60;
/// How long a nonce is good.
const NONCE_LIFETIME: Duration = Duration::from_secs(300);
/// Section 4.2: members of a JWK that belong to a private key (RFC 7518 section 6).
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];

/// Why a proof does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ProofError {
    /// `invalid_dpop_proof`
    Invalid(&'static str),
    /// `use_dpop_nonce`, with the nonce to use.
    Nonce(String),
}

/// What a proof must be for.
pub(crate) struct Target<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: &'a str,
    /// The token that an API call presents.
    pub(crate) access_token: Option<&'a str>,
}

/// The nonces that were handed out (section 8), and when each ends.
#[derive(Default)]
pub(super) struct Nonces(Mutex<HashMap<String, Instant>>);

impl Nonces {
    fn hand_out(&self) -> String {
        let (nonce, now) = (random("practice-nonce-"), Instant::now());
        let mut nonces = lock(&self.0);
        nonces.retain(|_, until| *until > now);
        nonces.insert(nonce.clone(), now + NONCE_LIFETIME);
        nonce
    }

    fn is_good(&self, nonce: &str) -> bool {
        lock(&self.0).get(nonce).is_some_and(|until| *until > Instant::now())
    }
}

/// The thumbprint (RFC 7638) of the key whose possession a request proves; `None` if it does not
/// try. Section 4.3.
pub(super) fn proven_key(
    provider: &Provider,
    headers: &HeaderMap,
    target: &Target<'_>,
) -> Result<Option<String>, ProofError> {
    let mut proofs = headers.get_all("dpop").iter();
    let (first, second) = (proofs.next(), proofs.next());
    let Some(proof) = first else { return Ok(None) };
    if second.is_some() {
        return Err(ProofError::Invalid("there is more than one DPoP header"));
    }
    let proof = proof.to_str().map_err(|_| ProofError::Invalid("the DPoP header is no JWT"))?;
    let (claims, key) = verified(proof).map_err(ProofError::Invalid)?;
    is_for(&claims, target).map_err(ProofError::Invalid)?;
    has_nonce(provider, &claims)?;
    let jti = text(&claims, "jti").ok_or(ProofError::Invalid("jti is missing"))?;
    let remembered = Duration::from_secs(3 * WINDOW);
    if !provider.replay.first_use(format!("proof {key} {jti}"), remembered) {
        return Err(ProofError::Invalid("a proof with this jti was used before"));
    }
    Ok(Some(key))
}

/// The thumbprint of the key that a proof is signed with, and the proof's own `jti`, if it is a good one for
/// this request.
pub(crate) fn checked_proof(
    proof: &str,
    target: &Target<'_>,
) -> Result<(String, String), &'static str> {
    let (claims, key) = verified(proof)?;
    is_for(&claims, target)?;
    Ok((key, text(&claims, "jti").ok_or("jti is missing")?.to_owned()))
}

/// The claims of a proof that was signed with the key in its header, and that key's thumbprint.
fn verified(proof: &str) -> Result<(Map<String, Value>, String), &'static str> {
    let header = proof.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let header = header.and_then(|header| serde_json::from_slice::<Value>(&header).ok());
    let header = header.ok_or("the DPoP header is no JWT")?;
    if header["typ"] != "dpop+jwt" {
        return Err("typ is not dpop+jwt");
    }
    let jwk = &header["jwk"];
    if PRIVATE.iter().any(|member| jwk.get(member).is_some()) {
        return Err("jwk contains a private key");
    }
    // A name that the key has of its own would have to be that of the header.
    let members = jwk.as_object().ok_or("jwk is missing")?.iter();
    let bare: Map<_, _> = members
        .filter(|(name, _)| !matches!(name.as_str(), "kid" | "use" | "key_ops"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let keys = JwkSet::parse(&json!({"keys": [bare]})).map_err(|_| "jwk is no key")?;
    let claims = verify(proof, &keys, &Algorithm::ASYMMETRIC)
        .map_err(|_| "it was not signed with the key in its header")?
        .claims;
    Ok((claims, thumbprint(jwk).ok_or("jwk is no key")?))
}

/// Section 4.3, items 8 to 11: this request, now.
fn is_for(claims: &Map<String, Value>, target: &Target<'_>) -> Result<(), &'static str> {
    if text(claims, "htm") != Some(target.method.as_str()) {
        return Err("htm is not the method of the request");
    }
    if text(claims, "htu").and_then(normal) != normal(target.url) {
        return Err("htu is not the address of the request");
    }
    let issued = claims.get("iat").and_then(Value::as_u64).ok_or("iat is missing")?;
    if issued.abs_diff(unix_time()) > WINDOW {
        return Err("iat is not now");
    }
    match target.access_token {
        Some(token) if text(claims, "ath") != Some(&*hash(token)) => {
            Err("ath is not the digest of the access token")
        }
        _ => Ok(()),
    }
}

/// Section 8: only the sandbox that misbehaves demands one; one that is given must be good.
fn has_nonce(provider: &Provider, claims: &Map<String, Value>) -> Result<(), ProofError> {
    match text(claims, "nonce") {
        Some(nonce) if provider.nonces.is_good(nonce) => Ok(()),
        None if !misbehave::demands_nonce(&provider.switches) => Ok(()),
        _ => Err(ProofError::Nonce(provider.nonces.hand_out())),
    }
}

/// RFC 3986 section 6.2.2, without query and fragment.
fn normal(url: &str) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url.into())
}

/// Section 4.2, `ath`.
fn hash(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, access_token.as_bytes()))
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 9449 section 4.1, figure 2: the proof and its claims are public.
    const PROOF: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

    #[test]
    fn the_proof_of_the_rfc_is_verified() {
        let (claims, key) = verified(PROOF).unwrap();
        assert_eq!(claims["htu"], "https://server.example.com/token");
        // Section 6.1, figure 9: the same key's `jkt`.
        assert_eq!(key, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
        let method = Method::POST;
        let url = "https://server.example.com/token";
        let target = Target { method: &method, url, access_token: None };
        assert_eq!(is_for(&claims, &target), Err("iat is not now"));
    }

    #[test]
    fn the_hash_of_a_token_is_that_of_the_rfc() {
        // RFC 9449 section 7.1, figures 12 and 13.
        let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
        assert_eq!(hash(token), "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    }
}
