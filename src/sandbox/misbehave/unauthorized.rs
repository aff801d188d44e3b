//! Defines `unauthorized`: the API answers every call with 401, however fresh the token.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "unauthorized",
    explain: "the API answers every call with 401, however fresh the token",
};

/// A client that refreshes on 401 must not go round in circles.
pub(super) fn answer() -> Response {
    let challenge = r#"Bearer realm="sandbox", error="invalid_token""#;
    let body = Json(json!({"error": "invalid_token"}));
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)], body).into_response()
}
