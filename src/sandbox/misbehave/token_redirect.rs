//! Defines `token-redirect`: the token endpoint redirects with 307, which would send the secrets
//! on.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::sandbox::error::OAuthError;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "token-redirect",
    explain: "the token endpoint redirects with 307, which would send the secrets on",
};

pub(super) fn answer() -> Response {
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/token/elsewhere")]).into_response()
}

/// `/token/elsewhere`: who arrives here has followed, and the counters show it.
pub(in crate::sandbox) async fn redirected_token_request() -> OAuthError {
    OAuthError::invalid_request("a token request must not follow a redirect")
}
