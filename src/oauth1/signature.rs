//! Signatures over a base string (RFC 5849 sections 3.4.2 to 3.4.4, and their later kin with SHA-2).

use super::encoding::encode;
use crate::definition::SignatureMethod;
use crate::jose::{self, read_pem};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use rsa::PrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rustls::pki_types::PrivateKeyDer;
use zeroize::Zeroize;

/// The client's key cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The client's secret is no private key in PEM.
    #[error("this signature method needs an RSA private key as the client secret: {0}")]
    Pem(#[from] jose::KeyError),
    /// A private key, and none of RSA.
    #[error("the client secret is no RSA private key, which this signature method needs")]
    NotRsa,
    /// The key refused.
    #[error("the RSA key could not sign")]
    Failed,
}

/// Signs a base string. For the RSA methods the client's secret is its private key in PEM, and the
/// token's secret plays no part.
pub(super) fn sign(
    method: SignatureMethod,
    base_string: &str,
    consumer_secret: &str,
    token_secret: &str,
) -> Result<Secret, KeyError> {
    let key = || Secret::from(format!("{}&{}", encode(consumer_secret), encode(token_secret)));
    let with = |algorithm| {
        let key = hmac::Key::new(algorithm, key().expose().as_bytes());
        hmac::sign(&key, base_string.as_bytes()).as_ref().to_vec()
    };
    let text = base_string.as_bytes();
    let signature = match method {
        SignatureMethod::Plaintext => return Ok(key()),
        SignatureMethod::HmacSha1 => with(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        SignatureMethod::HmacSha256 => with(hmac::HMAC_SHA256),
        SignatureMethod::HmacSha512 => with(hmac::HMAC_SHA512),
        SignatureMethod::RsaSha1 => {
            read_key(consumer_secret)?.pkcs1v15_sign::<sha1::Sha1>(text).map_err(failed)?
        }
        SignatureMethod::RsaSha256 => {
            read_key(consumer_secret)?.pkcs1v15_sign::<rsa::sha2::Sha256>(text).map_err(failed)?
        }
        SignatureMethod::RsaSha512 => {
            read_key(consumer_secret)?.pkcs1v15_sign::<rsa::sha2::Sha512>(text).map_err(failed)?
        }
    };
    Ok(Secret::from(STANDARD.encode(signature)))
}

fn failed(_: rsa::Error) -> KeyError {
    KeyError::Failed
}

/// PKCS#8 or PKCS#1, in every spelling that signed tokens take too.
fn read_key(pem: &str) -> Result<PrivateKey, KeyError> {
    let mut der = read_pem(pem)?;
    let key = match &der {
        PrivateKeyDer::Pkcs8(der) => PrivateKey::from_pkcs8_der(der.secret_pkcs8_der()).ok(),
        PrivateKeyDer::Pkcs1(der) => PrivateKey::from_pkcs1_der(der.secret_pkcs1_der()).ok(),
        _ => None,
    };
    der.zeroize();
    key.ok_or(KeyError::NotRsa)
}
