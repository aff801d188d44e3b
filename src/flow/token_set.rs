//! A token answer, read: the endpoint's own meaning over the RFC's.

use super::failure::FlowError;
use super::session::{Session, read_group};
use crate::answer::Answer;
use crate::context::now;
use crate::definition::{Endpoint, IDENTITY};
use crate::secret::Secret;
use crate::template::Scope;
use crate::text::short;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::TokenResponse;
use oauth2::basic::BasicTokenResponse;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a token endpoint gave.
pub struct TokenSet {
    /// RFC 6749 section 5.1.
    pub access_token: Secret,
    /// The next refresh token, if one came.
    pub refresh_token: Option<Secret>,
    /// The secret half of an OAuth 1.0a token.
    pub token_secret: Option<Secret>,
    /// OpenID Connect Core section 3.1.3.3; not checked yet.
    pub id_token: Option<Secret>,
    /// Unix seconds.
    pub expires_at: Option<i64>,
    /// The granted scopes, if the answer names them.
    pub scopes: Option<Vec<String>>,
    identity: Option<String>,
    extras: BTreeMap<String, String>,
    secrets: BTreeMap<String, String>,
}

impl TokenSet {
    /// A token of OAuth 1.0a, with the lifetime that its answer may state.
    pub(super) fn of_pair(token: Secret, secret: Secret, answer: &Answer) -> Self {
        let seconds = answer.value["oauth_expires_in"].as_str().and_then(parse_duration);
        Self {
            access_token: token,
            refresh_token: None,
            token_secret: Some(secret),
            id_token: None,
            expires_at: seconds.map(|seconds| now() + seconds),
            scopes: None,
            identity: None,
            extras: BTreeMap::new(),
            secrets: BTreeMap::new(),
        }
    }

    /// Puts the tokens into the session. What did not come stays as it was: a refresh need not
    /// bring a refresh token (RFC 6749 section 6) nor every extra again.
    pub fn apply(&self, session: &mut Session<'_>) {
        let credential = &mut session.credential;
        credential.access_token = Some(self.access_token.clone());
        if let Some(token) = &self.refresh_token {
            credential.refresh_token = Some(token.clone());
        }
        if let Some(secret) = &self.token_secret {
            credential.token_secret = Some(secret.clone());
        }
        for (name, value) in &self.secrets {
            credential.secrets.insert(name.clone(), Secret::from(value.as_str()));
        }
        session.extras.extend(self.extras.clone());
        session.identity.clone_from(&self.identity);
        session.learn_secrets();
    }
}

/// Reads an answer: the endpoint's own meaning over the RFC's.
///
/// # Errors
/// There is no access token in it.
pub fn read_token_set(
    endpoint: &Endpoint,
    answer: &Answer,
    scope: &Scope,
    request: &str,
) -> Result<TokenSet, FlowError> {
    let value = |name: &str| read_value(endpoint, answer, scope, name);
    let incomplete = || FlowError::Incomplete {
        request: request.to_owned(),
        missing: "access_token".to_owned(),
        html: answer.is_html(),
    };
    let access_token =
        value("access_token")?.filter(|token| !token.is_empty()).ok_or_else(incomplete)?;
    let expires_at = match value("expires_at")?.as_deref().and_then(parse_instant) {
        Some(at) => Some(at),
        None => value("expires_in")?
            .as_deref()
            .and_then(parse_duration)
            .map(|seconds| now() + seconds)
            .or_else(|| jwt_expiry(&access_token)),
    };
    // The crate's own type has the last word on what a token answer is.
    let standard = json!({
        "access_token": access_token,
        "token_type": value("token_type")?.unwrap_or_else(|| "bearer".to_owned()),
        "refresh_token": value("refresh_token")?.filter(|token| !token.is_empty()),
    });
    let standard: BasicTokenResponse =
        serde_json::from_value(standard).map_err(|_| incomplete())?;
    Ok(TokenSet {
        access_token: Secret::from(standard.access_token().secret().as_str()),
        refresh_token: standard.refresh_token().map(|token| Secret::from(token.secret().as_str())),
        token_secret: value("token_secret")?.filter(|text| !text.is_empty()).map(Secret::from),
        id_token: value("id_token")?.filter(|token| !token.is_empty()).map(Secret::from),
        expires_at,
        scopes: read_scopes(endpoint, answer, value("scope")?),
        identity: read_identity(endpoint, scope)?,
        extras: read_group(&endpoint.response.extras, scope)?,
        secrets: read_group(&endpoint.response.secrets, scope)?,
    })
}

/// Who the answer says it is; only a definition knows where it does.
pub(super) fn read_identity(
    endpoint: &Endpoint,
    scope: &Scope,
) -> Result<Option<String>, FlowError> {
    let mut values = endpoint.response.values.iter();
    let template = values.find(|(name, _)| name == IDENTITY).and_then(|(_, value)| value.as_ref());
    Ok(template.map(|template| template.render(scope)).transpose()?.flatten())
}

fn read_value(
    endpoint: &Endpoint,
    answer: &Answer,
    scope: &Scope,
    name: &str,
) -> Result<Option<String>, FlowError> {
    match endpoint.response.values.iter().find(|(known, _)| known == name) {
        Some((_, Some(template))) => Ok(template.render(scope)?),
        Some((_, None)) => Ok(None),
        None => Ok(match answer.value.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        }),
    }
}

/// Granted scopes: a list, or text with spaces or commas between (providers do both).
fn read_scopes(endpoint: &Endpoint, answer: &Answer, text: Option<String>) -> Option<Vec<String>> {
    let own = endpoint.response.values.iter().any(|(name, _)| name == "scope");
    if let (false, Some(Value::Array(items))) = (own, answer.value.get("scope")) {
        return Some(items.iter().filter_map(|v| v.as_str().map(|v| short(v, 200))).collect());
    }
    let text = text?;
    let parts = text.split([' ', ',', '+']).filter(|part| !part.is_empty());
    Some(parts.map(|part| short(part, 200)).collect())
}

/// A lifetime: seconds, or a number with a unit. Nothing that cannot be one is believed.
fn parse_duration(text: &str) -> Option<i64> {
    let text = text.trim().trim_matches('"');
    let at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..at].parse().ok()?;
    let factor = match text[at..].trim() {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    let seconds = number * factor;
    // A hundred years: anything more is no lifetime.
    #[allow(clippy::cast_possible_truncation, reason = "bounded right here")]
    (seconds.is_finite() && (0.0..3.2e9).contains(&seconds)).then_some(seconds as i64)
}

/// An instant: Unix seconds, Unix milliseconds, or RFC 3339.
fn parse_instant(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        if !(0..100_000_000_000_000).contains(&number) {
            return None;
        }
        return Some(if number > 100_000_000_000 { number / 1000 } else { number });
    }
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

/// `exp` of an access token that is a JWT. It is a hint for refreshing, never a proof.
fn jwt_expiry(token: &str) -> Option<i64> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice::<Value>(&bytes)
        .ok()?
        .get("exp")?
        .as_i64()
        .filter(|at| (0..100_000_000_000).contains(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lifetimes_come_in_many_spellings() {
        assert_eq!(parse_duration("3600"), Some(3600));
        assert_eq!(parse_duration("\"3600\""), Some(3600));
        assert_eq!(parse_duration("3600000ms"), Some(3600));
        assert_eq!(parse_duration("1h"), Some(3600));
        assert_eq!(parse_duration("-1"), None);
        assert_eq!(parse_duration("soon"), None);
        assert_eq!(parse_instant("1700000000"), Some(1_700_000_000));
        assert_eq!(parse_instant("1700000000000"), Some(1_700_000_000));
        assert_eq!(parse_instant("2023-11-14T22:13:20Z"), Some(1_700_000_000));
    }

    proptest! {
        #[test]
        fn no_lifetime_makes_it_panic(text in "\\PC{0,40}") {
            let _ = (parse_duration(&text), parse_instant(&text), jwt_expiry(&text));
        }
    }
}
