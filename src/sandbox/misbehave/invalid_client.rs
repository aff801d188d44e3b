//! Defines `invalid-client`: the token endpoint refuses every client.

use crate::sandbox::error::OAuthError;

use super::about::About;

pub(super) const ABOUT: About =
    About { name: "invalid-client", explain: "the token endpoint refuses every client" };

/// RFC 6749 section 5.2
pub(super) fn error() -> OAuthError {
    OAuthError::invalid_client("the client id or secret is wrong")
}
