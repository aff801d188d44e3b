//! Defines `invalid-grant`: the token endpoint refuses every request with invalid_grant.

use crate::sandbox::error::OAuthError;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "invalid-grant",
    explain: "the token endpoint refuses every request with invalid_grant",
};

/// RFC 6749 section 5.2
pub(super) fn error() -> OAuthError {
    OAuthError::invalid_grant("the grant is invalid, expired or revoked")
}
