//! Defines the error answers of the token endpoint and its neighbours (RFC 6749 section
//! 5.2).

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::dpop::ProofError;

/// An OAuth 2.0 error: a code of the RFC and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OAuthError {
    pub(super) error: &'static str,
    pub(super) description: String,
    /// RFC 9449 section 8: the nonce that the next proof needs.
    pub(super) nonce: Option<String>,
}

impl OAuthError {
    pub(super) fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { error, description: description.into(), nonce: None }
    }

    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new("invalid_request", description)
    }

    pub(super) fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new("invalid_grant", description)
    }

    pub(super) fn invalid_client(description: impl Into<String>) -> Self {
        Self::new("invalid_client", description)
    }

    pub(super) fn repeated(parameter: &str) -> Self {
        Self::invalid_request(format!("the parameter {parameter} occurs more than once"))
    }
}

impl From<ProofError> for OAuthError {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::Invalid(reason) => Self::new("invalid_dpop_proof", reason),
            ProofError::Nonce(nonce) => Self {
                nonce: Some(nonce),
                ..Self::new("use_dpop_nonce", "the proof needs the nonce of this answer")
            },
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = Json(json!({"error": self.error, "error_description": self.description}));
        if self.error == "invalid_client" {
            // A 401 must name the scheme that the client tried.
            let challenge =
                [(header::WWW_AUTHENTICATE, r#"Basic realm="sandbox", charset="UTF-8""#)];
            (StatusCode::UNAUTHORIZED, NO_STORE, challenge, body).into_response()
        } else if let Some(nonce) = self.nonce {
            (StatusCode::BAD_REQUEST, NO_STORE, [("dpop-nonce", nonce)], body).into_response()
        } else {
            (StatusCode::BAD_REQUEST, NO_STORE, body).into_response()
        }
    }
}

/// Section 5.1: an answer that holds tokens must not be cached.
pub(super) const NO_STORE: [(header::HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
