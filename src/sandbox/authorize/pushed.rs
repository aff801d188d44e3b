//! Defines pushed authorization requests (RFC 9126).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::sandbox::error::{NO_STORE, OAuthError};
use crate::sandbox::form::Parameters;
use crate::sandbox::form_request::FormRequest;
use crate::sandbox::misbehave;
use crate::sandbox::provider::Provider;
use crate::sandbox::random::random;

use super::destination;
use super::request::AuthorizationRequest;

/// Section 2.2: between 5 and 600 seconds are advised.
const LIFETIME: Duration = Duration::from_secs(60);
/// More requests than anybody leaves lying.
const MAX_PUSHED: usize = 100;

/// The requests that were pushed, by their URI.
#[derive(Default)]
pub(in crate::sandbox) struct Pushed(HashMap<String, (Parameters, Instant)>);

impl Pushed {
    /// Keeps a request; gives its URI.
    fn add(&mut self, parameters: Parameters, now: Instant) -> String {
        if self.0.len() >= MAX_PUSHED {
            self.0.clear();
        }
        let uri = random("urn:ietf:params:oauth:request_uri:");
        self.0.insert(uri.clone(), (parameters, now + LIFETIME));
        uri
    }

    /// The parameters of a request and whether it is still good. Section 4: it is taken out, so
    /// that it works once; and only its own client may use it.
    pub(super) fn take(
        &mut self,
        (uri, client_id): (&str, &str),
        now: Instant,
    ) -> Option<(Parameters, bool)> {
        let own = |(parameters, _): &(Parameters, Instant)| {
            parameters.one("client_id") == Some(client_id)
        };
        self.0.get(uri).filter(|pushed| own(pushed))?;
        self.0.remove(uri).map(|(parameters, expires)| (parameters, now < expires))
    }
}

/// `POST /par`
pub(in crate::sandbox) async fn push(
    State(provider): State<Arc<Provider>>,
    request: Request,
) -> Response {
    match keep(&provider, request).await {
        Ok(answer) => (StatusCode::CREATED, NO_STORE, Json(answer)).into_response(),
        Err(error) => error.into_response(),
    }
}

/// Section 2.1: the request is checked as if it came to the authorization endpoint.
async fn keep(provider: &Provider, request: Request) -> Result<Value, OAuthError> {
    let request = FormRequest::read(request).await?;
    let (client, parameters) = request.authenticated(provider)?;
    if parameters.one("request_uri").is_some() {
        return Err(OAuthError::invalid_request("request_uri must not be pushed"));
    }
    let mut parameters = parameters;
    // With the header of `client_secret_basic` it need not be in the body.
    parameters.set("client_id", &client.id);
    bind(provider, &request, &mut parameters)?;
    let destination = destination(provider, &parameters).map_err(OAuthError::invalid_request)?;
    let issuer = &request.called.issuer;
    AuthorizationRequest::read(&client, &destination.redirect_uri, &parameters, issuer)?;
    let now = misbehave::pushed_at(&provider.switches, Instant::now(), LIFETIME);
    let request_uri = provider.pushed().add(parameters, now);
    Ok(json!({"request_uri": request_uri, "expires_in": LIFETIME.as_secs()}))
}

/// RFC 9449 section 10.1: a proof binds the code as `dpop_jkt` does.
fn bind(
    provider: &Provider,
    request: &FormRequest,
    parameters: &mut Parameters,
) -> Result<(), OAuthError> {
    let Some(key) = request.proven_key(provider)? else { return Ok(()) };
    if parameters.one("dpop_jkt").is_some_and(|named| named != key) {
        return Err(OAuthError::new("invalid_dpop_proof", "dpop_jkt is another key"));
    }
    parameters.set("dpop_jkt", &key);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_good_once_for_its_client_and_for_a_minute() {
        let (mut pushed, now) = (Pushed::default(), Instant::now());
        let parameters = Parameters::parse(b"client_id=practice&state=s");
        let uri = pushed.add(parameters, now);
        assert!(pushed.take((&uri, "practice-2"), now).is_none());
        let (parameters, good) = pushed.take((&uri, "practice"), now).expect("is there");
        assert!(good && parameters.one("state") == Some("s"));
        assert!(pushed.take((&uri, "practice"), now).is_none());
        let uri = pushed.add(parameters, now);
        let (_, good) = pushed.take((&uri, "practice"), now + LIFETIME).expect("is there");
        assert!(!good);
    }
}
