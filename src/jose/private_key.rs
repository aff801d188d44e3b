//! Private keys: read from PEM (RFC 7468), PKCS#8 or a JWK, and what they can do.

use super::{Algorithm, pem};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::error::KeyRejected;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPairComponents, PublicKeyComponents};
use ring::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use ring::{hmac, rand::SecureRandom};
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Map, Value, json};
use zeroize::{Zeroize, Zeroizing};

/// Why a key cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Neither form was recognized.
    #[error("the key is neither a private key in PEM (`-----BEGIN PRIVATE KEY-----`) nor a JWK")]
    NotAKey,
    /// PEM under a passphrase.
    #[error(
        "the private key is encrypted: decrypt it first, as with `openssl pkcs8 -topk8 -nocrypt -in KEY -out PLAIN`"
    )]
    Encrypted,
    /// OpenSSH's own format.
    #[error(
        "the key is in OpenSSH's format: convert a copy with `ssh-keygen -p -m PKCS8 -N '' -f COPY`"
    )]
    OpenSsh,
    /// A public key or a certificate.
    #[error("this is a public key or a certificate: signing needs the private key")]
    Public,
    /// A key of another kind.
    #[error("`{algorithm}` signs with {}, and this key is another", wanted(*algorithm))]
    WrongKind {
        /// What was to be signed with.
        algorithm: Algorithm,
    },
    /// RFC 7518 section 3.3.
    #[error("the RSA key is shorter than 2048 bits (RFC 7518 section 3.3)")]
    TooShort,
    /// A JWK lacks something, or says something else.
    #[error("the JWK {0}")]
    Jwk(String),
    /// A secret of no length.
    #[error("the secret to sign with is empty")]
    Empty,
    /// The key is damaged or of a form that is not supported.
    #[error("the private key cannot be used for `{algorithm}`: {reason}")]
    Rejected {
        /// What was to be signed with.
        algorithm: Algorithm,
        /// In the words of the library.
        reason: String,
    },
    /// A public key was asked of a secret.
    #[error("`{0}` has no public key")]
    Symmetric(Algorithm),
    /// No signature came.
    #[error("the system gives no random numbers")]
    NoRandom,
}

/// A key ready to sign, of one kind.
pub(super) enum PrivateKey {
    Secret(hmac::Key),
    Rsa(Box<RsaKeyPair>),
    Ec(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl PrivateKey {
    /// From the bytes that both sides know. RFC 7518 section 3.2 wants as many as the hash has, but
    /// the secrets that providers hand out are often shorter.
    pub(super) fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        if secret.is_empty() {
            return Err(KeyError::Empty);
        }
        let hash = super::verify::hmac_of(algorithm).ok_or(KeyError::WrongKind { algorithm })?;
        Ok(Self::Secret(hmac::Key::new(hash, secret)))
    }

    /// From the first private key in a PEM text: PKCS#8, PKCS#1 or SEC1.
    pub(super) fn from_pem(algorithm: Algorithm, text: &str) -> Result<Self, KeyError> {
        let mut der = pem::read(text)?;
        let key = match &der {
            PrivateKeyDer::Pkcs8(der) => Self::from_pkcs8(algorithm, der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => Self::from_pkcs1(algorithm, der.secret_pkcs1_der()),
            PrivateKeyDer::Sec1(der) => match pem::wrap_sec1(algorithm, der.secret_sec1_der()) {
                Some(wrapped) => Self::from_pkcs8(algorithm, &wrapped),
                None => Err(KeyError::WrongKind { algorithm }),
            },
            _ => Err(KeyError::NotAKey),
        };
        der.zeroize();
        key
    }

    /// From PKCS#8 (RFC 5958).
    pub(super) fn from_pkcs8(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        let key = match (ec_of(algorithm), algorithm) {
            (Some(ec), _) => EcdsaKeyPair::from_pkcs8(ec, der, &SystemRandom::new()).map(Self::Ec),
            (None, Algorithm::EdDsa) => {
                Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Self::Ed25519)
            }
            (None, _) => RsaKeyPair::from_pkcs8(der).map(|key| Self::Rsa(Box::new(key))),
        };
        key.map_err(|error| rejected(algorithm, error))
    }

    /// From PKCS#1 (RFC 8017 appendix A.1.2).
    fn from_pkcs1(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        if !is_rsa(algorithm) {
            return Err(KeyError::WrongKind { algorithm });
        }
        let key = RsaKeyPair::from_der(der).map_err(|error| rejected(algorithm, error))?;
        Ok(Self::Rsa(Box::new(key)))
    }

    /// From a private JWK (RFC 7518 section 6, RFC 8037 section 2).
    pub(super) fn from_jwk(
        algorithm: Algorithm,
        jwk: &Map<String, Value>,
    ) -> Result<Self, KeyError> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if let Some(own) = text("alg").filter(|own| *own != algorithm.name()) {
            let own = crate::text::short(own, 20);
            return Err(KeyError::Jwk(format!("is for `{own}`, not for `{algorithm}`")));
        }
        if (text("kty"), text("crv")) != kind_of(algorithm) {
            return Err(KeyError::WrongKind { algorithm });
        }
        if !jwk.contains_key("d") {
            return Err(KeyError::Public);
        }
        let member = |name: &str| {
            let decoded = text(name).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
            let problem = || KeyError::Jwk(format!("has no `{name}` in Base64url"));
            decoded.map(Zeroizing::new).ok_or_else(problem)
        };
        let key = match (ec_of(algorithm), algorithm) {
            (Some(ec), _) => {
                let point = [&[4], member("x")?.as_slice(), member("y")?.as_slice()].concat();
                let random = SystemRandom::new();
                EcdsaKeyPair::from_private_key_and_public_key(ec, &member("d")?, &point, &random)
                    .map(Self::Ec)
            }
            (None, Algorithm::EdDsa) => {
                Ed25519KeyPair::from_seed_and_public_key(&member("d")?, &member("x")?)
                    .map(Self::Ed25519)
            }
            (None, _) => RsaKeyPair::from_components(&KeyPairComponents {
                public_key: PublicKeyComponents { n: member("n")?, e: member("e")? },
                d: member("d")?,
                p: member("p")?,
                q: member("q")?,
                dP: member("dp")?,
                dQ: member("dq")?,
                qInv: member("qi")?,
            })
            .map(|key| Self::Rsa(Box::new(key))),
        };
        key.map_err(|error| rejected(algorithm, error))
    }

    /// The signature over `message` as RFC 7518 section 3 encodes it.
    pub(super) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let random = SystemRandom::new();
        let signature = match self {
            Self::Secret(key) => return Ok(hmac::sign(key, message).as_ref().to_vec()),
            Self::Ed25519(key) => return Ok(key.sign(message).as_ref().to_vec()),
            Self::Ec(key) => key.sign(&random, message).map(|signed| signed.as_ref().to_vec()),
            Self::Rsa(key) => sign_rsa(key, algorithm, &random, message),
        };
        signature.map_err(|_| KeyError::NoRandom)
    }

    /// The public half with its members in the order of RFC 7638 section 3.3; a secret has none.
    pub(super) fn public_jwk(&self) -> Option<Value> {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Some(match self {
            Self::Secret(_) => return None,
            Self::Rsa(key) => {
                let public: PublicKeyComponents<Vec<u8>> = key.public().into();
                json!({"e": encode(&public.e), "kty": "RSA", "n": encode(&public.n)})
            }
            Self::Ec(key) => {
                let (x, y) = halves(key.public_key().as_ref());
                let curve = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({"crv": curve, "kty": "EC", "x": encode(x), "y": encode(y)})
            }
            Self::Ed25519(key) => {
                json!({"crv": "Ed25519", "kty": "OKP", "x": encode(key.public_key().as_ref())})
            }
        })
    }
}

fn sign_rsa(
    key: &RsaKeyPair,
    algorithm: Algorithm,
    random: &dyn SecureRandom,
    message: &[u8],
) -> Result<Vec<u8>, ring::error::Unspecified> {
    let padding: &'static dyn signature::RsaEncoding = match algorithm {
        Algorithm::Rs384 => &signature::RSA_PKCS1_SHA384,
        Algorithm::Rs512 => &signature::RSA_PKCS1_SHA512,
        Algorithm::Ps256 => &signature::RSA_PSS_SHA256,
        Algorithm::Ps384 => &signature::RSA_PSS_SHA384,
        Algorithm::Ps512 => &signature::RSA_PSS_SHA512,
        _ => &signature::RSA_PKCS1_SHA256,
    };
    let mut signed = vec![0; key.public().modulus_len()];
    key.sign(padding, random, message, &mut signed)?;
    Ok(signed)
}

/// The coordinates of an uncompressed point (SEC1 section 2.3.3).
fn halves(point: &[u8]) -> (&[u8], &[u8]) {
    let coordinates = point.get(1..).unwrap_or_default();
    coordinates.split_at(coordinates.len() / 2)
}

fn ec_of(algorithm: Algorithm) -> Option<&'static EcdsaSigningAlgorithm> {
    match algorithm {
        Algorithm::Es256 => Some(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
        Algorithm::Es384 => Some(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
        _ => None,
    }
}

fn is_rsa(algorithm: Algorithm) -> bool {
    kind_of(algorithm).0 == Some("RSA")
}

/// `kty` and `crv` of the keys for an algorithm.
pub(super) fn kind_of(algorithm: Algorithm) -> (Option<&'static str>, Option<&'static str>) {
    match algorithm {
        Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => (Some("oct"), None),
        Algorithm::Es256 => (Some("EC"), Some("P-256")),
        Algorithm::Es384 => (Some("EC"), Some("P-384")),
        Algorithm::EdDsa => (Some("OKP"), Some("Ed25519")),
        _ => (Some("RSA"), None),
    }
}

fn wanted(algorithm: Algorithm) -> &'static str {
    match kind_of(algorithm) {
        (_, Some("P-256")) => "an EC key on the curve P-256",
        (_, Some("P-384")) => "an EC key on the curve P-384",
        (_, Some(_)) => "an Ed25519 key",
        (Some("oct"), _) => "a shared secret",
        _ => "an RSA key",
    }
}

/// `ring` tells the reasons apart by their text only.
fn rejected(algorithm: Algorithm, error: KeyRejected) -> KeyError {
    match error.to_string().as_str() {
        "WrongAlgorithm" => KeyError::WrongKind { algorithm },
        "TooSmall" => KeyError::TooShort,
        reason => KeyError::Rejected { algorithm, reason: reason.to_owned() },
    }
}
