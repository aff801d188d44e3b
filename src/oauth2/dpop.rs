//! Proofs of possession (RFC 9449 section 4).

use crate::jose::{KeyError, SigningKey, base64url};
use crate::secret::Secret;
use ring::digest::{SHA256, digest};
use serde_json::{Map, json};
use url::Url;

/// A proof for one request: method, address without query and fragment, time, and for an API call
/// the digest of the access token.
///
/// # Errors
/// The key refused.
pub fn proof(
    key: &SigningKey,
    method: &str,
    url: &Url,
    access_token: Option<&Secret>,
    nonce: Option<&str>,
    now: i64,
    jti: &str,
) -> Result<Secret, KeyError> {
    let mut target = url.clone();
    target.set_query(None);
    target.set_fragment(None);
    let mut header = Map::new();
    header.insert("typ".to_owned(), "dpop+jwt".into());
    header.insert("jwk".to_owned(), key.public_jwk().ok_or(KeyError::WrongSort)?);
    let mut claims = Map::new();
    claims.insert("jti".to_owned(), jti.into());
    claims.insert("htm".to_owned(), method.into());
    claims.insert("htu".to_owned(), target.as_str().into());
    claims.insert("iat".to_owned(), now.into());
    if let Some(token) = access_token {
        claims.insert("ath".to_owned(), hash(token).into());
    }
    claims.extend(nonce.map(|nonce| ("nonce".to_owned(), json!(nonce))));
    key.sign(&header, &claims)
}

/// `ath`, section 4.2.
fn hash(token: &Secret) -> String {
    base64url(digest(&SHA256, token.expose().as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::{Algorithm, JwkSet, thumbprint, verify};
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::Value;

    fn header_of(proof: &Secret) -> Map<String, Value> {
        let part = proof.expose().split('.').next().unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn the_hash_of_a_token_is_that_of_the_rfc() {
        // RFC 9449 section 7.1, figures 12 and 13.
        let token = Secret::from("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
        assert_eq!(hash(&token), "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    }

    #[test]
    fn a_proof_says_what_it_is_for_and_its_own_key_signed_it() {
        let (key, _) = SigningKey::generate_es256().unwrap();
        let url = Url::parse("https://server.example.com/token?x=1#y").unwrap();
        let token = Secret::from("t");
        let made = proof(&key, "POST", &url, Some(&token), Some("n"), 7, "j").unwrap();
        let header = header_of(&made);
        assert_eq!(header["typ"], "dpop+jwt");
        assert_eq!(thumbprint(&header["jwk"]), key.thumbprint());
        let keys = JwkSet::parse(&json!({"keys": [header["jwk"]]})).unwrap();
        let claims = verify(made.expose(), &keys, &[Algorithm::ES256]).unwrap().claims;
        assert_eq!(claims["htm"], "POST");
        assert_eq!(claims["htu"], "https://server.example.com/token");
        assert_eq!(
            (&claims["iat"], &claims["jti"], &claims["nonce"]),
            (&json!(7), &json!("j"), &json!("n"))
        );
        assert_eq!(claims["ath"], hash(&token));
    }
}
