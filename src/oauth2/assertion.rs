//! Assertions: signed claims in place of a password, as a grant or as client authentication
//! (RFC 7521, RFC 7523).

use crate::jose::{KeyError, SigningKey};
use crate::secret::Secret;
use serde_json::{Map, Value};

/// Signs an assertion. `iat`, `exp` (after `lifetime` seconds) and `jti` are added to claims that do
/// not name them, `typ` to a header that does not. What is `null` is left out, so that a definition
/// can do without one of these. `now` in Unix seconds.
///
/// # Errors
/// The system gives no random numbers.
pub fn assertion(
    key: &SigningKey,
    header: &Map<String, Value>,
    claims: &Map<String, Value>,
    now: i64,
    jti: &str,
    lifetime: i64,
) -> Result<Secret, KeyError> {
    let header = completed(header, [("typ", "JWT".into())]);
    let standard =
        [("iat", now.into()), ("exp", now.saturating_add(lifetime).into()), ("jti", jti.into())];
    key.sign(&header, &completed(claims, standard))
}

/// The claims that authenticate a client (RFC 7523 section 3, OpenID Connect Core section 9), for
/// [`assertion`]. The audience is the authorization server's issuer or its token endpoint.
#[must_use]
pub fn client_claims(client_id: &str, audience: &str) -> Map<String, Value> {
    let claims = [("iss", client_id), ("sub", client_id), ("aud", audience)];
    claims.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

fn completed<const N: usize>(
    own: &Map<String, Value>,
    standard: [(&str, Value); N],
) -> Map<String, Value> {
    let mut all = own.clone();
    for (name, value) in standard {
        all.entry(name).or_insert(value);
    }
    all.retain(|_, value| !value.is_null());
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::{Algorithm, JwkSet, Verified, verify};
    use serde_json::json;

    fn read(header: &Value, claims: &Map<String, Value>) -> Verified {
        let (key, _) = SigningKey::generate_es256().unwrap();
        let header = header.as_object().unwrap();
        let token = assertion(&key, header, claims, 1_700_000_000, "j1", 300).unwrap();
        let keys = json!({"keys": [key.public_jwk().unwrap()]}).to_string();
        verify(token.expose(), &JwkSet::parse(&keys).unwrap(), &[Algorithm::Es256]).unwrap()
    }

    #[test]
    fn a_client_names_itself_twice_and_whom_it_speaks_to() {
        let verified = read(&json!({"kid": "k"}), &client_claims("me", "https://op.test/token"));
        assert_eq!(
            Value::Object(verified.header),
            json!({"alg": "ES256", "kid": "k", "typ": "JWT"})
        );
        assert_eq!(
            Value::Object(verified.claims),
            json!({
                "iss": "me", "sub": "me", "aud": "https://op.test/token",
                "iat": 1_700_000_000, "exp": 1_700_000_300, "jti": "j1",
            })
        );
    }

    #[test]
    fn what_is_named_stays_and_null_leaves_out() {
        let own = json!({"iss": "a", "iat": 5, "exp": 6, "jti": null, "scope": ["x", 1]});
        let verified = read(&json!({"typ": null}), own.as_object().unwrap());
        assert_eq!(Value::Object(verified.header), json!({"alg": "ES256"}));
        assert_eq!(
            Value::Object(verified.claims),
            json!({"iss": "a", "iat": 5, "exp": 6, "scope": ["x", 1]})
        );
    }
}
