//! Endpoints: the one shape of everything that goes over the wire.

mod read;

pub(super) use read::{
    ENCODINGS, METHODS, Use, read_base_url, read_call_headers, read_client_authentication, read_url,
};

use super::signature::Signature;
use crate::template::Template;
use serde_json::Value;

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

/// Values placed in a request: the part that an endpoint shares with `request`.
#[derive(Clone, Debug, Default)]
pub struct Placement {
    /// Headers; `None` removes one that comes from above.
    pub headers: Vec<(String, Option<Template>)>,
    /// Query parameters.
    pub query: Vec<(String, Param)>,
    /// HTTP Basic.
    pub basic: Option<Basic>,
    /// Parameters in the body.
    pub params: Vec<(String, Param)>,
    /// Signs the whole request, last of all.
    pub signature: Option<Signature>,
    /// Renders to an error code where an answer means failure.
    pub fails_if: Option<Template>,
}

/// HTTP Basic: either half may be fixed.
#[derive(Clone, Debug)]
pub struct Basic {
    /// The part before the colon.
    pub username: Template,
    /// The part after it.
    pub password: Template,
}

/// A parameter's value: types and nesting are kept.
#[derive(Clone, Debug)]
pub enum Param {
    /// Never sent, not even where a standard says so.
    Never,
    /// A number or boolean as written.
    Literal(Value),
    /// A template.
    Text(Template),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Map(Vec<(String, Self)>),
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

/// How a client proves who it is at a token endpoint (IANA's names).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// HTTP Basic, RFC 6749 section 2.3.1.
    ClientSecretBasic,
    /// In the body, RFC 6749 section 2.3.1.
    ClientSecretPost,
    /// Not at all: a public client.
    None,
    /// A JWT under the client secret, RFC 7523 section 2.2.
    ClientSecretJwt,
    /// A JWT under a private key, RFC 7523 section 2.2.
    PrivateKeyJwt,
    /// A certificate in TLS, RFC 8705.
    TlsClientAuth,
}

/// Ways of client authentication by name.
pub const CLIENT_AUTHENTICATIONS: &[(&str, ClientAuthentication)] = &[
    ("client_secret_basic", ClientAuthentication::ClientSecretBasic),
    ("client_secret_post", ClientAuthentication::ClientSecretPost),
    ("none", ClientAuthentication::None),
    ("client_secret_jwt", ClientAuthentication::ClientSecretJwt),
    ("private_key_jwt", ClientAuthentication::PrivateKeyJwt),
    ("tls_client_auth", ClientAuthentication::TlsClientAuth),
];

impl ClientAuthentication {
    /// Its name in the registry of RFC 8414.
    #[must_use]
    pub fn name(self) -> &'static str {
        CLIENT_AUTHENTICATIONS.iter().find(|(_, way)| *way == self).map_or("", |(name, _)| name)
    }
}

/// What an answer means.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// Standard values by name, such as `access_token`; `None` removes the standard meaning.
    pub values: Vec<(String, Option<Template>)>,
    /// Values kept with the account.
    pub extras: Vec<(String, Template)>,
    /// The same, secret.
    pub secrets: Vec<(String, Template)>,
}

/// One row of a list in an answer is taken.
#[derive(Clone, Debug)]
pub struct Choose {
    /// The list: a dotted path such as `response.accounts`.
    pub from: Vec<String>,
    /// What a row must have, as text.
    pub where_: Vec<(String, String)>,
    /// What a menu shows.
    pub label: Option<Template>,
}

/// The value that says who is connected.
pub const IDENTITY: &str = "user_identity";

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

impl Placement {
    /// Every template in it but `fails_if`, which reads an answer.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let headers = self.headers.iter().filter_map(|(_, value)| value.as_ref());
        let params = self.query.iter().chain(&self.params).flat_map(|(_, param)| param.templates());
        let basic = self.basic.iter().flat_map(|basic| [&basic.username, &basic.password]);
        let signature = self.signature.iter().flat_map(Signature::templates);
        headers.chain(params).chain(basic).chain(signature)
    }

    /// Whether anything but `fails_if` is said.
    #[must_use]
    pub fn places_something(&self) -> bool {
        self.signature.is_some() || self.templates().next().is_some()
    }
}

impl Param {
    /// Every template in it.
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Never | Self::Literal(_) => Vec::new(),
            Self::Text(template) => vec![template],
            Self::List(items) => items.iter().flat_map(Self::templates).collect(),
            Self::Map(pairs) => pairs.iter().flat_map(|(_, item)| item.templates()).collect(),
        }
    }
}
