//! Defines `too-many-requests`: the API answers every call with 429 and Retry-After: 1.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "too-many-requests",
    explain: "the API answers every call with 429 and Retry-After: 1",
};

/// RFC 6585 section 4
pub(super) fn answer() -> Response {
    let retry_after = [(header::RETRY_AFTER, "1")];
    (StatusCode::TOO_MANY_REQUESTS, retry_after, "too many requests\n").into_response()
}
