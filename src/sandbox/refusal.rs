//! Defines a refusal of one's own: every token request gets this error, to see what is made of it.

use std::sync::Mutex;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::lock::lock;

/// `CODE` or `CODE: DESCRIPTION`, while there is one. A code that is a status is sent as the status.
#[derive(Default)]
pub(super) struct Refusal(Mutex<Option<String>>);

impl Refusal {
    pub(super) fn new(text: Option<String>) -> Self {
        let refusal = Self::default();
        refusal.replace(text.unwrap_or_default());
        refusal
    }

    /// Takes the place of the one so far; an empty text ends it.
    pub(super) fn replace(&self, text: String) {
        *lock(&self.0) = Some(text).filter(|text| !text.is_empty());
    }

    pub(super) fn answer(&self) -> Option<Response> {
        let text = lock(&self.0).clone()?;
        let (code, description) = text.split_once(": ").unwrap_or((&text, ""));
        let status = code.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
        Some(match status {
            Some(status) => (status, Json(json!({ "message": description }))).into_response(),
            None => {
                let body = json!({ "error": code, "error_description": description });
                (StatusCode::BAD_REQUEST, Json(body)).into_response()
            }
        })
    }
}
