//! Defines how an API call presents its access token (RFC 6750, RFC 9449 section 7), and what a
//! refusal says.

use std::time::Instant;

use axum::Json;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::jose::Algorithm;

use super::called::Called;
use super::dpop::{self, ProofError, Target};
use super::error::NO_STORE;
use super::ledger::Authority;
use super::provider::Provider;

/// What is looked at of an API call.
pub(super) struct Call<'a> {
    pub(super) method: &'a Method,
    pub(super) headers: &'a HeaderMap,
    pub(super) called: &'a Called,
}

impl<'a> Call<'a> {
    pub(super) fn new(parts: &'a Parts, called: &'a Called) -> Self {
        Self { method: &parts.method, headers: &parts.headers, called }
    }
}

/// Why a call is refused, and in which scheme it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    scheme: &'static str,
    error: &'static str,
    pub(super) reason: &'static str,
    nonce: Option<String>,
}

impl From<&'static str> for Refused {
    fn from(reason: &'static str) -> Self {
        Self { scheme: "Bearer", error: "invalid_token", reason, nonce: None }
    }
}

impl From<ProofError> for Refused {
    fn from(error: ProofError) -> Self {
        let refused = |error, reason| Self { error, ..Self::dpop(reason) };
        match error {
            ProofError::Invalid(reason) => refused("invalid_dpop_proof", reason),
            ProofError::Nonce(nonce) => Self {
                nonce: Some(nonce),
                ..refused("use_dpop_nonce", "the proof needs the nonce of this answer")
            },
        }
    }
}

impl Refused {
    fn dpop(reason: &'static str) -> Self {
        Self { scheme: "DPoP", ..Self::from(reason) }
    }

    /// RFC 6750 section 3: a 401 that names the scheme with its parameters. Section 3.1: no error
    /// code for a request that did not even try.
    pub(super) fn response(self, parameters: &str, tried: bool) -> Response {
        let Self { scheme, error, reason, nonce } = self;
        let mut challenge = format!("{scheme} {parameters}");
        if tried {
            challenge += &format!(r#", error="{error}", error_description="{reason}""#);
        }
        if scheme == "DPoP" {
            // RFC 9449 section 7.1
            let algorithms = Algorithm::ASYMMETRIC.map(Algorithm::name).join(" ");
            challenge += &format!(r#", algs="{algorithms}""#);
        }
        let body = Json(json!({"error": error, "error_description": reason}));
        let nonce = nonce.map(|nonce| [("dpop-nonce", nonce)]);
        let challenge = [(header::WWW_AUTHENTICATE, challenge)];
        match nonce {
            Some(nonce) => {
                (StatusCode::UNAUTHORIZED, NO_STORE, nonce, challenge, body).into_response()
            }
            None => (StatusCode::UNAUTHORIZED, NO_STORE, challenge, body).into_response(),
        }
    }
}

/// What the token of an `Authorization` header stands for, or why it does not count.
pub(super) fn authority(
    provider: &Provider,
    authorization: &str,
    call: &Call<'_>,
) -> Result<Authority, Refused> {
    let Some(token) = after(authorization, "DPoP") else {
        let token =
            after(authorization, "Bearer").ok_or("the Authorization header is not Bearer")?;
        let authority = provider.ledger().check(token, Instant::now())?;
        // RFC 9449 section 7.2: whoever found such a token must not get further with it.
        return match &authority.key {
            Some(_) => Err(Refused::dpop("the access token is bound to a key and no Bearer token")),
            None => Ok(authority),
        };
    };
    let authority = provider.ledger().check(token, Instant::now()).map_err(Refused::dpop)?;
    let target = Target { method: call.method, url: &call.called.url, access_token: Some(token) };
    match dpop::proven_key(provider, call.headers, &target)? {
        None => Err(ProofError::Invalid("the DPoP header is missing").into()),
        key if key == authority.key => Ok(authority),
        Some(_) => Err(Refused::dpop("the access token is not bound to the key of this proof")),
    }
}

/// What follows a scheme, whose name compares without case (RFC 9110 section 11.1).
pub(super) fn after<'a>(authorization: &'a str, scheme: &str) -> Option<&'a str> {
    let (name, rest) = authorization.split_once(' ')?;
    name.eq_ignore_ascii_case(scheme).then_some(rest)
}
