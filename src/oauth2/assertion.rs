//! Assertions: signed claims in place of a password, as a grant or as client authentication
//! (RFC 7521, RFC 7523).

use crate::jose::{KeyError, SigningKey};
use crate::secret::Secret;
use serde_json::{Map, Value};

/// When an assertion begins and how long it lives.
pub struct Lifetime {
    /// Unix seconds.
    pub now: i64,
    /// Seconds.
    pub seconds: i64,
}

/// Signs an assertion. `iat`, `exp` and `jti` are added to claims that do not name them, `typ` to a
/// header that does not. What is `null` is left out, so that a definition can do without one.
///
/// # Errors
/// The system gives no random numbers.
pub fn signed_assertion(
    key: &SigningKey,
    header: &Map<String, Value>,
    claims: Map<String, Value>,
    lifetime: &Lifetime,
    jti: &str,
) -> Result<Secret, KeyError> {
    let expiry = lifetime.now.saturating_add(lifetime.seconds);
    let standard = [("iat", lifetime.now.into()), ("exp", expiry.into()), ("jti", jti.into())];
    key.sign(&completed(header.clone(), [("typ", "JWT".into())]), &completed(claims, standard))
}

fn completed<const N: usize>(
    mut all: Map<String, Value>,
    standard: [(&str, Value); N],
) -> Map<String, Value> {
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

    fn read(header: &Value, claims: &Value) -> Verified {
        let (key, _) = SigningKey::generate_es256().unwrap();
        let map = |value: &Value| value.as_object().unwrap().clone();
        let lifetime = Lifetime { now: 1_700_000_000, seconds: 300 };
        let token = signed_assertion(&key, &map(header), map(claims), &lifetime, "j1").unwrap();
        let keys = json!({"keys": [key.public_jwk().unwrap()]});
        verify(token.expose(), &JwkSet::parse(&keys).unwrap(), &[Algorithm::Es256]).unwrap()
    }

    #[test]
    fn what_every_assertion_has_is_added() {
        let verified = read(
            &json!({"kid": "k"}),
            &json!({"iss": "me", "sub": "me", "aud": "https://op.test"}),
        );
        assert_eq!(
            Value::Object(verified.header),
            json!({"alg": "ES256", "kid": "k", "typ": "JWT"})
        );
        assert_eq!(
            Value::Object(verified.claims),
            json!({
                "iss": "me", "sub": "me", "aud": "https://op.test",
                "iat": 1_700_000_000, "exp": 1_700_000_300, "jti": "j1",
            })
        );
    }

    #[test]
    fn what_is_named_stays_and_null_leaves_out() {
        let own = json!({"iss": "a", "iat": 5, "exp": 6, "jti": null, "scope": ["x", 1]});
        let verified = read(&json!({"typ": null}), &own);
        assert_eq!(Value::Object(verified.header), json!({"alg": "ES256"}));
        assert_eq!(
            Value::Object(verified.claims),
            json!({"iss": "a", "iat": 5, "exp": 6, "scope": ["x", 1]})
        );
    }
}
