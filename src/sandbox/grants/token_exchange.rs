//! Defines token exchange (RFC 8693): an access token of somebody for another one with less.

use std::time::Instant;

use crate::sandbox::error::OAuthError;
use crate::sandbox::ledger::{Issued, Rotation};
use crate::sandbox::scope;

use super::TokenRequest;

/// Section 3: the only type that goes in and comes out.
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

pub(super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    request.confidential()?;
    let subject_token = request.required("subject_token")?;
    is_access_token("subject_token_type", request.required("subject_token_type")?)?;
    if let Some(requested) = request.optional("requested_token_type") {
        is_access_token("requested_token_type", requested)?;
    }
    actor(request)?;
    audience(request)?;
    let now = Instant::now();
    let authority = request.provider.ledger().check(subject_token, now);
    // Section 2.2.2: invalid_request, whatever is wrong with the token.
    let authority = authority.map_err(|reason| {
        OAuthError::invalid_request(format!("the subject_token does not count: {reason}"))
    })?;
    // RFC 9449 section 6: else whoever found a bound token could trade it for a free one.
    if authority.key.is_some() && authority.key != request.key {
        return Err(OAuthError::invalid_request("the subject_token is bound to another key"));
    }
    let scopes = scope::narrowed(&authority.scopes, request.optional("scope"))?;
    let mut issued = request.grant(authority.subject, scopes, Rotation::Without)?;
    issued.issued_token_type = Some(ACCESS_TOKEN);
    Ok(issued)
}

/// Section 2.1: the only service that has a name here is this provider.
fn audience(request: &TokenRequest<'_>) -> Result<(), OAuthError> {
    let issuer = &*request.called.issuer;
    if request.parameters.all("audience").all(|audience| audience == issuer) {
        return Ok(());
    }
    Err(OAuthError::new("invalid_target", "the audience is unknown"))
}

/// Section 2.1: the actor's token and its type come together or not at all.
fn actor(request: &TokenRequest<'_>) -> Result<(), OAuthError> {
    match (request.optional("actor_token"), request.optional("actor_token_type")) {
        (None, None) => Ok(()),
        (Some(actor_token), Some(actor_token_type)) => {
            is_access_token("actor_token_type", actor_token_type)?;
            let now = Instant::now();
            request.provider.ledger().check(actor_token, now).map(drop).map_err(|reason| {
                OAuthError::invalid_request(format!("the actor_token does not count: {reason}"))
            })
        }
        _ => Err(OAuthError::invalid_request("actor_token and actor_token_type come together")),
    }
}

fn is_access_token(parameter: &str, token_type: &str) -> Result<(), OAuthError> {
    if token_type == ACCESS_TOKEN {
        return Ok(());
    }
    Err(OAuthError::invalid_request(format!("{parameter} can only be {ACCESS_TOKEN}")))
}
