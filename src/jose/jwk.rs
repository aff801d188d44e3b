//! Public keys of a provider (RFC 7517), read from what it publishes.

use super::algorithm::{Algorithm, Family};
use super::{base64url, from_base64url};
use ring::digest::{SHA256, digest};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use serde_json::Value;

/// The most keys that are read: providers have a handful.
const MAX_KEYS: usize = 100;
/// The longest part of a key, in bytes: RSA with 8192 bits.
const MAX_PART: usize = 1024;

/// The keys of a provider.
#[derive(Debug, Default)]
pub struct JwkSet {
    keys: Vec<PublicKey>,
}

/// What is published is no key set.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("what the provider publishes is no JSON Web Key Set")]
pub struct KeySetError;

/// A public key.
#[derive(Debug)]
pub(super) struct PublicKey {
    pub(super) id: Option<String>,
    algorithm: Option<String>,
    family: Family,
    /// The modulus, or the point.
    first: Vec<u8>,
    /// The exponent.
    second: Vec<u8>,
}

impl JwkSet {
    /// Reads `{"keys": […]}`; keys of other sorts or for other uses are skipped (RFC 7517 section 5).
    ///
    /// # Errors
    /// It is no key set.
    pub fn parse(value: &Value) -> Result<Self, KeySetError> {
        let keys = value["keys"].as_array().ok_or(KeySetError)?;
        Ok(Self { keys: keys.iter().take(MAX_KEYS).filter_map(PublicKey::read).collect() })
    }

    /// The keys that may have signed: with that identifier, or all where none is named.
    pub(super) fn candidates<'a>(
        &'a self,
        id: Option<&'a str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &'a PublicKey> {
        self.keys.iter().filter(move |key| {
            let named = id.is_none() || key.id.is_none() || key.id.as_deref() == id;
            let meant = key.algorithm.as_deref().is_none_or(|name| name == algorithm.name());
            named && meant && key.family == algorithm.family()
        })
    }
}

impl PublicKey {
    fn read(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk[name].as_str();
        let part = |name: &str| {
            text(name).and_then(from_base64url).filter(|bytes| bytes.len() <= MAX_PART)
        };
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let operations = jwk["key_ops"].as_array();
        if operations.is_some_and(|all| !all.iter().any(|one| one == "verify")) {
            return None;
        }
        let (family, first, second) = match (text("kty")?, text("crv")) {
            ("RSA", _) => (Family::Rsa, part("n")?, part("e")?),
            ("EC", Some("P-256")) => (Family::P256, point(&part("x")?, &part("y")?, 32)?, vec![]),
            ("EC", Some("P-384")) => (Family::P384, point(&part("x")?, &part("y")?, 48)?, vec![]),
            ("OKP", Some("Ed25519")) => (Family::Ed25519, part("x")?, vec![]),
            _ => return None,
        };
        Some(Self {
            id: text("kid").map(ToOwned::to_owned),
            algorithm: text("alg").map(ToOwned::to_owned),
            family,
            first,
            second,
        })
    }

    /// Whether this key made the signature.
    pub(super) fn verifies(&self, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> bool {
        if self.family == Family::Rsa {
            let key = RsaPublicKeyComponents { n: &self.first, e: &self.second };
            return key.verify(rsa(algorithm), input, signature).is_ok();
        }
        let how: &dyn VerificationAlgorithm = match self.family {
            Family::P256 => &ECDSA_P256_SHA256_FIXED,
            Family::P384 => &ECDSA_P384_SHA384_FIXED,
            _ => &ED25519,
        };
        UnparsedPublicKey::new(how, &self.first).verify(input, signature).is_ok()
    }
}

/// An uncompressed point, SEC 1 section 2.3.3. RFC 7518 section 6.2.1.2: both halves have full length.
fn point(x: &[u8], y: &[u8], length: usize) -> Option<Vec<u8>> {
    (x.len() == length && y.len() == length).then(|| [&[4], x, y].concat())
}

fn rsa(algorithm: Algorithm) -> &'static RsaParameters {
    match algorithm {
        Algorithm::RS384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::RS512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::PS256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::PS384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::PS512 => &RSA_PSS_2048_8192_SHA512,
        _ => &RSA_PKCS1_2048_8192_SHA256,
    }
}

/// The thumbprint of a public key (RFC 7638): SHA-256 over its required members in order.
#[must_use]
pub fn thumbprint(jwk: &Value) -> Option<String> {
    let members: &[&str] = match jwk["kty"].as_str()? {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        // RFC 8037 section 2.
        "OKP" => &["crv", "kty", "x"],
        _ => return None,
    };
    let mut text = String::from("{");
    for (at, name) in members.iter().enumerate() {
        let value = serde_json::to_string(jwk[*name].as_str()?).ok()?;
        text.push_str(&format!("{}\"{name}\":{value}", if at > 0 { "," } else { "" }));
    }
    text.push('}');
    Some(base64url(digest(&SHA256, text.as_bytes()).as_ref()))
}
