//! Defines the scopes, what each lets an app do, and how a request for scopes is read.

use super::error::OAuthError;

/// The scopes that can be asked for, and what the page says about each.
pub(super) const SCOPES: [(&str, &str); 5] = [
    ("openid", "Know who you are"),
    ("profile", "See your name"),
    ("email", "See your email address"),
    ("notes.read", "Read your notes"),
    ("notes.write", "Write and delete your notes"),
];

/// What who asks for none gets (RFC 6749 section 3.3).
const DEFAULT: &str = "profile";

/// What the page says about a scope; `None` if there is no such scope.
pub(super) fn meaning(scope: &str) -> Option<&'static str> {
    SCOPES.iter().find(|(name, _)| *name == scope).map(|(_, text)| *text)
}

/// The scopes of a `scope` parameter (RFC 6749 section 3.3), all of which must exist.
pub(super) fn asked(scope: Option<&str>) -> Result<Vec<String>, OAuthError> {
    let scopes: Vec<_> = scope.unwrap_or(DEFAULT).split(' ').map(str::to_owned).collect();
    match scopes.iter().find(|scope| meaning(scope).is_none()) {
        None => Ok(scopes),
        Some(_) => Err(OAuthError::new("invalid_scope", "a scope is unknown")),
    }
}

/// RFC 6749 section 6: what comes from a grant may have less, never more.
pub(super) fn narrowed(granted: &[String], scope: Option<&str>) -> Result<Vec<String>, OAuthError> {
    let Some(scope) = scope else { return Ok(granted.to_vec()) };
    let asked: Vec<String> = scope.split(' ').map(str::to_owned).collect();
    match asked.iter().find(|name| !granted.contains(name)) {
        None => Ok(asked),
        Some(_) => Err(OAuthError::new("invalid_scope", "no more scopes than were granted")),
    }
}
