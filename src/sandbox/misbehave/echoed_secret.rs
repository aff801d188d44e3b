//! Defines `echoed-secret`: the token endpoint refuses and repeats the whole request, secrets and
//! all, in its text.

use crate::sandbox::error::OAuthError;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "echoed-secret",
    explain: "the token endpoint refuses and repeats the whole request, secrets and all, in its text",
};

/// Some providers do; whoever shows or logs the text must take the secrets out.
pub(super) fn error(body: &[u8]) -> OAuthError {
    let request = String::from_utf8_lossy(body);
    OAuthError::invalid_request(format!("cannot understand {request}"))
}
