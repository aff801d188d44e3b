//! Defines `unauthorized-client`: every authorization request is sent back with
//! unauthorized_client.

use crate::sandbox::error::OAuthError;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "unauthorized-client",
    explain: "every authorization request is sent back with unauthorized_client",
};

/// RFC 6749 section 4.1.2.1
pub(super) fn error() -> OAuthError {
    OAuthError::new("unauthorized_client", "the client may not use this grant")
}
