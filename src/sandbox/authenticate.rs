//! Defines how an API call is authenticated: the right credential, in the right place, and in
//! no other.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde_json::json;

use super::authorization_type::AuthorizationType;
use super::client_authentication::basic;
use super::error::NO_STORE;
use super::form::Parameters;
use super::person::Person;
use super::place::Place;
use super::provider::Provider;
use super::subject::Subject;

pub(super) const USERNAME: &str = "ada";
pub(super) const PASSWORD: &str = "practice-password";
const API_KEY: &str = "practice-key";
const API_SECRET: &str = "practice-api-secret";
/// How much of an unwanted body is read, in bytes.
const MAX_UNWANTED: usize = 1024 * 1024;

/// Who calls.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) subject: Subject,
    /// The scopes of the access token; `None` for types that have none.
    pub(super) scopes: Option<Vec<String>>,
}

/// The middleware in front of every API call.
pub(super) async fn authenticate(
    State((provider, kind)): State<(Arc<Provider>, AuthorizationType)>,
    mut request: Request,
    next: Next,
) -> Response {
    let found = presented(&request);
    match caller(&provider, kind, &found) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(reason) => {
            drain(request.into_body()).await;
            refusal(kind, reason, !found.is_empty())
        }
    }
}

/// Reads what is left of a body that nobody wants: a connection that is closed while a client still
/// writes loses the answer on its way (RFC 9112 section 9.6).
pub(super) async fn drain(body: Body) {
    let mut chunks = body.into_data_stream();
    let mut read = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        read += chunk.len();
        if read > MAX_UNWANTED {
            return;
        }
    }
}

/// Every credential in a request; one that occurs twice is listed twice.
fn presented(request: &Request) -> Vec<(Place, String)> {
    let query = Parameters::parse(request.uri().query().unwrap_or_default().as_bytes());
    let mut found = Vec::new();
    for place in Place::ALL {
        let values = request.headers().get_all(place.name());
        let values =
            values.iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        match place {
            Place::Authorization | Place::ApiKeyHeader | Place::ApiSecretHeader => {
                found.extend(values.map(|value| (place, value)));
            }
            Place::AccessTokenQuery | Place::ApiKeyQuery | Place::ApiSecretQuery => {
                let values = query.iter().filter(|(name, _)| *name == place.name());
                found.extend(values.map(|(_, value)| (place, value.to_owned())));
            }
        }
    }
    found
}

fn caller(
    provider: &Provider,
    kind: AuthorizationType,
    found: &[(Place, String)],
) -> Result<Caller, &'static str> {
    if found.is_empty() {
        return Err("there is no credential");
    }
    let places: Vec<_> = found.iter().map(|(place, _)| *place).collect();
    if places != kind.places() {
        return Err("a credential is missing, in the wrong place or given twice");
    }
    let ada = Caller { subject: Subject::Person(Person::Ada), scopes: None };
    let right = match (kind, &*found[0].1) {
        (AuthorizationType::OAuth2, value) => return access_token(provider, value),
        (AuthorizationType::Login, value) => return session(provider, value).map(|()| ada),
        (AuthorizationType::Basic | AuthorizationType::BasicUrl, value) => is_ada(value),
        (AuthorizationType::BasicApiKey, value) => is_ada(value) && found[1].1 == API_KEY,
        (AuthorizationType::ApiKey, value) => after(value, "Bearer") == Some(API_KEY),
        (AuthorizationType::ApiSecret, value) => after(value, "Bearer") == Some(API_SECRET),
        (AuthorizationType::ApiKeySecret, value) => value == API_KEY && found[1].1 == API_SECRET,
        (AuthorizationType::ApiKeyUrl, value) => value == API_KEY,
    };
    if right { Ok(ada) } else { Err("the credential is wrong") }
}

/// RFC 6750 section 2.1
fn access_token(provider: &Provider, authorization: &str) -> Result<Caller, &'static str> {
    let token = after(authorization, "Bearer").ok_or("the Authorization header is not Bearer")?;
    let authority = provider.ledger().check(token, Instant::now())?;
    Ok(Caller { subject: authority.subject, scopes: Some(authority.scopes) })
}

fn session(provider: &Provider, authorization: &str) -> Result<(), &'static str> {
    let token = after(authorization, "Session").ok_or("the Authorization header is not Session")?;
    match provider.sessions().get(token) {
        None => Err("the session is unknown"),
        Some(expires) if Instant::now() >= *expires => Err("the session expired"),
        Some(_) => Ok(()),
    }
}

fn is_ada(authorization: &str) -> bool {
    basic(authorization).is_some_and(|(user, password)| user == USERNAME && password == PASSWORD)
}

/// What follows a scheme, whose name compares without case (RFC 9110 section 11.1).
fn after<'a>(authorization: &'a str, scheme: &str) -> Option<&'a str> {
    let (name, rest) = authorization.split_once(' ')?;
    name.eq_ignore_ascii_case(scheme).then_some(rest)
}

fn refusal(kind: AuthorizationType, reason: &'static str, tried: bool) -> Response {
    let oauth2 = kind == AuthorizationType::OAuth2;
    let mut challenge = kind.challenge().to_owned();
    if oauth2 && tried {
        // RFC 6750 section 3.1: no error code for a request that did not even try.
        challenge += &format!(r#", error="invalid_token", error_description="{reason}""#);
    }
    let error = if oauth2 { "invalid_token" } else { "unauthorized" };
    let body = Json(json!({"error": error, "error_description": reason}));
    (StatusCode::UNAUTHORIZED, NO_STORE, [(header::WWW_AUTHENTICATE, challenge)], body)
        .into_response()
}
