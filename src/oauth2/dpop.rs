//! Proofs of possession (DPoP, RFC 9449): the client shows with each request that it holds a key.

use crate::jose::{KeyError, SigningKey};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use serde_json::{Map, Value};
use url::Url;

/// The proof for one request (section 4.2), for the header `DPoP`. With an access token, the proof
/// is bound to it (`ath`, section 7); `nonce` is what the server asked for last (section 8). `now`
/// in Unix seconds; `jti` must be new for every request.
///
/// # Errors
/// The key is a shared secret, or the system gives no random numbers.
pub fn proof(
    key: &SigningKey,
    method: &str,
    url: &Url,
    access_token: Option<&Secret>,
    nonce: Option<&str>,
    now: i64,
    jti: &str,
) -> Result<Secret, KeyError> {
    let mut header = Map::new();
    header.insert("typ".to_owned(), "dpop+jwt".into());
    header.insert("jwk".to_owned(), key.public_jwk()?);
    let mut claims = Map::new();
    let mut claim = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    claim("jti", jti.into());
    claim("htm", method.into());
    claim("htu", target(url).into());
    claim("iat", now.into());
    if let Some(token) = access_token {
        claim("ath", access_token_hash(token).into());
    }
    if let Some(nonce) = nonce {
        claim("nonce", nonce.into());
    }
    key.sign(&header, &claims)
}

/// The target URI without query, fragment and what belongs into `Authorization`.
fn target(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Only URLs without a host refuse this, and those have neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

fn access_token_hash(token: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.expose().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::{Algorithm, JwkSet, Verified, thumbprint, verify};
    use serde_json::json;

    /// The example of RFC 9449 section 4.1.
    const EXAMPLE: &str = concat!(
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMz",
        "R0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFq",
        "SG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwia",
        "HRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjY",
        "yNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV3",
        "7xRZT3Lg",
    );

    fn key() -> SigningKey {
        SigningKey::generate_es256().unwrap().0
    }

    /// Verifies a proof with the key that it carries, as a server does.
    fn read(proof: &str) -> Verified {
        let header = URL_SAFE_NO_PAD.decode(proof.split('.').next().unwrap()).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        let keys = JwkSet::parse(&json!({"keys": [header["jwk"]]})).unwrap();
        verify(proof, &keys, &[Algorithm::Es256]).unwrap()
    }

    fn names(map: &Map<String, Value>) -> Vec<&str> {
        let mut names: Vec<&str> = map.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn a_proof_is_built_as_the_rfcs_example() {
        let example = read(EXAMPLE);
        let url = Url::parse("https://server.example.com/token").unwrap();
        let key = key();
        let own = proof(&key, "POST", &url, None, None, 1_562_262_616, "-BwC3ESc6acc2lTc").unwrap();
        let own = read(own.expose());
        assert_eq!(own.claims, example.claims);
        assert_eq!(names(&own.header), names(&example.header));
        assert_eq!(own.header["typ"], example.header["typ"]);
        assert_eq!(own.header["alg"], example.header["alg"]);
        assert_eq!(own.header["jwk"], key.public_jwk().unwrap());
        // section 6.1: `jkt` of the example's key
        assert_eq!(
            thumbprint(&example.header["jwk"]).unwrap(),
            "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
        );
    }

    #[test]
    fn an_access_token_and_a_nonce_are_bound() {
        let url = Url::parse("https://me:pw@api.test:8443/a%20b?q=1#f").unwrap();
        // section 7.1
        let token = Secret::from("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
        let own = proof(&key(), "GET", &url, Some(&token), Some("eyJ7S"), 7, "j").unwrap();
        let claims = read(own.expose()).claims;
        assert_eq!(
            Value::Object(claims),
            json!({
                "jti": "j", "htm": "GET", "htu": "https://api.test:8443/a%20b", "iat": 7,
                "ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo", "nonce": "eyJ7S",
            })
        );
    }

    #[test]
    fn a_shared_secret_proves_nothing() {
        let key = SigningKey::from_secret(Algorithm::Hs256, b"hunter2").unwrap();
        let url = Url::parse("https://server.example.com/token").unwrap();
        let result = proof(&key, "POST", &url, None, None, 0, "j");
        assert!(matches!(result, Err(KeyError::Symmetric(_))));
    }
}
