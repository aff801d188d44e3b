//! Defines `invalid-scope`: every authorization request is sent back with invalid_scope.

use crate::sandbox::error::OAuthError;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "invalid-scope",
    explain: "every authorization request is sent back with invalid_scope",
};

/// RFC 6749 section 4.1.2.1
pub(super) fn error() -> OAuthError {
    OAuthError::new("invalid_scope", "the scope is unknown")
}
