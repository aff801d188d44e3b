//! Defines the token endpoint (RFC 6749 section 3.2).

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::client::Client;
use super::client_authentication;
use super::error::OAuthError;
use super::form::{Parameters, has_media_type};
use super::grant_type::GrantType;
use super::grants::Issued;
use super::misbehave;
use super::provider::Provider;

/// No token request is longer.
const MAX_BODY: usize = 64 * 1024;

/// `POST /token`
pub(super) async fn token(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return OAuthError::invalid_request("the body is too long").into_response();
    };
    if let Some(answer) = misbehave::instead_of_token(&provider.switches, &body).await {
        return answer;
    }
    match issue(&provider, &parts, &body) {
        Ok((grant_type, issued)) => {
            let answer = token_answer(issued, provider.lifetime.as_secs());
            misbehave::token_answer(&provider.switches, grant_type, answer)
        }
        Err(error) => error.into_response(),
    }
}

fn issue(
    provider: &Provider,
    parts: &Parts,
    body: &Bytes,
) -> Result<(GrantType, Issued), OAuthError> {
    let parameters = form_body(parts, body)?;
    let client = client_authentication::client(provider, &parts.headers, &parameters)?;
    let grant_type = GrantType::read(&parameters)?;
    if let Some(error) = misbehave::grant_error(&provider.switches, grant_type) {
        return Err(error);
    }
    let issued = match grant_type {
        GrantType::AuthorizationCode => exchange(provider, client, &parameters)?,
        GrantType::RefreshToken => refresh(provider, client, &parameters)?,
    };
    Ok((grant_type, issued))
}

/// The parameters of a request to the token or revocation endpoint: a form, nothing twice, and
/// no credential in the URL, where logs would keep it (section 2.3.1).
pub(super) fn form_body(parts: &Parts, body: &Bytes) -> Result<Parameters, OAuthError> {
    const SECRET: [&str; 5] = ["client_secret", "code", "code_verifier", "refresh_token", "token"];
    let query = Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes());
    if let Some((name, _)) = query.iter().find(|(name, _)| SECRET.contains(name)) {
        return Err(OAuthError::invalid_request(format!("{name} must not be in the URL")));
    }
    if !has_media_type(&parts.headers, "application/x-www-form-urlencoded") {
        return Err(OAuthError::invalid_request(
            "the body must be application/x-www-form-urlencoded",
        ));
    }
    let parameters = Parameters::parse(body);
    match parameters.repeated() {
        Some(name) => Err(OAuthError::repeated(name)),
        None => Ok(parameters),
    }
}

fn exchange(
    provider: &Provider,
    client: &Client,
    parameters: &Parameters,
) -> Result<Issued, OAuthError> {
    let code = required(parameters, "code")?;
    let redirect_uri = required(parameters, "redirect_uri")?;
    let code_verifier = required(parameters, "code_verifier")?;
    if !super::pkce::is_code_verifier(code_verifier) {
        return Err(OAuthError::invalid_request("code_verifier is malformed"));
    }
    let issued = provider.grants().exchange(
        (code, client.id),
        (redirect_uri, code_verifier),
        (Instant::now(), provider.lifetime),
    )?;
    provider.count(|counters| counters.tokens_issued += 1);
    Ok(issued)
}

fn refresh(
    provider: &Provider,
    client: &Client,
    parameters: &Parameters,
) -> Result<Issued, OAuthError> {
    let refresh_token = required(parameters, "refresh_token")?;
    let issued = provider.grants().refresh(
        (refresh_token, client.id),
        parameters.one("scope"),
        misbehave::rotation(&provider.switches),
        (Instant::now(), provider.lifetime),
    )?;
    provider.count(|counters| {
        counters.tokens_issued += 1;
        counters.refreshes += 1;
    });
    Ok(issued)
}

fn required<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, OAuthError> {
    parameters.one(name).ok_or_else(|| OAuthError::invalid_request(format!("{name} is missing")))
}

/// Section 5.1
fn token_answer(issued: Issued, lifetime: u64) -> Map<String, Value> {
    let mut answer = Map::new();
    answer.insert("access_token".to_owned(), issued.access_token.into());
    answer.insert("token_type".to_owned(), "Bearer".into());
    answer.insert("expires_in".to_owned(), lifetime.into());
    if let Some(refresh_token) = issued.refresh_token {
        answer.insert("refresh_token".to_owned(), refresh_token.into());
    }
    answer.insert("scope".to_owned(), issued.scopes.join(" ").into());
    answer
}
