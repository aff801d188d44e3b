//! Defines the requests that clients send themselves: a form, nothing twice, and no credential in
//! the URL.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;

use super::error::OAuthError;
use super::form::{Parameters, has_media_type};

/// No such request is longer, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// What must not be in a URL, where logs would keep it (RFC 6749 section 2.3.1).
const SECRET: [&str; 10] = [
    "assertion",
    "client_assertion",
    "client_secret",
    "code",
    "code_verifier",
    "device_code",
    "password",
    "refresh_token",
    "subject_token",
    "token",
];

/// Reads the whole body.
pub(super) async fn read(request: Request) -> Result<(Parts, Bytes), OAuthError> {
    let (parts, body) = request.into_parts();
    match to_bytes(body, MAX_BODY).await {
        Ok(body) => Ok((parts, body)),
        Err(_) => Err(OAuthError::invalid_request("the body is too long")),
    }
}

/// The parameters of a body (RFC 6749 section 3.2).
pub(super) fn parameters(parts: &Parts, body: &Bytes) -> Result<Parameters, OAuthError> {
    let query = Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes());
    if let Some((name, _)) = query.iter().find(|(name, _)| SECRET.contains(name)) {
        return Err(OAuthError::invalid_request(format!("{name} must not be in the URL")));
    }
    if !has_media_type(&parts.headers, "application/x-www-form-urlencoded") {
        return Err(OAuthError::invalid_request(
            "the body must be application/x-www-form-urlencoded",
        ));
    }
    let parameters = Parameters::parse(body);
    match parameters.repeated() {
        Some(name) => Err(OAuthError::repeated(name)),
        None => Ok(parameters),
    }
}
