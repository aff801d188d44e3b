//! Defines the authorization endpoint (RFC 6749 section 3.1) and the decision behind its page.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::authorization_request::{AuthorizationRequest, ResponseMode};
use super::client::Client;
use super::error::{NO_STORE, OAuthError};
use super::form::Parameters;
use super::host::issuer;
use super::ledger::{Binding, Grant};
use super::person::Person;
use super::provider::Provider;
use super::subject::Subject;
use super::{misbehave, page, redirect_uri};

/// Where an answer goes, which has to be known before there can be one.
struct Destination {
    client: Arc<Client>,
    redirect_uri: String,
}

/// Where an answer goes, and how.
struct Reply<'a> {
    redirect_uri: &'a str,
    state: Option<&'a str>,
    response_mode: ResponseMode,
}

impl<'a> Reply<'a> {
    fn to(request: &'a AuthorizationRequest) -> Self {
        let AuthorizationRequest { redirect_uri, state, response_mode, .. } = request;
        Self { redirect_uri, state: state.as_deref(), response_mode: *response_mode }
    }
}

/// `GET /authorize`
pub(super) async fn authorize(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let destination = match destination(&provider, &parameters) {
        Ok(destination) => destination,
        // Section 4.1.2.1: such a redirect URI must not be redirected to.
        Err(reason) => return page::refusal(reason),
    };
    let state = parameters.one("state").filter(|_| !parameters.occurs_twice("state"));
    let Destination { client, redirect_uri } = &destination;
    let request = misbehave::authorization_error(&provider.switches)
        .map_or_else(|| AuthorizationRequest::read(client, redirect_uri, &parameters), Err);
    match request {
        Ok(request) if provider.agrees => allow(&provider, request, Person::Ada, &headers).await,
        Ok(request) => {
            let id = provider.asked.ask(request.clone());
            page::consent(&request, &id)
        }
        Err(error) => {
            let answer = Reply {
                redirect_uri,
                state,
                response_mode: ResponseMode::of(&parameters).unwrap_or(ResponseMode::Query),
            };
            respond(&provider, answer, error_parameters(&error), &headers).await
        }
    }
}

fn destination(provider: &Provider, parameters: &Parameters) -> Result<Destination, &'static str> {
    if ["client_id", "redirect_uri"].iter().any(|name| parameters.occurs_twice(name)) {
        return Err("client_id or redirect_uri occurs more than once.");
    }
    let id = parameters.one("client_id").ok_or("client_id is missing.")?;
    let client = provider.client(id).ok_or("No client with this client_id is registered.")?;
    let redirect_uri = parameters.one("redirect_uri").ok_or("redirect_uri is missing.")?;
    if !redirect_uri::is_registered(&provider.redirect_uris, redirect_uri) {
        return Err("The client has not registered this redirect_uri.");
    }
    Ok(Destination { client, redirect_uri: redirect_uri.to_owned() })
}

/// `POST /authorize/decide`: the form of the page. Its request id is random and works once, so
/// no other site can send it.
pub(super) async fn decide(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let form = Parameters::parse(body.as_bytes());
    let Some(request) = form.one("request").and_then(|id| provider.asked.decided(id)) else {
        return page::refusal("This page was answered already, or is too old. Start again.");
    };
    match (form.one("decision"), form.one("person").and_then(Person::from_sub)) {
        (Some("allow"), Some(person)) => allow(&provider, request, person, &headers).await,
        _ => {
            let error = OAuthError::new("access_denied", "the person refused");
            respond(&provider, Reply::to(&request), error_parameters(&error), &headers).await
        }
    }
}

async fn allow(
    provider: &Provider,
    request: AuthorizationRequest,
    person: Person,
    headers: &HeaderMap,
) -> Response {
    let AuthorizationRequest { client_id, redirect_uri, scopes, code_challenge, .. } =
        request.clone();
    let grant = Grant { client_id, subject: Subject::Person(person), scopes };
    let binding = Binding { redirect_uri, code_challenge };
    let code = provider.ledger().agree(grant, binding, Instant::now());
    respond(provider, Reply::to(&request), vec![("code", code)], headers).await
}

fn error_parameters(error: &OAuthError) -> Vec<(&'static str, String)> {
    vec![("error", error.error.to_owned()), ("error_description", error.description.clone())]
}

/// Sections 4.1.2 and 4.1.2.1, with the issuer of RFC 9207. 303 and not 307, which would send
/// the form on (RFC 9700 section 4.12).
async fn respond(
    provider: &Provider,
    reply: Reply<'_>,
    mut parameters: Vec<(&'static str, String)>,
    headers: &HeaderMap,
) -> Response {
    let Reply { redirect_uri, state, response_mode } = reply;
    parameters.extend(state.map(|state| ("state", state.to_owned())));
    parameters.push(("iss", issuer(headers)));
    misbehave::redirect(&provider.switches, redirect_uri, &mut parameters).await;
    if response_mode == ResponseMode::FormPost {
        return page::form_post(redirect_uri, &parameters);
    }
    let location = redirect_uri::with_parameters(redirect_uri, &parameters);
    let headers =
        [(header::LOCATION, location), (header::REFERRER_POLICY, "no-referrer".to_owned())];
    (StatusCode::SEE_OTHER, NO_STORE, headers).into_response()
}
