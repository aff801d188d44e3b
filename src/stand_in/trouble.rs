//! What can go wrong at an app, however well it is asked.

use super::document::{Document, Written};
use super::plan::{Role, roles};
use super::service::Service;
use crate::definition::{Authorization, Definition, Way};
use crate::template::Scope;
use axum::Json;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

/// Something that goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The access token is over: 401 until it is renewed.
    Expired,
    /// The same, told by a code of the app's own in an answer that is a 200.
    ExpiredByCode(String),
    /// The access token is over, and a refresh token works once, whatever the definition says.
    Rotates,
    /// Nothing counts any more.
    Revoked,
    /// One call is refused, for no reason.
    UnauthorizedOnce,
    /// 429 (RFC 6585 section 4).
    TooManyRequests,
    /// 500.
    ServerError,
    /// No answer comes.
    Silent,
    /// A page for people in place of an answer.
    Html,
}

impl Trouble {
    /// Everything that can happen to an authorization.
    #[must_use]
    pub fn all(definition: &Definition, auth: &Authorization) -> Vec<Self> {
        let mut all = Vec::new();
        if !matches!(auth.way, Way::Fields) && auth.oauth1().is_none_or(|o| o.refresh.is_some()) {
            all.push(Self::Expired);
            let codes = definition.errors.iter().filter(|(_, error)| error.expired == Some(true));
            let codes = codes.map(|(code, _)| code).filter(|code| code.parse::<u16>().is_err());
            all.extend(codes.cloned().map(Self::ExpiredByCode));
        }
        let refreshes = roles(auth).iter().any(|role| matches!(role, Role::Refresh(_)));
        if refreshes && auth.oauth2().is_some_and(|oauth2| !oauth2.runs_again()) {
            all.push(Self::Rotates);
        }
        all.extend([Self::UnauthorizedOnce, Self::Revoked, Self::TooManyRequests]);
        all.extend([Self::ServerError, Self::Silent, Self::Html]);
        all
    }

    /// In words.
    #[must_use]
    pub fn explain(&self) -> String {
        match self {
            Self::Expired => "the access token is over".to_owned(),
            Self::ExpiredByCode(code) => format!("the same, told as {code}"),
            Self::Rotates => "twice, and a refresh token works once".to_owned(),
            Self::Revoked => "the credential was revoked".to_owned(),
            Self::UnauthorizedOnce => "one call is answered 401".to_owned(),
            Self::TooManyRequests => "429, and to wait for 7 s".to_owned(),
            Self::ServerError => "500".to_owned(),
            Self::Silent => "no answer".to_owned(),
            Self::Html => "503, and a page for people".to_owned(),
        }
    }

    /// Whether a renewal ends it.
    pub(super) fn ends_with_renewal(&self) -> bool {
        matches!(self, Self::Expired | Self::ExpiredByCode(_) | Self::Rotates)
    }
}

/// What is answered in place of what would be.
pub(super) enum Disturbed {
    By(Response),
    /// By nothing, for ever.
    Silence,
}

impl Service {
    /// What trouble makes of a request for this part.
    pub(super) fn disturb(
        &self,
        trouble: &Trouble,
        role: Role,
        scope: &Scope,
    ) -> Option<Disturbed> {
        let refused = |status: StatusCode, code: &str| {
            Disturbed::By((status, Json(json!({ "error": code }))).into_response())
        };
        let unauthorized = || refused(StatusCode::UNAUTHORIZED, "unauthorized");
        match (trouble, role) {
            (Trouble::Revoked, Role::Refresh(_) | Role::Renewal) => {
                Some(refused(StatusCode::BAD_REQUEST, "invalid_grant"))
            }
            (Trouble::Revoked, Role::Token(_) | Role::Login(_)) => {
                Some(refused(StatusCode::UNAUTHORIZED, "invalid_client"))
            }
            (_, role) if !role.is_api() => None,
            (Trouble::ExpiredByCode(code), role) => {
                Some(Disturbed::By(self.failure(role, code, scope).unwrap_or_else(|| {
                    (StatusCode::UNAUTHORIZED, Json(json!({ "error": code }))).into_response()
                })))
            }
            (Trouble::TooManyRequests, _) => {
                let wait = [("retry-after", "7")];
                Some(Disturbed::By((StatusCode::TOO_MANY_REQUESTS, wait).into_response()))
            }
            (Trouble::ServerError, _) => {
                Some(refused(StatusCode::INTERNAL_SERVER_ERROR, "server_error"))
            }
            (Trouble::Silent, _) => Some(Disturbed::Silence),
            (Trouble::Html, _) => {
                let page = Html("<!doctype html><title>Sorry</title><h1>We will be back soon</h1>");
                Some(Disturbed::By((StatusCode::SERVICE_UNAVAILABLE, page).into_response()))
            }
            _ => Some(unauthorized()),
        }
    }

    /// An answer whose code, by the definition, is this one.
    fn failure(&self, role: Role, code: &str, scope: &Scope) -> Option<Response> {
        let own = self.endpoint(role).and_then(|endpoint| endpoint.placement.fails_if.as_ref());
        let fails_if = own.or(self.auth().request.fails_if.as_ref())?;
        let mut document = Document::default();
        document.fail(fails_if, code, scope).then(|| document.answer(Written::Json))
    }
}
