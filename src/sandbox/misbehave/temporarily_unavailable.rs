//! Defines `temporarily-unavailable`: every authorization request is sent back with
//! temporarily_unavailable.

use crate::sandbox::error::OAuthError;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "temporarily-unavailable",
    explain: "every authorization request is sent back with temporarily_unavailable",
};

/// RFC 6749 section 4.1.2.1
pub(super) fn error() -> OAuthError {
    OAuthError::new("temporarily_unavailable", "too much to do, try again later")
}
