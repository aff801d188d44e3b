//! Endpoints: the one shape of everything that goes over the wire.

mod choose;
mod client_authentication;
mod param;
mod placement;
mod read;
mod response;
mod url;

pub use choose::Choose;
pub use client_authentication::{CLIENT_AUTHENTICATIONS, ClientAuthentication};
pub use param::Param;
pub(super) use placement::read_call_headers;
pub use placement::{Basic, Placement};
pub(super) use read::{ENCODINGS, METHODS, Use};
pub use response::{IDENTITY, Response};
pub(super) use url::{read_base_url, read_url};

use crate::template::Template;

/// A URL, what is sent to it, and what its answer means.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Absolute, or relative to the base URL.
    pub url: Template,
    /// The request method.
    pub method: http::Method,
    /// What is placed in the request.
    pub placement: Placement,
    /// How `params` are sent.
    pub encoding: Encoding,
    /// Whether `encoding` was written: then `body` is an object of parameters.
    pub encoding_written: bool,
    /// A whole request body in place of `params`.
    pub body: Option<Template>,
    /// What the answer means.
    pub response: Response,
    /// Which row of an answer is taken.
    pub choose: Option<Choose>,
    /// Client authentication at this endpoint, where it differs from the authorization's.
    pub client_authentication: Option<ClientAuthentication>,
    /// Not written: it comes from the provider's metadata.
    pub discovered: bool,
}

/// How parameters travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
    /// In the URL's query.
    Query,
}

impl Endpoint {
    /// Whether one of its templates names a secret part of the credential, or it places one by
    /// `basic` or an `Authorization` header: then it authenticates itself.
    #[must_use]
    pub fn places_credential(&self, credential_names: &[String]) -> bool {
        let header = self
            .placement
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        header
            || self.placement.basic.is_some()
            || self.placement.signature.is_some()
            || self.templates().any(|template| {
                template.names().iter().any(|name| {
                    name.root() == "secrets" || credential_names.iter().any(|c| c == name.root())
                })
            })
    }

    /// Every template that goes into the request.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        std::iter::once(&self.url).chain(self.placement.templates()).chain(&self.body)
    }
}
