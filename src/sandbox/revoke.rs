//! Defines the revocation endpoint (RFC 7009).

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::error::{NO_STORE, OAuthError};
use super::provider::Provider;
use super::{client_authentication, misbehave, token};

/// `POST /revoke`
pub(super) async fn revoke(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    if let Some(answer) = misbehave::instead_of_revocation(&provider.switches) {
        return answer;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, 64 * 1024).await else {
        return OAuthError::invalid_request("the body is too long").into_response();
    };
    let revoked = token::form_body(&parts, &body).and_then(|parameters| {
        let client = client_authentication::client(&provider, &parts.headers, &parameters)?;
        let token = parameters.one("token");
        let token = token.ok_or_else(|| OAuthError::invalid_request("token is missing"))?;
        Ok(provider.grants().revoke(token, client.id))
    });
    match revoked {
        // Section 2.2: 200 also for a token that nobody knows.
        Ok(revoked) => {
            provider.count(|counters| counters.revocations += u64::from(revoked));
            (StatusCode::OK, NO_STORE).into_response()
        }
        Err(error) => error.into_response(),
    }
}
