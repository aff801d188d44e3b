//! Defines `wrong-content-type`: the token answer is JSON that calls itself a web page.

use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;

use super::about::{About, Answer};

pub(super) const ABOUT: About = About {
    name: "wrong-content-type",
    explain: "the token answer is JSON that calls itself a web page",
};

pub(super) fn encode(answer: Answer) -> Response {
    Html(Value::Object(answer).to_string()).into_response()
}
