//! Defines how an API call presents its access token (RFC 6750), and what a refusal says.

use std::time::Instant;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::error::NO_STORE;
use super::ledger::Authority;
use super::provider::Provider;

/// What the token of an `Authorization` header stands for (section 2.1), or why it does not count.
pub(super) fn authority(
    provider: &Provider,
    authorization: &str,
) -> Result<Authority, &'static str> {
    let token = after(authorization, "Bearer").ok_or("the Authorization header is not Bearer")?;
    provider.ledger().check(token, Instant::now())
}

/// What follows a scheme, whose name compares without case (RFC 9110 section 11.1).
pub(super) fn after<'a>(authorization: &'a str, scheme: &str) -> Option<&'a str> {
    let (name, rest) = authorization.split_once(' ')?;
    name.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// Section 3: a 401 that names the scheme with its parameters. Section 3.1: no error code for a
/// request that did not even try.
pub(super) fn refusal(parameters: &str, reason: &'static str, tried: bool) -> Response {
    let mut challenge = format!("Bearer {parameters}");
    if tried {
        challenge += &format!(r#", error="invalid_token", error_description="{reason}""#);
    }
    let body = Json(json!({"error": "invalid_token", "error_description": reason}));
    (StatusCode::UNAUTHORIZED, NO_STORE, [(header::WWW_AUTHENTICATE, challenge)], body)
        .into_response()
}
