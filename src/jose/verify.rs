//! Checking a JSON Web Token (RFC 7519 section 7.2) with the hardening of RFC 8725.

use super::algorithm::{Algorithm, Family};
use super::from_base64url;
use super::jwk::JwkSet;
use super::key::digest;
use crate::secret::Secret;
use ring::hmac;
use serde_json::{Map, Value};

/// The longest token that is looked at, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// A token whose signature is good.
#[derive(Debug)]
pub struct Verified {
    /// RFC 7515 section 4.
    pub header: Map<String, Value>,
    /// RFC 7519 section 4. Only signed: what they say is still to be checked.
    pub claims: Map<String, Value>,
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// No three parts of Base64url, or no JSON objects in them.
    #[error("it is no signed JSON Web Token (RFC 7519 section 7.2)")]
    Malformed,
    /// `none`, an unknown one, or one that is not expected here.
    #[error("its algorithm is not one that is expected here (RFC 8725 section 3.1)")]
    Algorithm,
    /// It demands to be understood in a way that we do not know.
    #[error("it has a critical extension that is not known (RFC 7515 section 4.1.11)")]
    Critical,
    /// No key fits: the provider may have new ones.
    #[error("none of the provider's keys is the one that it names (RFC 7515 section 4.1.4)")]
    UnknownKey,
    /// A key fits and did not sign this.
    #[error("its signature is wrong (RFC 7515 section 5.2)")]
    Signature,
}

/// Checks the signature of a token by a provider's public keys. Only the given algorithms count,
/// whatever the token says, and a public key never serves as a secret.
///
/// # Errors
/// Why it is not believed.
pub fn verify(token: &str, keys: &JwkSet, allowed: &[Algorithm]) -> Result<Verified, JwtError> {
    let parts = Parts::read(token)?;
    let algorithm = parts.algorithm(allowed)?;
    if algorithm.family() == Family::Hmac {
        return Err(JwtError::Algorithm);
    }
    let id = parts.header.get("kid").and_then(Value::as_str);
    let mut candidates = keys.candidates(id, algorithm).peekable();
    if candidates.peek().is_none() {
        return Err(JwtError::UnknownKey);
    }
    let good = candidates.any(|key| key.verifies(algorithm, parts.input, &parts.signature));
    drop(candidates);
    if good { parts.verified() } else { Err(JwtError::Signature) }
}

/// Checks a token that is signed under a shared secret.
///
/// # Errors
/// As [`verify`].
pub fn verify_with_secret(
    token: &str,
    secret: &Secret,
    allowed: &[Algorithm],
) -> Result<Verified, JwtError> {
    let parts = Parts::read(token)?;
    let algorithm = parts.algorithm(allowed)?;
    if algorithm.family() != Family::Hmac {
        return Err(JwtError::Algorithm);
    }
    let key = hmac::Key::new(digest(algorithm), secret.expose().as_bytes());
    hmac::verify(&key, parts.input, &parts.signature).map_err(|_| JwtError::Signature)?;
    parts.verified()
}

struct Parts<'t> {
    header: Map<String, Value>,
    payload: &'t str,
    input: &'t [u8],
    signature: Vec<u8>,
}

impl<'t> Parts<'t> {
    fn read(token: &'t str) -> Result<Self, JwtError> {
        if token.len() > MAX_BYTES {
            return Err(JwtError::Malformed);
        }
        let (input, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
        let (header, payload) = input.split_once('.').ok_or(JwtError::Malformed)?;
        if payload.contains('.') {
            return Err(JwtError::Malformed);
        }
        let header = object(header).ok_or(JwtError::Malformed)?;
        if header.contains_key("crit") {
            return Err(JwtError::Critical);
        }
        let signature = from_base64url(signature).ok_or(JwtError::Malformed)?;
        Ok(Self { header, payload, input: input.as_bytes(), signature })
    }

    fn algorithm(&self, allowed: &[Algorithm]) -> Result<Algorithm, JwtError> {
        let name = self.header.get("alg").and_then(Value::as_str).unwrap_or_default();
        Algorithm::parse(name).filter(|found| allowed.contains(found)).ok_or(JwtError::Algorithm)
    }

    fn verified(self) -> Result<Verified, JwtError> {
        let claims = object(self.payload).ok_or(JwtError::Malformed)?;
        Ok(Verified { header: self.header, claims })
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&from_base64url(part)?).ok()
}
