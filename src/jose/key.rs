//! Private keys, and what they sign.

use super::algorithm::{Algorithm, Family};
use super::jwk::thumbprint;
use super::pem::{self, Der};
use super::{base64url, from_base64url};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
};
use ring::{hmac, rsa};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

/// A private key, made for one algorithm. It cannot be printed.
pub struct SigningKey {
    algorithm: Algorithm,
    pair: Pair,
}

enum Pair {
    Hmac(hmac::Key),
    Rsa(Box<RsaKeyPair>),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Why a key cannot be used. Nothing of it is ever quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Neither PEM nor a JWK.
    #[error("it is neither a PEM file (`-----BEGIN PRIVATE KEY-----`) nor a JSON Web Key")]
    NotPem,
    /// Under a passphrase.
    #[error("it is encrypted; write it without a passphrase, for example with `openssl pkey`")]
    Encrypted,
    /// The public half.
    #[error("it is a public key or a certificate, and the private key is needed")]
    Public,
    /// Another sort of key, a damaged one, or RSA below 2048 bits.
    #[error("it is not the sort of key that the algorithm needs (RSA has 2048 bits at least)")]
    WrongSort,
    /// The system has no randomness, or the key refused.
    #[error("it could not sign")]
    Failed,
}

impl SigningKey {
    /// Reads a key: for HMAC the secret's bytes, otherwise PEM or a JWK (RFC 7517).
    ///
    /// # Errors
    /// It is no such key.
    pub fn read(algorithm: Algorithm, key: &Secret) -> Result<Self, KeyError> {
        let text = key.expose().trim();
        if algorithm.family() == Family::Hmac {
            let pair = Pair::Hmac(hmac::Key::new(digest(algorithm), key.expose().as_bytes()));
            return Ok(Self { algorithm, pair });
        }
        if text.starts_with('{') {
            return Self::from_jwk(algorithm, text);
        }
        let pair = match (pem::read(text, algorithm.family())?, algorithm.family()) {
            (Der::Pkcs8(der), Family::Rsa) => rsa_pair(RsaKeyPair::from_pkcs8(&der)),
            (Der::Pkcs1(der), Family::Rsa) => rsa_pair(RsaKeyPair::from_der(&der)),
            (Der::Pkcs8(der), Family::Ed25519) => {
                Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).ok().map(Pair::Ed25519)
            }
            (Der::Pkcs8(der), _) => ecdsa(algorithm, &der).map(Pair::Ecdsa),
            (Der::Pkcs1(_), _) => None,
        };
        pair.map(|pair| Self { algorithm, pair }).ok_or(KeyError::WrongSort)
    }

    fn from_jwk(algorithm: Algorithm, text: &str) -> Result<Self, KeyError> {
        let jwk: Value = serde_json::from_str(text).map_err(|_| KeyError::NotPem)?;
        let part = |name: &str| {
            let text = jwk[name].as_str().ok_or(KeyError::Public)?;
            from_base64url(text).map(Zeroizing::new).ok_or(KeyError::WrongSort)
        };
        let pair = match algorithm.family() {
            Family::Rsa => {
                let components = rsa::KeyPairComponents {
                    public_key: rsa::PublicKeyComponents { n: part("n")?, e: part("e")? },
                    d: part("d")?,
                    p: part("p")?,
                    q: part("q")?,
                    dP: part("dp")?,
                    dQ: part("dq")?,
                    qInv: part("qi")?,
                };
                rsa_pair(RsaKeyPair::from_components(&components))
            }
            Family::Ed25519 => {
                let (seed, public) = (part("d")?, part("x")?);
                let pair = Ed25519KeyPair::from_seed_and_public_key(&seed, &public);
                pair.ok().map(Pair::Ed25519)
            }
            _ => {
                let (private, x, y) = (part("d")?, part("x")?, part("y")?);
                let public = [&[4], x.as_slice(), y.as_slice()].concat();
                let random = SystemRandom::new();
                let curve = curve(algorithm).ok_or(KeyError::WrongSort)?;
                let pair = EcdsaKeyPair::from_private_key_and_public_key(
                    curve, &private, &public, &random,
                );
                pair.ok().map(Pair::Ecdsa)
            }
        };
        pair.map(|pair| Self { algorithm, pair }).ok_or(KeyError::WrongSort)
    }

    /// Makes an ES256 key; the second is what is kept of it, for [`SigningKey::from_kept_es256`].
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn generate_es256() -> Result<(Self, Secret), KeyError> {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        let made = made.map_err(|_| KeyError::Failed)?;
        let kept = Secret::from(STANDARD.encode(made.as_ref()));
        Ok((Self::from_kept_es256(&kept)?, kept))
    }

    /// Reads a key that [`SigningKey::generate_es256`] made: PKCS#8 in Base64.
    ///
    /// # Errors
    /// It is damaged.
    pub fn from_kept_es256(kept: &Secret) -> Result<Self, KeyError> {
        let der = STANDARD.decode(kept.expose()).map_err(|_| KeyError::WrongSort)?;
        let pair = ecdsa(Algorithm::ES256, &Zeroizing::new(der)).ok_or(KeyError::WrongSort)?;
        Ok(Self { algorithm: Algorithm::ES256, pair: Pair::Ecdsa(pair) })
    }

    /// The algorithm that it signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public half as a JWK; an HMAC key has none.
    #[must_use]
    pub fn public_jwk(&self) -> Option<Value> {
        Some(match &self.pair {
            Pair::Hmac(_) => return None,
            Pair::Rsa(pair) => {
                let components: rsa::PublicKeyComponents<Vec<u8>> = pair.public().into();
                json!({"e": base64url(&components.e), "kty": "RSA", "n": base64url(&components.n)})
            }
            Pair::Ecdsa(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = point.get(1..)?.split_at((point.len() - 1) / 2);
                let curve = if self.algorithm == Algorithm::ES256 { "P-256" } else { "P-384" };
                json!({"crv": curve, "kty": "EC", "x": base64url(x), "y": base64url(y)})
            }
            Pair::Ed25519(pair) => {
                let x = base64url(pair.public_key().as_ref());
                json!({"crv": "Ed25519", "kty": "OKP", "x": x})
            }
        })
    }

    /// The thumbprint of the public half (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> Option<String> {
        self.public_jwk().and_then(|jwk| thumbprint(&jwk))
    }

    /// A compact JWS (RFC 7515 section 7.1) over the claims; `alg` is the key's.
    ///
    /// # Errors
    /// The key refused.
    pub fn sign(
        &self,
        header: &Map<String, Value>,
        claims: &Map<String, Value>,
    ) -> Result<Secret, KeyError> {
        let mut header = header.clone();
        header.insert("alg".to_owned(), self.algorithm.name().into());
        let json = |map: &Map<String, Value>| serde_json::to_vec(map).map_err(|_| KeyError::Failed);
        let input = format!("{}.{}", base64url(&json(&header)?), base64url(&json(claims)?));
        let signature = self.sign_bytes(input.as_bytes())?;
        Ok(Secret::from(format!("{input}.{}", base64url(&signature))))
    }

    pub(super) fn sign_bytes(&self, input: &[u8]) -> Result<Vec<u8>, KeyError> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Hmac(key) => Ok(hmac::sign(key, input).as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(padding(self.algorithm), &random, input, &mut signature)
                    .map_err(|_| KeyError::Failed)?;
                Ok(signature)
            }
            Pair::Ecdsa(pair) => {
                let signature = pair.sign(&random, input).map_err(|_| KeyError::Failed)?;
                Ok(signature.as_ref().to_vec())
            }
            Pair::Ed25519(pair) => Ok(pair.sign(input).as_ref().to_vec()),
        }
    }
}

fn rsa_pair<E>(pair: Result<RsaKeyPair, E>) -> Option<Pair> {
    pair.ok().map(|pair| Pair::Rsa(Box::new(pair)))
}

fn ecdsa(algorithm: Algorithm, der: &[u8]) -> Option<EcdsaKeyPair> {
    EcdsaKeyPair::from_pkcs8(curve(algorithm)?, der, &SystemRandom::new()).ok()
}

fn curve(algorithm: Algorithm) -> Option<&'static ring::signature::EcdsaSigningAlgorithm> {
    match algorithm {
        Algorithm::ES256 => Some(&ECDSA_P256_SHA256_FIXED_SIGNING),
        Algorithm::ES384 => Some(&ECDSA_P384_SHA384_FIXED_SIGNING),
        _ => None,
    }
}

fn padding(algorithm: Algorithm) -> &'static dyn RsaEncoding {
    match algorithm {
        Algorithm::RS384 => &RSA_PKCS1_SHA384,
        Algorithm::RS512 => &RSA_PKCS1_SHA512,
        Algorithm::PS256 => &RSA_PSS_SHA256,
        Algorithm::PS384 => &RSA_PSS_SHA384,
        Algorithm::PS512 => &RSA_PSS_SHA512,
        _ => &RSA_PKCS1_SHA256,
    }
}

pub(super) fn digest(algorithm: Algorithm) -> hmac::Algorithm {
    match algorithm {
        Algorithm::HS384 => hmac::HMAC_SHA384,
        Algorithm::HS512 => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    }
}
