//! Defines `form-answer`: the token answer is form-encoded.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use url::form_urlencoded;

use super::about::{About, Answer};

pub(super) const ABOUT: About =
    About { name: "form-answer", explain: "the token answer is form-encoded" };

/// As GitHub and Facebook did for years.
pub(super) fn encode(answer: Answer) -> Response {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in answer {
        let text = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        form.append_pair(&name, &text);
    }
    ([(header::CONTENT_TYPE, "application/x-www-form-urlencoded")], form.finish()).into_response()
}
