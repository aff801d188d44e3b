//! Defines the requests that clients send themselves: a form, nothing twice, and no credential in
//! the URL.

use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::called::Called;
use super::client::{self, Client};
use super::dpop::{self, Target};
use super::error::OAuthError;
use super::form::{Parameters, has_media_type};
use super::provider::Provider;

/// No such request is longer, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// What must not be in a URL, where logs would keep it (RFC 6749 section 2.3.1).
const SECRET: [&str; 10] = [
    "assertion",
    "client_assertion",
    "client_secret",
    "code",
    "code_verifier",
    "device_code",
    "password",
    "refresh_token",
    "subject_token",
    "token",
];

/// A request to the token endpoint or one of its neighbours.
pub(super) struct FormRequest {
    parts: Parts,
    pub(super) body: Bytes,
    /// How it addressed this server.
    pub(super) called: Called,
}

impl FormRequest {
    /// Reads the whole body.
    pub(super) async fn read(request: Request) -> Result<Self, OAuthError> {
        let (parts, body) = request.into_parts();
        let called = Called::of(&parts.extensions);
        match to_bytes(body, MAX_BODY).await {
            Ok(body) => Ok(Self { parts, body, called }),
            Err(_) => Err(OAuthError::invalid_request("the body is too long")),
        }
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The parameters of the body (RFC 6749 section 3.2).
    pub(super) fn parameters(&self) -> Result<Parameters, OAuthError> {
        let query = Parameters::parse(self.parts.uri.query().unwrap_or_default().as_bytes());
        if let Some((name, _)) = query.iter().find(|(name, _)| SECRET.contains(name)) {
            return Err(OAuthError::invalid_request(format!("{name} must not be in the URL")));
        }
        if !has_media_type(self.headers(), "application/x-www-form-urlencoded") {
            return Err(OAuthError::invalid_request(
                "the body must be application/x-www-form-urlencoded",
            ));
        }
        let parameters = Parameters::parse(&self.body);
        match parameters.repeated() {
            Some(name) => Err(OAuthError::repeated(name)),
            None => Ok(parameters),
        }
    }

    /// The thumbprint of the key whose possession the request proves (RFC 9449 section 5).
    pub(super) fn proven_key(&self, provider: &Provider) -> Result<Option<String>, OAuthError> {
        let Parts { method, headers, .. } = &self.parts;
        let target = Target { method, url: &self.called.url, access_token: None };
        dpop::proven_key(provider, headers, &target).map_err(OAuthError::from)
    }

    /// The parameters, and the client that they come from.
    pub(super) fn authenticated(
        &self,
        provider: &Provider,
    ) -> Result<(Arc<Client>, Parameters), OAuthError> {
        let parameters = self.parameters()?;
        let client = client::authenticated(provider, self, &parameters)?;
        Ok((client, parameters))
    }
}
