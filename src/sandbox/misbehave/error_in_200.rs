//! Defines `error-in-200`: the token endpoint answers 200 with an error inside.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::about::About;

pub(super) const ABOUT: About =
    About { name: "error-in-200", explain: "the token endpoint answers 200 with an error inside" };

/// As Zoho and Slack do.
pub(super) fn answer() -> Response {
    Json(json!({
        "error": "invalid_grant",
        "error_description": "the grant is invalid, expired or revoked",
    }))
    .into_response()
}
