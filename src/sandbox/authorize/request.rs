//! Defines an authorization request (RFC 6749 section 4.1.1) and what makes it valid.

use crate::sandbox::client::Client;
use crate::sandbox::error::OAuthError;
use crate::sandbox::form::Parameters;
use crate::sandbox::grants::GrantType;
use crate::sandbox::{resource, scope};

use super::pkce;

/// A valid authorization request.
#[derive(Clone)]
pub(in crate::sandbox) struct AuthorizationRequest {
    pub(in crate::sandbox) client_id: String,
    pub(in crate::sandbox) client_name: String,
    pub(in crate::sandbox) redirect_uri: String,
    pub(in crate::sandbox) scopes: Vec<String>,
    pub(in crate::sandbox) resources: Vec<String>,
    /// Whom the app asked (RFC 9207).
    pub(in crate::sandbox) issuer: String,
    /// OpenID Connect Core section 3.1.2.1
    pub(in crate::sandbox) nonce: Option<String>,
    /// RFC 9449 section 10: the key that the code is bound to.
    pub(in crate::sandbox) key: Option<String>,
    pub(in crate::sandbox) state: Option<String>,
    pub(in crate::sandbox) code_challenge: String,
    pub(in crate::sandbox) response_mode: ResponseMode,
}

/// How the answer goes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum ResponseMode {
    /// In the query of a redirect.
    Query,
    /// In a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

impl ResponseMode {
    /// What the request asks for; `None` for what there is not.
    pub(in crate::sandbox) fn of(parameters: &Parameters) -> Option<Self> {
        match parameters.one("response_mode") {
            None | Some("query") => Some(Self::Query),
            Some("form_post") => Some(Self::FormPost),
            Some(_) => None,
        }
    }
}

impl AuthorizationRequest {
    /// Reads what a client sent, whose redirect URI is known to be good.
    pub(in crate::sandbox) fn read(
        client: &Client,
        redirect_uri: &str,
        parameters: &Parameters,
        issuer: &str,
    ) -> Result<Self, OAuthError> {
        if let Some(name) = parameters.repeated() {
            return Err(OAuthError::repeated(name));
        }
        if parameters.one("request").is_some() {
            return Err(OAuthError::new("request_not_supported", "no request objects"));
        }
        client.may_use(GrantType::AuthorizationCode)?;
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
            resources: resource::asked(parameters)?,
            issuer: issuer.to_owned(),
            nonce: parameters.one("nonce").map(str::to_owned),
            key: parameters.one("dpop_jkt").map(str::to_owned),
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
