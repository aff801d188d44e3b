//! Defines the token endpoint (RFC 6749 section 3.2).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::error::OAuthError;
use super::form_request::FormRequest;
use super::grants::{self, GrantType, TokenRequest};
use super::ledger::Issued;
use super::misbehave;
use super::provider::Provider;

/// `POST /token`
pub(super) async fn token(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let request = match FormRequest::read(request).await {
        Ok(request) => request,
        Err(error) => return error.into_response(),
    };
    if let Some(answer) = misbehave::instead_of_token(&provider.switches, &request.body).await {
        return answer;
    }
    match issue(&provider, &request) {
        Ok((grant_type, issued)) => {
            let answer = token_answer(issued, provider.lifetime.as_secs());
            misbehave::token_answer(&provider.switches, grant_type, answer)
        }
        Err(error) => error.into_response(),
    }
}

fn issue(provider: &Provider, request: &FormRequest) -> Result<(GrantType, Issued), OAuthError> {
    let (client, parameters) = request.authenticated(provider)?;
    let grant_type = GrantType::read(&parameters)?;
    client.may_use(grant_type)?;
    if let Some(error) = misbehave::grant_error(&provider.switches, grant_type) {
        return Err(error);
    }
    let token_request = TokenRequest {
        provider,
        client: &client,
        parameters: &parameters,
        called: &request.called,
    };
    let issued = grants::issue(grant_type, &token_request)?;
    provider.count(|counters| counters.tokens_issued += 1);
    Ok((grant_type, issued))
}

/// Section 5.1
fn token_answer(issued: Issued, lifetime: u64) -> Map<String, Value> {
    let mut answer = Map::new();
    answer.insert("access_token".to_owned(), issued.access_token.into());
    answer.insert("token_type".to_owned(), "Bearer".into());
    answer.insert("expires_in".to_owned(), lifetime.into());
    let optional = [
        ("refresh_token", issued.refresh_token),
        ("issued_token_type", issued.issued_token_type.map(str::to_owned)),
    ];
    for (name, value) in optional {
        answer.extend(value.map(|value| (name.to_owned(), value.into())));
    }
    answer.insert("scope".to_owned(), issued.scopes.join(" ").into());
    answer
}
