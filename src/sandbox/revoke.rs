//! Defines the revocation endpoint (RFC 7009).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::error::{NO_STORE, OAuthError};
use super::form_request::FormRequest;
use super::misbehave;
use super::provider::Provider;

/// `POST /revoke`
pub(super) async fn revoke(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    if let Some(answer) = misbehave::instead_of_revocation(&provider.switches) {
        return answer;
    }
    match carry_out(&provider, request).await {
        // Section 2.2: 200 also for a token that nobody knows.
        Ok(revoked) => {
            provider.count(|counters| counters.revocations += u64::from(revoked));
            (StatusCode::OK, NO_STORE).into_response()
        }
        Err(error) => error.into_response(),
    }
}

/// True if there was something to revoke.
async fn carry_out(provider: &Provider, request: Request) -> Result<bool, OAuthError> {
    let (client, parameters) = FormRequest::read(request).await?.authenticated(provider)?;
    let token = parameters.required("token")?;
    Ok(provider.ledger().revoke(token, &client.id))
}
