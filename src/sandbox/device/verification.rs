//! Defines the page on which a person lets a device in (RFC 8628 section 3.3).

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use crate::sandbox::called::Called;
use crate::sandbox::form::Parameters;
use crate::sandbox::page;
use crate::sandbox::person::Person;
use crate::sandbox::provider::Provider;

use super::user_code::normalized;

/// `GET /device`: asks for the user code, and with one for consent. Section 3.3.1: also whoever
/// came with `verification_uri_complete` is shown the code to compare.
pub(in crate::sandbox) async fn enter(
    State(provider): State<Arc<Provider>>,
    Extension(called): Extension<Called>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Parameters::parse(query.unwrap_or_default().as_bytes());
    let Some(typed) = query.one("user_code") else { return page::user_code(&called.issuer, "") };
    let question = provider.devices().question(&normalized(typed), Instant::now());
    let found = question.and_then(|question| {
        let client = provider.client(&question.client_id)?;
        Some((question, client))
    });
    let Some((question, client)) = found else {
        let wrong = "No device waits with this code: it is mistyped, used or too old.";
        return page::user_code(&called.issuer, wrong);
    };
    let id = provider.asked_by_devices.ask(question.user_code.clone());
    let asks = (&*client.name, &*question.scopes);
    page::device_consent(&called.issuer, asks, (&question.user_code, &id))
}

/// `POST /device/decide`: the form of the page, which works once.
pub(in crate::sandbox) async fn decide(
    State(provider): State<Arc<Provider>>,
    body: String,
) -> Response {
    let form = Parameters::parse(body.as_bytes());
    let user_code = form.one("request").and_then(|id| provider.asked_by_devices.decided(id));
    let person = form.one("person").and_then(Person::from_sub);
    let person = person.filter(|_| form.one("decision") == Some("allow"));
    let decided = user_code
        .is_some_and(|user_code| provider.devices().decide(&user_code, person, Instant::now()));
    match (decided, person) {
        (false, _) => page::refusal("This page was answered already, or is too old. Start again."),
        (true, Some(_)) => page::done("The device is let in"),
        (true, None) => page::done("The device is not let in"),
    }
}
