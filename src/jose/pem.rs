//! Private keys from PEM (RFC 7468), whichever of its three wrappings they come in.

use super::algorithm::Family;
use super::key::KeyError;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use zeroize::Zeroizing;

/// A private key as PKCS#8 (RFC 5958), or RSA's own form (RFC 8017 appendix A.1.2).
pub(super) enum Der {
    Pkcs8(Zeroizing<Vec<u8>>),
    Pkcs1(Zeroizing<Vec<u8>>),
}

/// Reads a private key.
pub(super) fn read(text: &str, family: Family) -> Result<Der, KeyError> {
    if text.contains("ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    if text.contains("PUBLIC KEY-----") || text.contains("-----BEGIN CERTIFICATE") {
        return Err(KeyError::Public);
    }
    let key = PrivateKeyDer::from_pem_slice(unescaped(text).as_bytes());
    let key = key.map_err(|_| KeyError::NotPem)?;
    let bytes = Zeroizing::new(key.secret_der().to_vec());
    match key {
        PrivateKeyDer::Pkcs1(_) => Ok(Der::Pkcs1(bytes)),
        PrivateKeyDer::Sec1(_) => Ok(Der::Pkcs8(wrap_sec1(&bytes, family)?)),
        _ => Ok(Der::Pkcs8(bytes)),
    }
}

/// A key that stood in JSON or in a variable may have kept its line breaks as `\n`.
fn unescaped(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.replace("\\n", "\n"))
}

/// RFC 5915's key inside RFC 5958's wrapping, which `ring` wants.
fn wrap_sec1(sec1: &[u8], family: Family) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    // id-ecPublicKey, then the curve (RFC 5480 section 2.1).
    const EC: [u8; 9] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    let curve: &[u8] = match family {
        Family::P256 => &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
        Family::P384 => &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22],
        _ => return Err(KeyError::WrongSort),
    };
    let algorithm = sequence(0x30, &[EC.as_slice(), curve].concat());
    let version: &[u8] = &[0x02, 0x01, 0x00];
    let key = sequence(0x04, sec1);
    Ok(Zeroizing::new(sequence(0x30, &[version, &algorithm, &key].concat())))
}

/// A DER value with its tag and length.
fn sequence(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.iter().copied().skip_while(|byte| *byte == 0).collect();
    let mut der = vec![tag];
    match length.as_slice() {
        [] => der.push(0),
        [short] if *short < 0x80 => der.push(*short),
        long => {
            der.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            der.extend_from_slice(long);
        }
    }
    der.extend_from_slice(content);
    der
}
