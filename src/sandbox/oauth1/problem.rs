//! Defines why a request is refused (RFC 5849 section 3.2), in the words of the OAuth Problem Reporting
//! extension (<https://wiki.oauth.net/w/page/12238543/ProblemReporting>).

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use url::form_urlencoded::Serializer;

use crate::sandbox::error::NO_STORE;

const CHALLENGE: (header::HeaderName, &str) =
    (header::WWW_AUTHENTICATE, r#"OAuth realm="sandbox""#);

/// A code of the extension, and a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Problem {
    code: &'static str,
    reason: &'static str,
}

impl Problem {
    pub(super) const fn new(code: &'static str, reason: &'static str) -> Self {
        Self { code, reason }
    }

    pub(super) const fn absent(reason: &'static str) -> Self {
        Self::new("parameter_absent", reason)
    }

    pub(super) const fn rejected(reason: &'static str) -> Self {
        Self::new("parameter_rejected", reason)
    }

    pub(super) const fn token(reason: &'static str) -> Self {
        Self::new("token_rejected", reason)
    }

    /// What is wrong, in words.
    pub(crate) const fn reason(self) -> &'static str {
        self.reason
    }

    /// What an API call is told.
    pub(in crate::sandbox) fn of_call(self) -> Response {
        let body = Json(json!({"error": self.code, "error_description": self.reason}));
        (self.status(), NO_STORE, [CHALLENGE], body).into_response()
    }

    /// Section 3.2: 400 for what cannot be understood, 401 for what is not right.
    fn status(self) -> StatusCode {
        match self.code {
            "parameter_absent"
            | "parameter_rejected"
            | "version_rejected"
            | "signature_method_rejected" => StatusCode::BAD_REQUEST,
            _ => StatusCode::UNAUTHORIZED,
        }
    }
}

/// What one of the legs is told: a form, as tokens are.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut form = Serializer::new(String::new());
        form.append_pair("oauth_problem", self.code)
            .append_pair("oauth_problem_advice", self.reason);
        let kind = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        (self.status(), NO_STORE, [kind, CHALLENGE], form.finish()).into_response()
    }
}
