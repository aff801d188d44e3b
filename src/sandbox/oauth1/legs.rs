//! Defines the three legs (RFC 5849 section 2).

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{RawQuery, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::sandbox::authorize::redirect_uri::{is_registered, with_parameters};
use crate::sandbox::called::Called;
use crate::sandbox::error::NO_STORE;
use crate::sandbox::form::Parameters;
use crate::sandbox::person::Person;
use crate::sandbox::provider::Provider;
use crate::sandbox::{misbehave, page};

use super::BODY;
use super::message::Message;
use super::problem::Problem;

/// Where nobody listens: the verifier is shown, and typed.
const OUT_OF_BAND: &str = "oob";
/// No request of the legs is longer, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// `POST /oauth1/request_token` (section 2.1)
pub(in crate::sandbox) async fn request_token(
    State(provider): State<Arc<Provider>>,
    request: Request,
) -> Response {
    if let Some(answer) = misbehave::instead_of_request_token(&provider.switches) {
        return answer;
    }
    let message = match read(request).await {
        Ok(message) => message,
        Err(problem) => return problem.into_response(),
    };
    let given = message.verify(&provider, "").and_then(|()| {
        let callback = message.one("oauth_callback");
        let callback = callback.ok_or(Problem::absent("oauth_callback is missing"))?;
        if callback != OUT_OF_BAND && !is_registered(&provider.redirect_uris, callback) {
            return Err(Problem::rejected("oauth_callback is not registered"));
        }
        Ok(provider.oauth1.ask(message.consumer()?, callback))
    });
    match given {
        Ok(pair) => tokens(pair, misbehave::confirms_callback(&provider.switches)),
        Err(problem) => problem.into_response(),
    }
}

/// `GET /oauth1/authorize` (section 2.2)
pub(in crate::sandbox) async fn authorize(
    State(provider): State<Arc<Provider>>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Parameters::parse(query.unwrap_or_default().as_bytes());
    let token = query.one("oauth_token").unwrap_or_default().to_owned();
    let Some(asked) = provider.oauth1.temporary(&token) else {
        return page::refusal("The oauth_token is unknown or was used.");
    };
    if provider.agrees {
        return agreed(&provider, &token, Person::Ada).await;
    }
    let id = provider.asked_by_consumers.ask(token);
    page::consumer_consent(&asked.consumer, &asked.callback, &id)
}

/// `POST /oauth1/authorize/decide`: the form of the page.
pub(in crate::sandbox) async fn decide(
    State(provider): State<Arc<Provider>>,
    body: String,
) -> Response {
    let form = Parameters::parse(body.as_bytes());
    let token = form.one("request").and_then(|id| provider.asked_by_consumers.decided(id));
    let asked = token.and_then(|token| Some((provider.oauth1.temporary(&token)?, token)));
    let Some((asked, token)) = asked else {
        return page::refusal("This page was answered already, or is too old. Start again.");
    };
    match (form.one("decision"), form.one("person").and_then(Person::from_sub)) {
        (Some("allow"), Some(person)) => agreed(&provider, &token, person).await,
        _ => {
            provider.oauth1.refuse(&token);
            match &*asked.callback {
                OUT_OF_BAND => page::done("You refused"),
                // The RFC says nothing of it; many providers send this.
                callback => back(&provider, callback, vec![("denied", token)]).await,
            }
        }
    }
}

async fn agreed(provider: &Provider, token: &str, person: Person) -> Response {
    let Some(asked) = provider.oauth1.temporary(token) else {
        return page::refusal("The oauth_token is unknown or was used.");
    };
    let Some(verifier) = provider.oauth1.agree(token, person) else {
        return page::refusal("The oauth_token was agreed to before.");
    };
    match &*asked.callback {
        OUT_OF_BAND => page::pin(&verifier),
        callback => {
            let parameters = vec![("oauth_token", token.to_owned()), ("oauth_verifier", verifier)];
            back(provider, callback, parameters).await
        }
    }
}

async fn back(
    provider: &Provider,
    callback: &str,
    mut parameters: Vec<(&'static str, String)>,
) -> Response {
    misbehave::redirect(&provider.switches, callback, &mut parameters).await;
    let location = with_parameters(callback, &parameters);
    let headers =
        [(header::LOCATION, location), (header::REFERRER_POLICY, "no-referrer".to_owned())];
    (StatusCode::SEE_OTHER, NO_STORE, headers).into_response()
}

/// `POST /oauth1/access_token` (section 2.3)
pub(in crate::sandbox) async fn access_token(
    State(provider): State<Arc<Provider>>,
    request: Request,
) -> Response {
    let message = match read(request).await {
        Ok(message) => message,
        Err(problem) => return problem.into_response(),
    };
    match trade(&provider, &message) {
        Ok(pair) => {
            provider.count(|counters| counters.tokens_issued += 1);
            tokens(pair, false)
        }
        Err(problem) => problem.into_response(),
    }
}

fn trade(provider: &Provider, message: &Message) -> Result<(String, String), Problem> {
    let token = message.one("oauth_token").ok_or(Problem::absent("oauth_token is missing"))?;
    let asked = provider.oauth1.temporary(token);
    let asked = asked.ok_or(Problem::token("the oauth_token is unknown or was used"))?;
    if asked.consumer != message.consumer()? {
        return Err(Problem::token("the oauth_token is another consumer's"));
    }
    message.verify(provider, &asked.secret)?;
    let verifier = message.one("oauth_verifier");
    let verifier = verifier.ok_or(Problem::absent("oauth_verifier is missing"))?;
    provider.oauth1.trade(token, verifier).ok_or(Problem::token("the oauth_verifier is wrong"))
}

async fn read(request: Request) -> Result<Message, Problem> {
    let called = Called::of(request.extensions());
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| BODY)?;
    Message::arrived(&parts, &called.origin, &body)
}

fn tokens((token, secret): (String, String), confirmed: bool) -> Response {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("oauth_token", &token).append_pair("oauth_token_secret", &secret);
    if confirmed {
        form.append_pair("oauth_callback_confirmed", "true");
    }
    let kind = [(header::CONTENT_TYPE, "application/x-www-form-urlencoded")];
    (NO_STORE, kind, form.finish()).into_response()
}
