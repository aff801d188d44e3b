//! Defines how an answer goes back to the app: in a redirect, or in a form (RFC 6749 sections
//! 4.1.2 and 4.1.2.1).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::sandbox::error::{NO_STORE, OAuthError};
use crate::sandbox::form::Parameters;
use crate::sandbox::provider::Provider;
use crate::sandbox::{misbehave, page};

use super::redirect_uri::with_parameters;
use super::request::{AuthorizationRequest, ResponseMode};

/// Where an answer goes, and how.
pub(super) struct Reply<'a> {
    redirect_uri: &'a str,
    state: Option<&'a str>,
    response_mode: ResponseMode,
    issuer: &'a str,
}

impl<'a> Reply<'a> {
    /// To a request that is valid.
    pub(super) fn to(request: &'a AuthorizationRequest) -> Self {
        let AuthorizationRequest { redirect_uri, state, response_mode, issuer, .. } = request;
        Self { redirect_uri, state: state.as_deref(), response_mode: *response_mode, issuer }
    }

    /// To a request of which only the redirect URI is known to be good.
    pub(super) fn to_parameters(
        redirect_uri: &'a str,
        parameters: &'a Parameters,
        issuer: &'a str,
    ) -> Self {
        let state = parameters.one("state").filter(|_| !parameters.occurs_twice("state"));
        let response_mode = ResponseMode::of(parameters).unwrap_or(ResponseMode::Query);
        Self { redirect_uri, state, response_mode, issuer }
    }

    pub(super) async fn code(self, provider: &Provider, code: String) -> Response {
        self.send(provider, vec![("code", code)]).await
    }

    pub(super) async fn error(self, provider: &Provider, error: OAuthError) -> Response {
        let error =
            vec![("error", error.error.to_owned()), ("error_description", error.description)];
        self.send(provider, error).await
    }

    /// With the issuer of RFC 9207. 303 and not 307, which would send the form on (RFC 9700 section
    /// 4.12).
    async fn send(
        self,
        provider: &Provider,
        mut parameters: Vec<(&'static str, String)>,
    ) -> Response {
        parameters.extend(self.state.map(|state| ("state", state.to_owned())));
        parameters.push(("iss", self.issuer.to_owned()));
        misbehave::redirect(&provider.switches, self.redirect_uri, &mut parameters).await;
        if self.response_mode == ResponseMode::FormPost {
            return page::form_post(self.redirect_uri, &parameters);
        }
        let location = with_parameters(self.redirect_uri, &parameters);
        let headers =
            [(header::LOCATION, location), (header::REFERRER_POLICY, "no-referrer".to_owned())];
        (StatusCode::SEE_OTHER, NO_STORE, headers).into_response()
    }
}
