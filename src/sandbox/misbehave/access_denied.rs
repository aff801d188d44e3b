//! Defines `access-denied`: every authorization request is sent back with access_denied, without
//! a page.

use crate::sandbox::error::OAuthError;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "access-denied",
    explain: "every authorization request is sent back with access_denied, without a page",
};

/// RFC 6749 section 4.1.2.1
pub(super) fn error() -> OAuthError {
    OAuthError::new("access_denied", "the person refused")
}
