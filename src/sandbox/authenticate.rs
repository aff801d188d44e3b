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

use super::access_token::{self, Call, Refused, after};
use super::authorization_type::AuthorizationType;
use super::called::Called;
use super::client::basic;
use super::error::NO_STORE;
use super::form::Parameters;
use super::oauth1;
use super::person::Person;
use super::place::Place;
use super::provider::Provider;
use super::resource;
use super::signed;
use super::subject::Subject;

pub(super) const USERNAME: &str = "ada";
pub(super) const PASSWORD: &str = "practice-password";
pub(super) const API_KEY: &str = "practice-key";
pub(super) const API_SECRET: &str = "practice-api-secret";
/// How much of an unwanted body is read, in bytes.
const MAX_UNWANTED: usize = 1024 * 1024;

/// Who calls.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) subject: Subject,
    /// The scopes of the access token; `None` for types that have none.
    pub(super) scopes: Option<Vec<String>>,
}

impl Caller {
    /// Whose every key and password is.
    fn ada() -> Self {
        Self { subject: Subject::Person(Person::Ada), scopes: None }
    }
}

/// The middleware in front of every API call.
pub(super) async fn authenticate(
    State((provider, kind)): State<(Arc<Provider>, AuthorizationType)>,
    request: Request,
    next: Next,
) -> Response {
    if kind == AuthorizationType::OAuth1 {
        return match oauth1::verified(&provider, request).await {
            Ok((request, subject)) => pass(request, Caller { subject, scopes: None }, next).await,
            Err(problem) => problem.of_call(),
        };
    }
    if let Some(scheme) = kind.scheme() {
        return match signed::verified(scheme, request).await {
            Ok(request) => pass(request, Caller::ada(), next).await,
            Err(reason) => refusal(kind, reason.into(), true),
        };
    }
    let found = presented(&request);
    let called = Called::of(request.extensions());
    let call = Call { method: request.method(), headers: request.headers(), called: &called };
    match caller(&provider, (kind, &call), &found) {
        Ok(caller) => pass(request, caller, next).await,
        Err(refused) => {
            drain(request.into_body()).await;
            refusal(kind, refused, !found.is_empty())
        }
    }
}

async fn pass(mut request: Request, caller: Caller, next: Next) -> Response {
    request.extensions_mut().insert(caller);
    next.run(request).await
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
    (kind, call): (AuthorizationType, &Call<'_>),
    found: &[(Place, String)],
) -> Result<Caller, Refused> {
    if found.is_empty() {
        return Err("there is no credential".into());
    }
    let places: Vec<_> = found.iter().map(|(place, _)| *place).collect();
    if places != kind.places() {
        return Err("a credential is missing, in the wrong place or given twice".into());
    }
    let right = match (kind, &*found[0].1) {
        (AuthorizationType::OAuth2, value) => return access_token(provider, value, call),
        (AuthorizationType::Login, value) => {
            return Ok(session(provider, value).map(|()| Caller::ada())?);
        }
        (AuthorizationType::Basic | AuthorizationType::BasicUrl, value) => is_ada(value),
        (AuthorizationType::BasicApiKey, value) => is_ada(value) && found[1].1 == API_KEY,
        (AuthorizationType::ApiKey, value) => after(value, "Bearer") == Some(API_KEY),
        (AuthorizationType::ApiSecret, value) => after(value, "Bearer") == Some(API_SECRET),
        (AuthorizationType::ApiKeySecret, value) => value == API_KEY && found[1].1 == API_SECRET,
        (AuthorizationType::ApiKeyUrl, value) => value == API_KEY,
        // Those are signed, and never come here.
        (AuthorizationType::Hmac | AuthorizationType::AwsSigV4 | AuthorizationType::OAuth1, _) => {
            false
        }
    };
    if right { Ok(Caller::ada()) } else { Err("the credential is wrong".into()) }
}

/// A token for some resource is good there only (RFC 8707 section 2), and at this provider's own
/// user information.
fn access_token(
    provider: &Provider,
    authorization: &str,
    call: &Call<'_>,
) -> Result<Caller, Refused> {
    let authority = access_token::authority(provider, authorization, call)?;
    let Called { origin, url, .. } = call.called;
    let user_info = format!("{origin}{}", AuthorizationType::OAuth2.user_info());
    if *url != user_info && !resource::covers(&authority.audience, url) {
        return Err("the access token was issued for another resource".into());
    }
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

fn refusal(kind: AuthorizationType, refused: Refused, tried: bool) -> Response {
    if kind == AuthorizationType::OAuth2 {
        return refused.response(r#"realm="sandbox""#, tried);
    }
    let body = Json(json!({"error": "unauthorized", "error_description": refused.reason}));
    let challenge = [(header::WWW_AUTHENTICATE, kind.challenge())];
    (StatusCode::UNAUTHORIZED, NO_STORE, challenge, body).into_response()
}
