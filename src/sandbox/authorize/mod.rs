//! Defines the authorization endpoint (RFC 6749 section 3.1) and the decision behind its page.

pub(super) mod pkce;
mod pushed;
pub(super) mod redirect_uri;
mod reply;
mod request;

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::called::Called;
use super::client::Client;
use super::error::OAuthError;
use super::form::Parameters;
use super::ledger::{Binding, Grant};
use super::person::Person;
use super::provider::Provider;
use super::subject::Subject;
use super::{misbehave, page};

use self::reply::Reply;

pub(super) use self::pushed::{Pushed, push};
pub(super) use self::request::AuthorizationRequest;

/// Where an answer goes, which has to be known before there can be one.
struct Destination {
    client: Arc<Client>,
    redirect_uri: String,
}

/// What came, and what is already wrong with it.
struct Received {
    parameters: Parameters,
    pushed: bool,
    error: Option<OAuthError>,
}

/// `GET /authorize`
pub(super) async fn authorize(
    State(provider): State<Arc<Provider>>,
    Extension(called): Extension<Called>,
    RawQuery(query): RawQuery,
) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let found = received(&provider, parameters).and_then(|received| {
        let destination = destination(&provider, &received.parameters)?;
        Ok((received, destination))
    });
    let (received, destination) = match found {
        Ok(found) => found,
        // Section 4.1.2.1: such a redirect URI must not be redirected to.
        Err(reason) => return page::refusal(reason),
    };
    let (parameters, redirect_uri) = (&received.parameters, &*destination.redirect_uri);
    match request(&provider, &received, &destination, &called) {
        Ok(request) if provider.agrees => allow(&provider, request, Person::Ada).await,
        Ok(request) => {
            let id = provider.asked.ask(request.clone());
            page::consent(&request, &id)
        }
        Err(error) => {
            let reply = Reply::to_parameters(redirect_uri, parameters, &called.issuer);
            reply.error(&provider, error).await
        }
    }
}

/// RFC 9126 section 4: with a request URI, what was pushed counts and nothing else.
fn received(provider: &Provider, parameters: Parameters) -> Result<Received, &'static str> {
    let Some(uri) = parameters.one("request_uri") else {
        return Ok(Received { parameters, pushed: false, error: None });
    };
    let client_id = parameters.one("client_id").ok_or("client_id is missing.")?;
    let (parameters, good) = provider
        .pushed()
        .take((uri, client_id), Instant::now())
        .ok_or("The request_uri is unknown, used or another client's.")?;
    let error = || OAuthError::new("invalid_request_uri", "the request_uri expired");
    Ok(Received { parameters, pushed: true, error: (!good).then(error) })
}

fn destination(provider: &Provider, parameters: &Parameters) -> Result<Destination, &'static str> {
    if ["client_id", "redirect_uri"].iter().any(|name| parameters.occurs_twice(name)) {
        return Err("client_id or redirect_uri occurs more than once.");
    }
    let id = parameters.one("client_id").ok_or("client_id is missing.")?;
    let client = provider.client(id).ok_or("No client with this client_id is registered.")?;
    let redirect_uri = parameters.one("redirect_uri").ok_or("redirect_uri is missing.")?;
    if !client.may_redirect_to(provider, redirect_uri) {
        return Err("The client has not registered this redirect_uri.");
    }
    Ok(Destination { client, redirect_uri: redirect_uri.to_owned() })
}

fn request(
    provider: &Provider,
    received: &Received,
    destination: &Destination,
    called: &Called,
) -> Result<AuthorizationRequest, OAuthError> {
    let Destination { client, redirect_uri } = destination;
    if let Some(error) = misbehave::authorization_error(&provider.switches) {
        return Err(error);
    }
    if let Some(error) = &received.error {
        return Err(error.clone());
    }
    if client.must_push && !received.pushed {
        return Err(OAuthError::invalid_request("this client must push its requests to /par"));
    }
    AuthorizationRequest::read(client, redirect_uri, &received.parameters, &called.issuer)
}

/// `POST /authorize/decide`: the form of the page. Its request id is random and works once, so
/// no other site can send it.
pub(super) async fn decide(State(provider): State<Arc<Provider>>, body: String) -> Response {
    let form = Parameters::parse(body.as_bytes());
    let Some(request) = form.one("request").and_then(|id| provider.asked.decided(id)) else {
        return page::refusal("This page was answered already, or is too old. Start again.");
    };
    match (form.one("decision"), form.one("person").and_then(Person::from_sub)) {
        (Some("allow"), Some(person)) => allow(&provider, request, person).await,
        _ => {
            let error = OAuthError::new("access_denied", "the person refused");
            Reply::to(&request).error(&provider, error).await
        }
    }
}

async fn allow(provider: &Provider, request: AuthorizationRequest, person: Person) -> Response {
    let grant = Grant {
        client_id: request.client_id.clone(),
        subject: Subject::Person(person),
        scopes: request.scopes.clone(),
        resources: request.resources.clone(),
        nonce: request.nonce.clone(),
    };
    let binding = Binding {
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
        key: request.key.clone(),
    };
    let code = provider.ledger().agree(grant, binding, Instant::now());
    Reply::to(&request).code(provider, code).await
}
