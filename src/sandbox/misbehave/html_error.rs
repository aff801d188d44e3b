//! Defines `html-error`: the token endpoint answers 502 with a web page.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::about::About;

pub(super) const ABOUT: About =
    About { name: "html-error", explain: "the token endpoint answers 502 with a web page" };

/// What a proxy in front of the provider says.
pub(super) fn answer() -> Response {
    let page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    (StatusCode::BAD_GATEWAY, Html(page)).into_response()
}
