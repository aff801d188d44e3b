//! Defines `server-error-once`: the first token request gets a 500, the next ones work.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "server-error-once",
    explain: "the first token request gets a 500, the next ones work",
};

pub(super) fn answer() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "something broke\n").into_response()
}
