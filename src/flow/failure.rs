//! Failures of a step: what a provider refused, and how a refusal is recognized.

use super::discovery::DiscoveryError;
use crate::answer::Answer;
use crate::context::now;
use crate::ftp::FtpError;
use crate::http::{Client, HttpError};
use crate::jose::KeyError;
use crate::oauth2::IdTokenError;
use crate::request::{Request, RequestError};
use crate::template::{RenderError, Scope, Template};
use crate::text::short;

/// A provider's refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderError {
    /// What the request was for.
    pub purpose: String,
    /// The method and the host, for people.
    pub request: String,
    /// The status code.
    pub status: u16,
    /// The error code, else the status as text.
    pub code: String,
    /// What the provider says of it.
    pub description: Option<String>,
    /// The answer was a page for people.
    pub html: bool,
    /// Seconds to wait, where the provider says so.
    pub retry_after: Option<String>,
    /// How far this computer's clock is ahead of the provider's, in seconds, as its answer tells
    /// (`Date`, RFC 9110 section 6.6.1).
    pub clock_ahead: Option<i64>,
}

/// Why a step did not work.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The request cannot be made.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// There was no answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The provider said no.
    #[error("{} answered {}", .0.request, .0.code)]
    Provider(Box<ProviderError>),
    /// The answer does not say what it must.
    #[error("the answer of {request} has no `{missing}`")]
    Incomplete {
        /// The request, for people.
        request: String,
        /// What is missing.
        missing: String,
        /// The answer was a page for people.
        html: bool,
    },
    /// An FTP server did not do what it was asked.
    #[error(transparent)]
    Ftp(#[from] FtpError),
    /// Neither the definition nor the provider's metadata names an endpoint.
    #[error("neither the definition nor the provider's metadata names `{0}`")]
    NoEndpoint(&'static str),
    /// A key cannot be used.
    #[error("the key of {what} cannot be used")]
    Key {
        /// What it was to sign.
        what: &'static str,
        /// Why.
        source: KeyError,
    },
    /// The ID token is not what it must be.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// A request cannot be signed.
    #[error("the request cannot be signed: {0}")]
    Signature(String),
    /// The provider's metadata is not to be believed.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// No row of an answer fits, or nobody could be asked which.
    #[error(transparent)]
    Choose(#[from] ChooseError),
}

impl From<RenderError> for FlowError {
    fn from(error: RenderError) -> Self {
        Self::Request(error.into())
    }
}

/// Why no row is taken.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// None fits.
    #[error("the answer has nothing that fits in `{0}`")]
    Nothing(String),
    /// Several fit and nobody can be asked.
    #[error("there are several to choose from, and no terminal to ask on: {}", .labels.join(", "))]
    Several {
        /// The extra that tells them apart.
        name: String,
        /// `VALUE (label)` of each.
        labels: Vec<String>,
        /// A value to show as an example.
        example: String,
    },
    /// The person ended the menu.
    #[error("nothing was chosen")]
    Interrupted,
    /// A label cannot be made.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// Success is a 2xx with `fails_if` empty.
pub(crate) fn check_success(
    purpose: &str,
    request: &Request,
    answer: &Answer,
    fails_if: Option<&Template>,
    scope: &Scope,
    http: &Client,
) -> Result<(), FlowError> {
    let told = match fails_if {
        Some(template) => template.render(scope)?.map(|text| text.trim().to_owned()),
        None => None,
    };
    let told = told.filter(|text| !text.is_empty());
    if answer.is_success() && told.is_none() {
        return Ok(());
    }
    Err(FlowError::Provider(Box::new(provider_error(purpose, request, answer, told, http))))
}

/// Reads a refusal: what the definition says, else the usual places.
pub(crate) fn provider_error(
    purpose: &str,
    request: &Request,
    answer: &Answer,
    told: Option<String>,
    http: &Client,
) -> ProviderError {
    let value = &answer.value;
    let text =
        |pointer: &str| value.pointer(pointer).and_then(|v| v.as_str()).map(ToOwned::to_owned);
    let code = told
        .or_else(|| text("/error"))
        .or_else(|| text("/error/code"))
        .or_else(|| text("/code"))
        .unwrap_or_else(|| answer.status.to_string());
    let description = [
        "/error_description",
        "/oauth_problem_advice",
        "/message",
        "/error/message",
        "/errors/0/message",
        "/detail",
        "/text",
    ]
    .iter()
    .find_map(|pointer| text(pointer))
    .filter(|_| !answer.is_html());
    ProviderError {
        purpose: purpose.to_owned(),
        request: shown(request),
        status: answer.status,
        code: short(&http.mask(&code), 60),
        description: description
            .map(|text| short(&http.mask(&text), 200))
            // An empty body says nothing.
            .filter(|text| *text != code && !text.is_empty()),
        html: answer.is_html(),
        retry_after: answer.header("retry-after").map(|text| short(text, 40)),
        clock_ahead: answer.date().map(|date| now() - date),
    }
}

/// A request for people: method, host and path; never the query, and the path masked by the caller.
#[must_use]
pub fn shown(request: &Request) -> String {
    let host = request.url.host_str().unwrap_or_default();
    format!("{} {host}", request.method)
}
