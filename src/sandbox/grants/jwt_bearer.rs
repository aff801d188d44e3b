//! Defines the JWT bearer grant (RFC 7523 section 2.1): a service account's own assertion for an
//! access token.

use std::sync::Arc;

use serde_json::Value;

use crate::jose::{Algorithm, JwkSet};
use crate::sandbox::assertion::{checked, claimed_issuer};
use crate::sandbox::client::Client;
use crate::sandbox::error::OAuthError;
use crate::sandbox::form::Parameters;
use crate::sandbox::ledger::{Issued, Rotation};
use crate::sandbox::person::Person;
use crate::sandbox::provider::Provider;
use crate::sandbox::scope;
use crate::sandbox::subject::Subject;

use super::TokenRequest;

/// Who a request without client authentication, which is optional here, comes from: the account
/// that its assertion names. [`issue`] finds out whether that is true.
pub(in crate::sandbox) fn account(
    provider: &Provider,
    parameters: &Parameters,
) -> Result<Arc<Client>, OAuthError> {
    let issuer = claimed_issuer(parameters.required("assertion")?)
        .ok_or_else(|| OAuthError::invalid_grant("the assertion is no JWT with iss"))?;
    provider
        .client(&issuer)
        .filter(|client| client.keys.is_some())
        .ok_or_else(|| OAuthError::invalid_grant("the assertion's iss is not known"))
}

pub(super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    let assertion = request.required("assertion")?;
    let account = account(request.provider, request.parameters)?;
    let keys = account.keys.as_ref().and_then(|keys| JwkSet::parse(keys).ok());
    let keys = keys.ok_or_else(|| OAuthError::invalid_grant("the account has no keys"))?;
    let claims = checked(
        request.provider,
        (assertion, &account.id),
        (&keys, &Algorithm::ASYMMETRIC),
        request.called,
    );
    let claims =
        claims.map_err(|reason| OAuthError::invalid_grant(format!("the assertion: {reason}")))?;
    // A provider that knows service accounts reads the scopes from the assertion itself.
    let scope = claims.get("scope").and_then(Value::as_str);
    let scopes = scope::asked(request.optional("scope").or(scope))?;
    let subject = subject(&account, claims.get("sub").and_then(Value::as_str))?;
    request.grant(subject, scopes, Rotation::Without)
}

/// The account itself, or the person on whose behalf it may act.
fn subject(account: &Client, sub: Option<&str>) -> Result<Subject, OAuthError> {
    let person = Person::ALL.into_iter().find(|p| sub == Some(p.sub()) || sub == Some(p.email()));
    match person {
        Some(person) => Ok(Subject::Person(person)),
        None if sub == Some(&account.id) => Ok(Subject::Client(account.id.clone())),
        None => Err(OAuthError::invalid_grant("the assertion's sub is not known")),
    }
}
