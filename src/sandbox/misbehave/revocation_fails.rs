//! Defines `revocation-fails`: the revocation endpoint answers 503.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::about::About;

pub(super) const ABOUT: About =
    About { name: "revocation-fails", explain: "the revocation endpoint answers 503" };

/// RFC 7009 section 2.2.1: the token is still good, and the client should say so.
pub(super) fn answer() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "try again later\n").into_response()
}
