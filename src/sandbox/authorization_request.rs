//! Defines an authorization request (RFC 6749 section 4.1.1) and what makes it valid.

use super::client::Client;
use super::error::OAuthError;
use super::form::Parameters;
use super::{pkce, scope};

/// A valid authorization request.
#[derive(Clone)]
pub(super) struct AuthorizationRequest {
    pub(super) client_id: String,
    pub(super) client_name: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    pub(super) state: Option<String>,
    pub(super) code_challenge: String,
    pub(super) response_mode: ResponseMode,
}

/// How the answer goes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ResponseMode {
    /// In the query of a redirect.
    Query,
    /// In a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

impl ResponseMode {
    /// What the request asks for; `None` for what there is not.
    pub(super) fn of(parameters: &Parameters) -> Option<Self> {
        match parameters.one("response_mode") {
            None | Some("query") => Some(Self::Query),
            Some("form_post") => Some(Self::FormPost),
            Some(_) => None,
        }
    }
}

impl AuthorizationRequest {
    /// Reads what a client sent, whose redirect URI is known to be good.
    pub(super) fn read(
        client: &Client,
        redirect_uri: &str,
        parameters: &Parameters,
    ) -> Result<Self, OAuthError> {
        if let Some(name) = parameters.repeated() {
            return Err(OAuthError::repeated(name));
        }
        match parameters.one("response_type") {
            Some("code") => {}
            Some(_) => return Err(OAuthError::new("unsupported_response_type", "only code")),
            None => return Err(OAuthError::invalid_request("response_type is missing")),
        }
        let response_mode = ResponseMode::of(parameters).ok_or_else(|| {
            OAuthError::invalid_request("response_mode can only be query or form_post")
        })?;
        Ok(Self {
            client_id: client.id.clone(),
            client_name: client.name.clone(),
            redirect_uri: redirect_uri.to_owned(),
            scopes: scope::asked(parameters.one("scope"))?,
            state: parameters.one("state").map(str::to_owned),
            code_challenge: code_challenge(parameters)?,
            response_mode,
        })
    }
}

/// RFC 9700 section 2.1.1: PKCE for every client, and never `plain`.
fn code_challenge(parameters: &Parameters) -> Result<String, OAuthError> {
    let challenge = parameters
        .one("code_challenge")
        .ok_or_else(|| OAuthError::invalid_request("code_challenge is missing"))?;
    if parameters.one("code_challenge_method") != Some("S256") {
        return Err(OAuthError::invalid_request("code_challenge_method must be S256"));
    }
    if !pkce::is_code_challenge(challenge) {
        return Err(OAuthError::invalid_request("code_challenge is not one of S256"));
    }
    Ok(challenge.to_owned())
}
