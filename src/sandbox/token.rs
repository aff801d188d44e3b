//! Defines the token endpoint (RFC 6749 section 3.2).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::client::{self, Client};
use super::error::OAuthError;
use super::form::Parameters;
use super::form_request::FormRequest;
use super::grants::{self, GrantType, TokenRequest};
use super::ledger::Issued;

use super::provider::Provider;
use super::{misbehave, openid};

/// `POST /token`
pub(super) async fn token(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let request = match FormRequest::read(request).await {
        Ok(request) => request,
        Err(error) => return error.into_response(),
    };
    if let Some(answer) = provider.refusal.answer() {
        return answer;
    }
    if let Some(answer) = misbehave::instead_of_token(&provider.switches, &request.body).await {
        return answer;
    }
    match answer(&provider, &request) {
        Ok((grant_type, answer)) => misbehave::token_answer(&provider.switches, grant_type, answer),
        Err(error) => error.into_response(),
    }
}

fn answer(
    provider: &Provider,
    request: &FormRequest,
) -> Result<(GrantType, Map<String, Value>), OAuthError> {
    let parameters = request.parameters()?;
    let client = client(provider, request, &parameters)?;
    let grant_type = GrantType::read(&parameters)?;
    client.may_use(grant_type)?;
    let key = request.proven_key(provider)?;
    if client.must_prove && key.is_none() {
        return Err(OAuthError::new("invalid_dpop_proof", "this client must prove a key"));
    }
    if let Some(error) = misbehave::grant_error(&provider.switches, grant_type) {
        return Err(error);
    }
    let called = &request.called;
    let request = TokenRequest { provider, client: &client, parameters: &parameters, called, key };
    let issued = grants::issue(grant_type, &request)?;
    provider.count(|counters| counters.tokens_issued += 1);
    let id_token = openid::id_token(provider, called, &issued)?;
    Ok((grant_type, token_answer(issued, id_token, provider.lifetime.as_secs())))
}

/// The client that authenticated; an assertion as a grant says itself who it comes from (RFC 7521
/// section 4.1).
fn client(
    provider: &Provider,
    request: &FormRequest,
    parameters: &Parameters,
) -> Result<Arc<Client>, OAuthError> {
    let asserts = parameters.one("grant_type") == Some(GrantType::JwtBearer.name());
    if asserts && client::is_anonymous(request, parameters) {
        return grants::account(provider, parameters);
    }
    client::authenticated(provider, request, parameters)
}

/// Section 5.1
fn token_answer(issued: Issued, id_token: Option<String>, lifetime: u64) -> Map<String, Value> {
    let mut answer = Map::new();
    let token_type = if issued.is_bound { "DPoP" } else { "Bearer" };
    answer.insert("access_token".to_owned(), issued.access_token.into());
    answer.insert("token_type".to_owned(), token_type.into());
    answer.insert("expires_in".to_owned(), lifetime.into());
    let optional = [
        ("refresh_token", issued.refresh_token),
        ("id_token", id_token),
        ("issued_token_type", issued.issued_token_type.map(str::to_owned)),
    ];
    for (name, value) in optional {
        answer.extend(value.map(|value| (name.to_owned(), value.into())));
    }
    answer.insert("scope".to_owned(), issued.scopes.join(" ").into());
    answer
}
