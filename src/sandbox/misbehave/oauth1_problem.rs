//! Defines `oauth1-problem`: every request for a token of OAuth 1.0a is answered with a problem.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "oauth1-problem",
    explain: "a request token of OAuth 1.0a is refused with oauth_problem, in a 200",
};

/// As some providers say no (OAuth Problem Reporting).
pub(super) fn answer() -> Response {
    let kind = [(header::CONTENT_TYPE, "application/x-www-form-urlencoded")];
    (kind, "oauth_problem=consumer_key_rejected").into_response()
}
