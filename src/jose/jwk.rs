//! Public keys as a provider publishes them (RFC 7517). They are hostile: bounded, and what is not
//! understood is skipped (section 5).

use super::Algorithm;
use super::private_key::kind_of;
use super::verify::hmac_of;
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey};
use ring::{digest, hmac};
use serde_json::{Map, Value};

/// Providers publish a handful of keys; nobody needs more than these.
const MAX_KEYS: usize = 100;

/// The keys that a token may be signed with.
pub struct JwkSet {
    keys: Vec<Jwk>,
}

/// RFC 7517 section 5.
#[derive(Debug, thiserror::Error)]
#[error("the JWKS is not a JSON object with a list of `keys` (RFC 7517 section 5)")]
pub struct JwkSetError;

pub(super) struct Jwk {
    key_id: Option<String>,
    /// As it is written, known or not: a key for another algorithm must not match.
    algorithm: Option<String>,
    key: Key,
}

enum Key {
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    /// An uncompressed point, or an Ed25519 key, by its `crv`.
    Curve(&'static str, Vec<u8>),
    /// Only ever made from one's own secret, never read from a JWKS: otherwise a public key set
    /// could bring the secret that its tokens are "verified" with.
    Secret(Secret),
}

impl JwkSet {
    /// Reads a JWKS. Keys that are not for signatures, unknown, symmetric or damaged are skipped.
    ///
    /// # Errors
    /// It is no set of keys at all.
    pub fn parse(set: &Value) -> Result<Self, JwkSetError> {
        let keys = set.get("keys").and_then(Value::as_array).ok_or(JwkSetError)?;
        let keys = keys.iter().take(MAX_KEYS).filter_map(Value::as_object).filter_map(Jwk::read);
        Ok(Self { keys: keys.collect() })
    }

    /// A set of one shared secret. It verifies `HS…` and nothing else.
    #[must_use]
    pub fn from_secret(secret: &Secret) -> Self {
        Self { keys: vec![Jwk { key_id: None, algorithm: None, key: Key::Secret(secret.clone()) }] }
    }

    /// The keys that a token with this header could be signed with: those of the same `kid`,
    /// otherwise those that have none; without a `kid`, all that suit the algorithm.
    pub(super) fn candidates(&self, algorithm: Algorithm, key_id: Option<&str>) -> Vec<&Jwk> {
        let suitable: Vec<&Jwk> = self.keys.iter().filter(|key| key.suits(algorithm)).collect();
        let Some(key_id) = key_id else { return suitable };
        let of = |wanted: Option<&str>| -> Vec<&Jwk> {
            suitable.iter().filter(|key| key.key_id.as_deref() == wanted).copied().collect()
        };
        let named = of(Some(key_id));
        if named.is_empty() { of(None) } else { named }
    }
}

impl Jwk {
    fn read(jwk: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let for_signatures = jwk.get("use").is_none_or(|of| of == "sig");
        let verifies =
            |ops: &Value| ops.as_array().is_some_and(|ops| ops.contains(&"verify".into()));
        if !for_signatures || !jwk.get("key_ops").is_none_or(verifies) {
            return None;
        }
        let bytes = |name: &str| text(name).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let sized = |name: &str, length| bytes(name).filter(|bytes| bytes.len() == length);
        let point = |length| {
            Some([&[4], sized("x", length)?.as_slice(), sized("y", length)?.as_slice()].concat())
        };
        let key = match (text("kty")?, text("crv")) {
            ("RSA", _) => {
                // `ring` takes no leading zeros, which some providers write
                let number = |name: &str| Some(without_leading_zeros(&bytes(name)?).to_vec());
                Key::Rsa(RsaPublicKeyComponents { n: number("n")?, e: number("e")? })
            }
            ("EC", Some("P-256")) => Key::Curve("P-256", point(32)?),
            ("EC", Some("P-384")) => Key::Curve("P-384", point(48)?),
            ("OKP", Some("Ed25519")) => Key::Curve("Ed25519", sized("x", 32)?),
            _ => return None,
        };
        let owned = |name: &str| text(name).map(str::to_owned);
        Some(Self { key_id: owned("kid"), algorithm: owned("alg"), key })
    }

    fn suits(&self, algorithm: Algorithm) -> bool {
        let kind = match &self.key {
            Key::Rsa(_) => (Some("RSA"), None),
            Key::Curve(curve, _) if *curve == "Ed25519" => (Some("OKP"), Some(*curve)),
            Key::Curve(curve, _) => (Some("EC"), Some(*curve)),
            Key::Secret(_) => (Some("oct"), None),
        };
        kind == kind_of(algorithm)
            && self.algorithm.as_deref().is_none_or(|own| own == algorithm.name())
    }

    /// Whether `signature` is one of this key over `message`. The kind of the key and that of the
    /// algorithm are matched together, so that neither can stand for the other.
    pub(super) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            Key::Secret(secret) => hmac_of(algorithm).is_some_and(|hash| {
                let key = hmac::Key::new(hash, secret.expose().as_bytes());
                hmac::verify(&key, message, signature).is_ok()
            }),
            Key::Rsa(key) => {
                rsa_of(algorithm).is_some_and(|rsa| key.verify(rsa, message, signature).is_ok())
            }
            Key::Curve(_, key) => curve_of(algorithm).is_some_and(|curve| {
                UnparsedPublicKey::new(curve, key).verify(message, signature).is_ok()
            }),
        }
    }
}

/// The SHA-256 thumbprint of a public JWK in Base64url (RFC 7638), or `None` if a required member
/// is missing.
#[must_use]
pub fn thumbprint(jwk: &Value) -> Option<String> {
    let required: &[&str] = match jwk.get("kty")?.as_str()? {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        _ => return None,
    };
    let member = |name: &&str| Some(((*name).to_owned(), jwk.get(*name)?.clone()));
    let members: Map<String, Value> = required.iter().map(member).collect::<Option<_>>()?;
    let text = Value::Object(members).to_string();
    Some(URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes())))
}

fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..]
}

/// All of these take moduli from 2048 to 8192 bits.
fn rsa_of(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        Algorithm::Rs256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::Ps256 => Some(&signature::RSA_PSS_2048_8192_SHA256),
        Algorithm::Ps384 => Some(&signature::RSA_PSS_2048_8192_SHA384),
        Algorithm::Ps512 => Some(&signature::RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}

fn curve_of(algorithm: Algorithm) -> Option<&'static dyn signature::VerificationAlgorithm> {
    match algorithm {
        Algorithm::Es256 => Some(&signature::ECDSA_P256_SHA256_FIXED),
        Algorithm::Es384 => Some(&signature::ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDsa => Some(&signature::ED25519),
        _ => None,
    }
}
