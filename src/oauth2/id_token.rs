//! ID tokens (OpenID Connect Core 1.0): who signed in, as the provider has signed it.

use crate::jose::{Algorithm, JwkSet, JwtError, base64url, verify};
use crate::secret::Secret;
use crate::text::short;
use ring::digest::{SHA256, SHA384, SHA512, digest};
use serde_json::{Map, Value};

/// How far two clocks may be apart, in seconds.
const LEEWAY: i64 = 60;

/// What an ID token must say.
pub struct Expected<'a> {
    /// Of the provider that was asked.
    pub issuer: &'a str,
    /// For whom it must be.
    pub client_id: &'a str,
    /// That of our request.
    pub nonce: Option<&'a str>,
    /// What came with it, which `at_hash` is over.
    pub access_token: Option<&'a Secret>,
    /// Unix seconds.
    pub now: i64,
}

/// Why an ID token is not believed; each names the rule.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each says what it is in its message")]
pub enum IdTokenError {
    #[error("the keys of the provider cannot be read: {0}")]
    Keys(String),
    #[error("the ID token is not believed: {0}")]
    Signature(#[from] JwtError),
    #[error(
        "the ID token is from `{found}`, and `{expected}` was asked \
         (OpenID Connect Core section 3.1.3.7, rule 2)"
    )]
    Issuer { expected: String, found: String },
    #[error("the ID token is for another client (OpenID Connect Core section 3.1.3.7, rule 3)")]
    Audience,
    #[error(
        "the ID token is for several, and not handed to this client \
         (OpenID Connect Core section 3.1.3.7, rules 4 and 5)"
    )]
    AuthorizedParty,
    #[error(
        "the ID token has expired, or this machine's clock is wrong \
         (OpenID Connect Core section 3.1.3.7, rule 9)"
    )]
    Expired,
    #[error(
        "the ID token was issued in the future, or this machine's clock is wrong \
         (OpenID Connect Core section 3.1.3.7, rule 10)"
    )]
    NotYet,
    #[error(
        "the ID token does not belong to this request: its `nonce` is another \
         (OpenID Connect Core section 3.1.3.7, rule 11)"
    )]
    Nonce,
    #[error(
        "the ID token came with another access token: `at_hash` differs \
         (OpenID Connect Core section 3.1.3.8)"
    )]
    AccessTokenHash,
    #[error("the ID token has no `{0}` (OpenID Connect Core section 2)")]
    Missing(&'static str),
}

/// Checks an ID token and gives its claims.
///
/// # Errors
/// The first rule that it breaks.
pub fn check_id_token(
    token: &Secret,
    keys: &JwkSet,
    expected: &Expected<'_>,
) -> Result<Map<String, Value>, IdTokenError> {
    let verified = verify(token.expose(), keys, &Algorithm::ASYMMETRIC)?;
    let claims = verified.claims;
    check_issuer(&claims, expected.issuer)?;
    check_audience(&claims, expected.client_id)?;
    check_times(&claims, expected.now)?;
    if claims.get("sub").and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err(IdTokenError::Missing("sub"));
    }
    if let Some(nonce) = expected.nonce {
        let found = claims.get("nonce").and_then(Value::as_str);
        if !found.is_some_and(|found| Secret::from(nonce).equals(found)) {
            return Err(IdTokenError::Nonce);
        }
    }
    let algorithm = verified.header.get("alg").and_then(Value::as_str).unwrap_or_default();
    check_access_token(&claims, expected.access_token, algorithm)?;
    Ok(claims)
}

fn check_issuer(claims: &Map<String, Value>, issuer: &str) -> Result<(), IdTokenError> {
    let found = claims.get("iss").and_then(Value::as_str).ok_or(IdTokenError::Missing("iss"))?;
    if found == issuer {
        return Ok(());
    }
    Err(IdTokenError::Issuer { expected: issuer.to_owned(), found: short(found, 200) })
}

fn check_audience(claims: &Map<String, Value>, client_id: &str) -> Result<(), IdTokenError> {
    let audience: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => return Err(IdTokenError::Missing("aud")),
    };
    if !audience.contains(&client_id) {
        return Err(IdTokenError::Audience);
    }
    match claims.get("azp").and_then(Value::as_str) {
        Some(party) if party != client_id => Err(IdTokenError::AuthorizedParty),
        None if audience.len() > 1 => Err(IdTokenError::AuthorizedParty),
        _ => Ok(()),
    }
}

fn check_times(claims: &Map<String, Value>, now: i64) -> Result<(), IdTokenError> {
    let number = |name: &str| claims.get(name).and_then(Value::as_f64);
    #[allow(clippy::cast_precision_loss, reason = "seconds of this century are exact")]
    let (now, leeway) = (now as f64, LEEWAY as f64);
    if number("exp").ok_or(IdTokenError::Missing("exp"))? + leeway <= now {
        return Err(IdTokenError::Expired);
    }
    if number("iat").ok_or(IdTokenError::Missing("iat"))? - leeway > now {
        return Err(IdTokenError::NotYet);
    }
    Ok(())
}

/// The left half of the digest that the algorithm's name tells (section 3.1.3.6).
fn check_access_token(
    claims: &Map<String, Value>,
    token: Option<&Secret>,
    algorithm: &str,
) -> Result<(), IdTokenError> {
    let (Some(found), Some(token)) = (claims.get("at_hash").and_then(Value::as_str), token) else {
        return Ok(());
    };
    let how = match algorithm.get(2..) {
        Some("384") => &SHA384,
        // RFC 8037 does not say; providers take the digest inside Ed25519.
        Some("512" | "DSA") => &SHA512,
        _ => &SHA256,
    };
    let whole = digest(how, token.expose().as_bytes());
    let half = &whole.as_ref()[..whole.as_ref().len() / 2];
    match base64url(half) == found {
        true => Ok(()),
        false => Err(IdTokenError::AccessTokenHash),
    }
}
