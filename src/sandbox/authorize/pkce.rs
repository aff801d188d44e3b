//! Defines the PKCE check (RFC 7636), with `S256` as the only method.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

/// Section 4.6: whether the code verifier belongs to the code challenge.
pub(in crate::sandbox) fn matches(code_verifier: &str, code_challenge: &str) -> bool {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, code_verifier.as_bytes())) == code_challenge
}

/// Section 4.1: 43 to 128 unreserved characters.
pub(in crate::sandbox) fn is_code_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(is_unreserved)
}

/// Section 4.2: what `S256` makes is always 43 characters of Base64url.
pub(in crate::sandbox) fn is_code_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636 appendix B
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_vector_of_the_rfc_matches() {
        assert!(is_code_verifier(VERIFIER) && is_code_challenge(CHALLENGE));
        assert!(matches(VERIFIER, CHALLENGE));
    }

    #[test]
    fn a_plain_challenge_does_not_match() {
        assert!(!matches(VERIFIER, VERIFIER));
    }

    #[test]
    fn a_short_or_odd_verifier_is_none() {
        assert!(!is_code_verifier(&VERIFIER[1..]));
        assert!(!is_code_verifier(&VERIFIER.replace('-', "+")));
    }
}
