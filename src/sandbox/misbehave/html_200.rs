//! Defines `html-200`: the token endpoint answers 200 with a web page.

use axum::response::{Html, IntoResponse, Response};

use super::about::About;

pub(super) const ABOUT: About =
    About { name: "html-200", explain: "the token endpoint answers 200 with a web page" };

/// As a captive portal does, or a login wall.
pub(super) fn answer() -> Response {
    Html("<html><body><form>Please log in</form></body></html>").into_response()
}
