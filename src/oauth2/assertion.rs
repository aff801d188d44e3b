//! Assertions (RFC 7523 section 3): a JWT that its sender signed itself.

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

/// Signs an assertion. `iat`, `exp` and `jti` are added where the claims do not name them.
///
/// # Errors
/// The key refused.
pub fn signed_assertion(
    key: &SigningKey,
    header: &Map<String, Value>,
    mut claims: Map<String, Value>,
    lifetime: &Lifetime,
    jti: &str,
) -> Result<Secret, KeyError> {
    let mut header = header.clone();
    header.entry("typ").or_insert_with(|| "JWT".into());
    claims.entry("iat").or_insert_with(|| lifetime.now.into());
    claims.entry("exp").or_insert_with(|| (lifetime.now + lifetime.seconds).into());
    claims.entry("jti").or_insert_with(|| jti.into());
    key.sign(&header, &claims)
}
