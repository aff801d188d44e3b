//! Private keys from PEM (RFC 7468), and the DER around one.

use super::{Algorithm, KeyError};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use zeroize::Zeroizing;

/// The first private key in a text.
pub(crate) fn read(text: &str) -> Result<PrivateKeyDer<'static>, KeyError> {
    if text.contains("ENCRYPTED PRIVATE KEY-----") || text.contains("4,ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    // In an environment variable or a JSON string, line breaks are often spelled out.
    let text = Zeroizing::new(text.replace("\\n", "\n"));
    PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| no_key(&text))
}

/// What a text without a readable private key is instead.
fn no_key(text: &str) -> KeyError {
    if text.contains("OPENSSH PRIVATE KEY-----") {
        KeyError::OpenSsh
    } else if text.contains("PUBLIC KEY-----") || text.contains("CERTIFICATE-----") {
        KeyError::Public
    } else {
        KeyError::NotAKey
    }
}

/// SEC1's form (RFC 5915) inside PKCS#8, which `ring` reads.
pub(super) fn wrap_sec1(algorithm: Algorithm, der: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let identifier = tagged(0x30, &[EC_PUBLIC_KEY, curve_oid(algorithm)?].concat());
    let key = Zeroizing::new(tagged(0x04, der));
    let content = Zeroizing::new([VERSION_0, &identifier, &key].concat());
    Some(Zeroizing::new(tagged(0x30, &content)))
}

const VERSION_0: &[u8] = &[0x02, 0x01, 0x00];
/// 1.2.840.10045.2.1 (RFC 5480 section 2.1.1)
const EC_PUBLIC_KEY: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// RFC 5480 section 2.1.1.1.
fn curve_oid(algorithm: Algorithm) -> Option<&'static [u8]> {
    match algorithm {
        Algorithm::Es256 => Some(&[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]),
        Algorithm::Es384 => Some(&[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]),
        _ => None,
    }
}

/// One DER value (X.690 section 8.1).
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let mut der = Vec::with_capacity(content.len() + 10);
    der.push(tag);
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => der.push(short),
        _ => {
            // a `usize` has 8 bytes at most
            der.push(0x80 | u8::try_from(significant.len()).unwrap_or(8));
            der.extend_from_slice(significant);
        }
    }
    der.extend_from_slice(content);
    der
}
