//! Defines `truncated-answer`: the token answer breaks off in the middle of its JSON.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::about::{About, Answer};

pub(super) const ABOUT: About = About {
    name: "truncated-answer",
    explain: "the token answer breaks off in the middle of its JSON",
};

/// A whole HTTP answer, but half a JSON text.
pub(super) fn encode(answer: Answer) -> Response {
    let mut text = Value::Object(answer).to_string();
    text.truncate(text.len() / 2);
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
