//! Defines the introspection endpoint (RFC 7662).

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::error::{NO_STORE, OAuthError};
use super::form_request::FormRequest;
use super::ledger::Authority;
use super::provider::{Provider, unix_time};
use super::subject::Subject;

/// `POST /introspect`
pub(super) async fn introspect(
    State(provider): State<Arc<Provider>>,
    request: Request,
) -> Response {
    match answer(&provider, request).await {
        Ok(answer) => (NO_STORE, Json(answer)).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn answer(provider: &Provider, request: Request) -> Result<Value, OAuthError> {
    let request = FormRequest::read(request).await?;
    let (client, parameters) = request.authenticated(provider)?;
    // Section 2.1: so that nobody tries tokens out, and a name alone is no authorization.
    if !client.is_confidential() {
        return Err(OAuthError::invalid_client("introspection is for confidential clients only"));
    }
    let token = parameters.required("token")?;
    let now = Instant::now();
    let ledger = provider.ledger();
    let found = ledger.check(token, now).ok().or_else(|| ledger.check_refresh(token));
    // Section 2.2: of what is not its own, a client learns nothing.
    let found = found.filter(|authority| authority.client_id == client.id);
    Ok(found.map_or_else(
        || json!({"active": false}),
        |authority| described(&authority, &request.called.issuer, now),
    ))
}

/// Section 2.2
fn described(authority: &Authority, issuer: &str, now: Instant) -> Value {
    let mut members = Map::new();
    let mut tell = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
    tell("active", true.into());
    tell("scope", authority.scopes.join(" ").into());
    tell("client_id", authority.client_id.clone().into());
    if let Subject::Person(person) = &authority.subject {
        tell("username", person.email().into());
    }
    tell("sub", authority.subject.sub().into());
    tell("iss", issuer.into());
    tell("iat", (unix_time() - (now - authority.since).as_secs()).into());
    if let Some(until) = authority.until {
        tell("token_type", if authority.key.is_some() { "DPoP" } else { "Bearer" }.into());
        tell("exp", (unix_time() + (until - now).as_secs()).into());
    }
    if let Some(key) = &authority.key {
        // RFC 9449 section 6.2
        tell("cnf", json!({"jkt": key}));
    }
    if !authority.audience.is_empty() {
        tell("aud", authority.audience.clone().into());
    }
    Value::Object(members)
}
