//! The check of an ID token (OpenID Connect Core 1.0, sections 2, 3.1.3.7 and 3.1.3.8).

use crate::jose::{Algorithm, JwkSet, JwkSetError, JwtError, algorithm_of, verify};
use crate::secret::Secret;
use crate::text::short;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use serde_json::{Map, Value};

/// How far two clocks may be apart, in seconds.
const LEEWAY: i64 = 60;

/// What the token has to agree with.
pub struct Expected<'a> {
    /// The issuer that was discovered or configured.
    pub issuer: &'a str,
    /// One's own client id.
    pub client_id: &'a str,
    /// What the authorization request sent, if it did. On a refresh there is nothing to compare
    /// with (section 12.2).
    pub nonce: Option<&'a str>,
    /// The access token that came along, for `at_hash`.
    pub access_token: Option<&'a Secret>,
    /// The client secret, only where the client is registered for `HS256`.
    pub client_secret: Option<&'a Secret>,
    /// Unix seconds.
    pub now: i64,
}

/// Claims that can be believed.
type Claims = Map<String, Value>;

/// Why an ID token is refused.
#[derive(Debug, thiserror::Error)]
pub enum IdTokenError {
    /// There are no keys to check it with.
    #[error("the keys of the provider cannot be read: {0}")]
    Keys(#[from] JwkSetError),
    /// Rules 6 to 8.
    #[error("the ID token is not signed as OpenID Connect Core 3.1.3.7 rule 6 asks: {0}")]
    Signature(#[from] JwtError),
    /// Section 2.
    #[error("the ID token has no usable `{0}`, which OpenID Connect Core section 2 asks for")]
    Missing(&'static str),
    /// Rule 2.
    #[error(
        "the ID token is from `{found}` and not from `{expected}` (OpenID Connect Core 3.1.3.7 rule 2)"
    )]
    Issuer {
        /// Who it names.
        found: String,
        /// Who it should be from.
        expected: String,
    },
    /// Rule 3.
    #[error(
        "the ID token is for another client: `aud` has no `{0}` (OpenID Connect Core 3.1.3.7 rule 3)"
    )]
    Audience(String),
    /// Rule 4, as it was before the second set of errata.
    #[error(
        "the ID token is for several audiences and has no `azp` (OpenID Connect Core 3.1.3.7 rule 4)"
    )]
    NoAuthorizedParty,
    /// Rule 5, likewise.
    #[error(
        "the ID token was issued to another client, `{0}` by its `azp` (OpenID Connect Core 3.1.3.7 rule 5)"
    )]
    AuthorizedParty(String),
    /// Rule 9.
    #[error(
        "the ID token expired {0} seconds ago (OpenID Connect Core 3.1.3.7 rule 9): is this machine's clock right?"
    )]
    Expired(i64),
    /// Rule 10, and `nbf` of RFC 7519 section 4.1.5.
    #[error(
        "the ID token is from the future: `{claim}` is {seconds} seconds ahead (OpenID Connect Core 3.1.3.7 rule 10): is this machine's clock right?"
    )]
    Future {
        /// `iat` or `nbf`.
        claim: &'static str,
        /// By how much.
        seconds: i64,
    },
    /// Rule 11.
    #[error(
        "the ID token does not repeat the request's `nonce` (OpenID Connect Core 3.1.3.7 rule 11)"
    )]
    Nonce,
    /// Section 3.1.3.8.
    #[error(
        "the ID token's `at_hash` is not that of the access token (OpenID Connect Core 3.1.3.8)"
    )]
    AccessTokenHash,
}

/// Checks an ID token and gives its claims.
///
/// # Errors
/// A rule is broken. [`JwtError::UnknownKey`] inside may go away with a fresh JWKS.
pub fn check_id_token(
    token: &Secret,
    keys: &JwkSet,
    expected: &Expected<'_>,
) -> Result<Claims, IdTokenError> {
    let token = token.expose();
    let algorithm = algorithm_of(token)?;
    let claims = match (algorithm, expected.client_secret) {
        // One's own secret and the provider's public keys never stand in one set.
        (Algorithm::Hs256, Some(secret)) => {
            verify(token, &JwkSet::from_secret(secret), &[Algorithm::Hs256])?.claims
        }
        _ => verify(token, keys, &Algorithm::ASYMMETRIC)?.claims,
    };
    check_issuer(&claims, expected)?;
    text(&claims, "sub")?;
    check_audience(&claims, expected.client_id)?;
    check_times(&claims, expected.now)?;
    check_nonce(&claims, expected.nonce)?;
    check_access_token(&claims, expected.access_token, algorithm)?;
    Ok(claims)
}

fn check_issuer(claims: &Claims, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let found = text(claims, "iss")?;
    if found == expected.issuer {
        return Ok(());
    }
    Err(IdTokenError::Issuer { found: short(found, 200), expected: expected.issuer.to_owned() })
}

fn check_audience(claims: &Claims, client_id: &str) -> Result<(), IdTokenError> {
    let audiences = match claims.get("aud") {
        Some(Value::Array(several)) => several.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => return Err(IdTokenError::Missing("aud")),
    };
    if !audiences.iter().any(|audience| audience == client_id) {
        return Err(IdTokenError::Audience(client_id.to_owned()));
    }
    match claims.get("azp") {
        None if audiences.len() > 1 => Err(IdTokenError::NoAuthorizedParty),
        Some(party) if party != client_id => {
            let party = party.as_str().unwrap_or("not a text");
            Err(IdTokenError::AuthorizedParty(short(party, 80)))
        }
        _ => Ok(()),
    }
}

fn check_times(claims: &Claims, now: i64) -> Result<(), IdTokenError> {
    let expired = now.saturating_sub(seconds(claims, "exp")?);
    if expired >= LEEWAY {
        return Err(IdTokenError::Expired(expired));
    }
    for claim in ["iat", "nbf"] {
        if claim == "nbf" && !claims.contains_key(claim) {
            continue;
        }
        let ahead = seconds(claims, claim)?.saturating_sub(now);
        if ahead > LEEWAY {
            return Err(IdTokenError::Future { claim, seconds: ahead });
        }
    }
    Ok(())
}

fn check_nonce(claims: &Claims, nonce: Option<&str>) -> Result<(), IdTokenError> {
    match nonce {
        Some(nonce) if claims.get("nonce").is_none_or(|found| found != nonce) => {
            Err(IdTokenError::Nonce)
        }
        _ => Ok(()),
    }
}

fn check_access_token(
    claims: &Claims,
    access_token: Option<&Secret>,
    algorithm: Algorithm,
) -> Result<(), IdTokenError> {
    let (Some(found), Some(token)) = (claims.get("at_hash"), access_token) else { return Ok(()) };
    let hash = digest::digest(algorithm.hash(), token.expose().as_bytes());
    let half = &hash.as_ref()[..hash.as_ref().len() / 2];
    match *found == URL_SAFE_NO_PAD.encode(half) {
        true => Ok(()),
        false => Err(IdTokenError::AccessTokenHash),
    }
}

fn text<'a>(claims: &'a Claims, name: &'static str) -> Result<&'a str, IdTokenError> {
    let text = claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or(IdTokenError::Missing(name))
}

/// A NumericDate (RFC 7519 section 2), which may have a fraction.
fn seconds(claims: &Claims, name: &'static str) -> Result<i64, IdTokenError> {
    let number = claims.get(name);
    let whole = number.and_then(Value::as_i64);
    #[allow(
        clippy::cast_possible_truncation,
        reason = "it saturates, and a fraction is not needed"
    )]
    whole
        .or_else(|| number.and_then(Value::as_f64).map(|fraction| fraction as i64))
        .ok_or(IdTokenError::Missing(name))
}

#[cfg(test)]
mod tests;
