//! Defines what makes an assertion good (RFC 7523 section 3): a JWT that a client or a service
//! account signed itself.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::jose::{Algorithm, JwkSet, verify};

use super::called::Called;
use super::provider::{Provider, unix_time};

/// How far two clocks may be apart, in seconds.
const LEEWAY: u64 = 30;
/// How far ahead an assertion may expire, in seconds: section 3, item 4 lets a server refuse what
/// is unreasonably long.
const MAX_LIFETIME: u64 = 3600;

/// The issuer that an assertion claims to have. Nothing is verified.
pub(super) fn claimed_issuer(assertion: &str) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(assertion.split('.').nth(1)?).ok()?;
    let claims: Map<String, Value> = serde_json::from_slice(&payload).ok()?;
    claims.get("iss")?.as_str().map(str::to_owned)
}

/// The claims of an assertion that is good, for the first time; or what is wrong with it.
pub(super) fn checked(
    provider: &Provider,
    (assertion, issuer): (&str, &str),
    (keys, allowed): (&JwkSet, &[Algorithm]),
    called: &Called,
) -> Result<Map<String, Value>, String> {
    let claims = verify(assertion, keys, allowed).map_err(|error| error.to_string())?.claims;
    if text(&claims, "iss") != Some(issuer) {
        return Err(format!("iss is not {issuer}"));
    }
    if text(&claims, "sub").is_none_or(str::is_empty) {
        return Err("sub is missing".to_owned());
    }
    is_for_us(&claims, called)?;
    let expires = is_current(&claims)?;
    let jti = text(&claims, "jti").ok_or("jti is missing")?;
    let remembered = Duration::from_secs(expires + 2 * LEEWAY - unix_time().min(expires));
    if !provider.replay.first_use(format!("assertion {issuer} {jti}"), remembered) {
        return Err("an assertion with this jti was used before".to_owned());
    }
    Ok(claims)
}

/// Item 3: this server, by its issuer or by the address of its token endpoint.
fn is_for_us(claims: &Map<String, Value>, called: &Called) -> Result<(), String> {
    let token_endpoint = format!("{}/token", called.issuer);
    let ours = [&*called.issuer, &*token_endpoint, &*called.url];
    let good = match claims.get("aud") {
        Some(Value::String(audience)) => ours.contains(&&**audience),
        Some(Value::Array(all)) => {
            all.iter().filter_map(Value::as_str).any(|audience| ours.contains(&audience))
        }
        _ => return Err("aud is missing".to_owned()),
    };
    if good { Ok(()) } else { Err(format!("aud is neither {} nor {token_endpoint}", ours[0])) }
}

/// Items 4 to 6: when it expires, in Unix seconds.
fn is_current(claims: &Map<String, Value>) -> Result<u64, String> {
    let now = unix_time();
    let time = |name: &str| claims.get(name).and_then(Value::as_u64);
    let expires = time("exp").ok_or("exp is missing")?;
    if expires + LEEWAY <= now {
        return Err("it expired".to_owned());
    }
    if expires > now + MAX_LIFETIME + LEEWAY {
        return Err("it expires more than an hour from now".to_owned());
    }
    if ["nbf", "iat"].into_iter().filter_map(time).any(|time| time > now + LEEWAY) {
        return Err("it is from the future".to_owned());
    }
    Ok(expires)
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}
