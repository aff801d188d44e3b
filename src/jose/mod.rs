//! JSON object signing: keys, signatures and their checks (RFC 7515, 7517, 7518, 7638, 8037). Pure
//! functions over `ring`; time and identifiers are the callers'.

mod algorithm;
mod jwk;
mod key;
mod pem;
#[cfg(test)]
mod tests;
mod verify;

pub use algorithm::Algorithm;
pub use jwk::{JwkSet, KeySetError, thumbprint};
pub use key::{KeyError, SigningKey};
pub use verify::{JwtError, Verified, verify, verify_with_secret};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Base64url without padding, RFC 7515 section 2.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
