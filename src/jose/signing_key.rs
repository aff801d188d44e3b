//! A key that signs tokens, bound to one algorithm (RFC 7515 section 5.1).

use super::private_key::PrivateKey;
use super::{Algorithm, KeyError, thumbprint};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Map, Value};
use std::fmt;
use zeroize::Zeroizing;

/// A private key or a shared secret together with the one algorithm it is used with, so that no
/// header can make it sign with another.
pub struct SigningKey {
    algorithm: Algorithm,
    key_id: Option<String>,
    key: PrivateKey,
}

impl SigningKey {
    /// Reads a key as people have it: a private key in PEM or as a JWK; for `HS…` the secret's text.
    ///
    /// # Errors
    /// It is no private key, or not one for this algorithm.
    pub fn read(algorithm: Algorithm, text: &Secret) -> Result<Self, KeyError> {
        let text = text.expose();
        if algorithm.is_symmetric() {
            return Self::from_secret(algorithm, text.as_bytes());
        }
        if !text.trim_start().starts_with('{') {
            return Ok(Self::new(algorithm, PrivateKey::from_pem(algorithm, text)?));
        }
        let jwk: Map<String, Value> = serde_json::from_str(text).map_err(|_| KeyError::NotAKey)?;
        let key = PrivateKey::from_jwk(algorithm, &jwk)?;
        let key_id = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
        Ok(Self { algorithm, key_id, key })
    }

    /// From the bytes of a shared secret, for `HS…`.
    ///
    /// # Errors
    /// The secret is empty, or the algorithm is none of these.
    pub fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        Ok(Self::new(algorithm, PrivateKey::from_secret(algorithm, secret)?))
    }

    /// A new key for `ES256`, and what to keep of it for [`SigningKey::from_kept_es256`].
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn generate_es256() -> Result<(Self, Secret), KeyError> {
        let random = SystemRandom::new();
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .map_err(|_| KeyError::NoRandom)?;
        let kept = Secret::from(STANDARD.encode(der.as_ref()));
        Ok((Self::from_kept_es256(&kept)?, kept))
    }

    /// Reads a kept key: PKCS#8 in Base64.
    ///
    /// # Errors
    /// It is damaged.
    pub fn from_kept_es256(kept: &Secret) -> Result<Self, KeyError> {
        let der = STANDARD.decode(kept.expose()).map_err(|_| KeyError::NotAKey)?;
        let der = Zeroizing::new(der);
        Ok(Self::new(Algorithm::Es256, PrivateKey::from_pkcs8(Algorithm::Es256, &der)?))
    }

    /// What it signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public key as a JWK, only its required members, in the order of RFC 7638.
    ///
    /// # Errors
    /// A shared secret has none.
    pub fn public_jwk(&self) -> Result<Value, KeyError> {
        self.key.public_jwk().ok_or(KeyError::Symmetric(self.algorithm))
    }

    /// The public key's SHA-256 thumbprint (RFC 7638), in Base64url.
    ///
    /// # Errors
    /// A shared secret has none.
    pub fn thumbprint(&self) -> Result<String, KeyError> {
        thumbprint(&self.public_jwk()?).ok_or(KeyError::Symmetric(self.algorithm))
    }

    /// Signs claims: a compact JWS (RFC 7515 section 7.1). `alg` is always the key's own; `kid` is
    /// the key's, if it came with one and the header names none.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn sign(
        &self,
        header: &Map<String, Value>,
        claims: &Map<String, Value>,
    ) -> Result<Secret, KeyError> {
        let mut full = Map::new();
        full.insert("alg".to_owned(), self.algorithm.name().into());
        if let Some(key_id) = &self.key_id {
            full.insert("kid".to_owned(), key_id.as_str().into());
        }
        full.extend(header.clone().into_iter().filter(|(name, _)| name != "alg"));
        let (header, claims) = (Value::Object(full), Value::Object(claims.clone()));
        self.sign_bytes(header.to_string().as_bytes(), claims.to_string().as_bytes())
    }

    /// Signs a header and a payload as they are.
    pub(super) fn sign_bytes(&self, header: &[u8], payload: &[u8]) -> Result<Secret, KeyError> {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let input = format!("{}.{}", encode(header), encode(payload));
        let signature = self.key.sign(self.algorithm, input.as_bytes())?;
        Ok(Secret::from(format!("{input}.{}", encode(&signature))))
    }

    fn new(algorithm: Algorithm, key: PrivateKey) -> Self {
        Self { algorithm, key_id: None, key }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} key]", self.algorithm)
    }
}
