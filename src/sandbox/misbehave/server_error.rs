//! Defines `server-error`: the API answers every call with 500.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::about::About;

pub(super) const ABOUT: About =
    About { name: "server-error", explain: "the API answers every call with 500" };

pub(super) fn answer() -> Response {
    let body = Json(json!({"error": "something broke"}));
    (StatusCode::INTERNAL_SERVER_ERROR, body).into_response()
}
