//! Endpoints: the one shape of everything that goes over the wire.

use super::reader::{Entries, Reader};
use super::yaml::{Node, Value as Yaml};
use crate::template::{Place, Template};
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

/// What sort of endpoint is read; it decides keys and defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Gives tokens.
    Token,
    /// Says who is connected.
    UserInfo,
    /// Gives extras after connecting.
    Lookup,
    /// Ends a token.
    Revocation,
}

const KEYS: &[&str] = &[
    "url", "method", "query", "headers", "basic", "encoding", "params", "body", "response",
    "fails_if", "choose", "client_authentication", "signature",
];

const REQUEST_KEYS: &[&str] = &["headers", "query", "basic", "params", "fails_if", "signature"];

/// The standard values of a token answer.
pub const TOKEN_VALUES: &[&str] = &[
    "access_token",
    "token_type",
    "refresh_token",
    "token_secret",
    "id_token",
    "expires_in",
    "expires_at",
    "scope",
];

pub(super) const CLIENT_AUTHENTICATIONS: &[(&str, ClientAuthentication)] = &[
    ("client_secret_basic", ClientAuthentication::ClientSecretBasic),
    ("client_secret_post", ClientAuthentication::ClientSecretPost),
    ("none", ClientAuthentication::None),
];

const ENCODINGS: &[(&str, Encoding)] =
    &[("form", Encoding::Form), ("json", Encoding::Json), ("query", Encoding::Query)];

const METHODS: &[(&str, &str)] = &[
    ("GET", "GET"),
    ("POST", "POST"),
    ("PUT", "PUT"),
    ("PATCH", "PATCH"),
    ("DELETE", "DELETE"),
    ("HEAD", "HEAD"),
    ("OPTIONS", "OPTIONS"),
];

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

    /// One endpoint, or several steps.
    pub(super) fn read_steps(reader: &mut Reader, node: &Node, kind: Use) -> Vec<Self> {
        match &node.value {
            Yaml::List(items) => {
                items.iter().filter_map(|item| Self::read(reader, item, kind)).collect()
            }
            _ => Self::read(reader, node, kind).into_iter().collect(),
        }
    }

    pub(super) fn read(reader: &mut Reader, node: &Node, kind: Use) -> Option<Self> {
        if let Yaml::Text(_) = node.value {
            let url = read_url(reader, node)?;
            return Some(Self::bare(url, kind));
        }
        let entries = reader.entries(node, "an endpoint", KEYS)?;
        let Some(url) = entries.take("url") else {
            reader.error("missing-key", &node.span, "an endpoint needs a `url`");
            return None;
        };
        let mut endpoint = Self::bare(read_url(reader, url)?, kind);
        endpoint.read_method(reader, &entries);
        endpoint.placement = Placement::read(reader, &entries);
        if let Some(node) = entries.take("encoding") {
            endpoint.encoding = reader.choice(node, "encoding", ENCODINGS)?;
            endpoint.encoding_written = true;
        }
        endpoint.body = endpoint.read_body(reader, &entries);
        if let Some(node) = entries.take("response") {
            endpoint.response = Response::read(reader, node, kind);
        }
        endpoint.choose = entries.take("choose").and_then(|node| Choose::read(reader, node));
        if let Some(node) = entries.take("client_authentication") {
            endpoint.client_authentication = read_client_authentication(reader, node);
        }
        Some(endpoint)
    }

    fn bare(url: Template, kind: Use) -> Self {
        let posts = matches!(kind, Use::Token | Use::Revocation);
        let method = if posts { http::Method::POST } else { http::Method::GET };
        Self {
            url,
            encoding: default_encoding(&method),
            method,
            placement: Placement::default(),
            encoding_written: false,
            body: None,
            response: Response::default(),
            choose: None,
            client_authentication: None,
        }
    }

    fn read_method(&mut self, reader: &mut Reader, entries: &Entries) {
        let Some(node) = entries.take("method") else { return };
        let Some(name) = reader.choice(node, "method", METHODS) else { return };
        self.method = http::Method::from_bytes(name.as_bytes()).unwrap_or(http::Method::GET);
        self.encoding = default_encoding(&self.method);
    }

    fn read_body(&self, reader: &mut Reader, entries: &Entries) -> Option<Template> {
        let node = entries.take("body")?;
        if entries.take("params").is_some() {
            reader.error("body-and-params", &node.span, "`body` replaces `params`: write one of them");
        }
        let text = reader.text(node, "`body`")?;
        let json = self.encoding_written || text.trim_start().starts_with(['{', '[']);
        reader.template(node, if json { Place::JsonBody } else { Place::Body }, "`body`")
    }
}

fn default_encoding(method: &http::Method) -> Encoding {
    match method.as_str() {
        "POST" | "PUT" | "PATCH" => Encoding::Form,
        _ => Encoding::Query,
    }
}

/// A URL template; a literal one must be https, loopback or relative.
pub(super) fn read_url(reader: &mut Reader, node: &Node) -> Option<Template> {
    let template = reader.template(node, Place::Url, "a URL")?;
    let text = template.source();
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    if text.starts_with("http://") && !local.iter().any(|prefix| text.starts_with(prefix)) {
        reader.error("not-https", &node.span, "a credential only travels over https");
    }
    Some(template)
}

pub(super) fn read_client_authentication(
    reader: &mut Reader,
    node: &Node,
) -> Option<ClientAuthentication> {
    let later = ["client_secret_jwt", "private_key_jwt", "tls_client_auth"];
    if let Yaml::Text(text) = &node.value
        && later.contains(&text.as_str())
    {
        reader.error("not-supported", &node.span, format!("`{text}` is not supported yet"));
        return None;
    }
    reader.choice(node, "client authentication", CLIENT_AUTHENTICATIONS)
}

impl Placement {
    /// Every template in it but `fails_if`, which reads an answer.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let headers = self.headers.iter().filter_map(|(_, value)| value.as_ref());
        let params = self.query.iter().chain(&self.params).flat_map(|(_, param)| param.templates());
        let basic = self.basic.iter().flat_map(|basic| [&basic.username, &basic.password]);
        headers.chain(params).chain(basic)
    }

    /// Whether anything but `fails_if` is said.
    #[must_use]
    pub fn places_something(&self) -> bool {
        self.templates().next().is_some()
    }

    pub(super) fn read_request(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "`request`", REQUEST_KEYS)?;
        Some(Self::read(reader, &entries))
    }

    fn read(reader: &mut Reader, entries: &Entries) -> Self {
        if let Some(node) = entries.take("signature") {
            reader.error("not-supported", &node.span, "`signature` is not supported yet");
        }
        Self {
            headers: entries.take("headers").map_or_else(Vec::new, |n| read_headers(reader, n)),
            query: entries.take("query").map_or_else(Vec::new, |n| Param::read_all(reader, n)),
            basic: entries.take("basic").and_then(|n| Basic::read(reader, n)),
            params: entries.take("params").map_or_else(Vec::new, |n| Param::read_all(reader, n)),
            fails_if: entries
                .take("fails_if")
                .and_then(|n| reader.template(n, Place::Answer, "`fails_if`")),
        }
    }
}

pub(super) fn read_headers(reader: &mut Reader, node: &Node) -> Vec<(String, Option<Template>)> {
    let Some(pairs) = reader.pairs(node, "`headers`") else { return Vec::new() };
    let mut headers = Vec::new();
    for (key, value) in pairs {
        if http::HeaderName::from_bytes(key.name.as_bytes()).is_err() {
            reader.error("header-name", &key.span, format!("`{}` is no header name", key.name));
            continue;
        }
        if matches!(value.value, Yaml::Null) {
            headers.push((key.name.clone(), None));
        } else if let Some(template) = reader.template(value, Place::Header, "a header") {
            headers.push((key.name.clone(), Some(template)));
        }
    }
    headers
}

impl Basic {
    fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "`basic`", &["username", "password"])?;
        let mut half = |key: &str| match entries.take(key) {
            Some(node) => reader.template(node, Place::Text, key),
            None => Template::parse("", Place::Text).ok(),
        };
        Some(Self { username: half("username")?, password: half("password")? })
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

    pub(super) fn read_all(reader: &mut Reader, node: &Node) -> Vec<(String, Self)> {
        let Some(pairs) = reader.pairs(node, "parameters") else { return Vec::new() };
        pairs
            .iter()
            .filter_map(|(key, value)| Some((key.name.clone(), Self::read(reader, value)?)))
            .collect()
    }

    fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        Some(match &node.value {
            Yaml::Null => Self::Never,
            Yaml::Bool(value) => Self::Literal((*value).into()),
            Yaml::Number(number) => Self::Literal(number.clone().into()),
            Yaml::Text(_) => Self::Text(reader.template(node, Place::Text, "a parameter")?),
            Yaml::List(items) => {
                Self::List(items.iter().filter_map(|item| Self::read(reader, item)).collect())
            }
            Yaml::Map(_) => Self::Map(Self::read_all(reader, node)),
        })
    }
}

impl Response {
    fn read(reader: &mut Reader, node: &Node, kind: Use) -> Self {
        let mut keys: Vec<&str> = vec!["extras", "secrets"];
        match kind {
            Use::Token => keys.extend(TOKEN_VALUES.iter().chain(&["user_identity"])),
            Use::UserInfo => keys.push("user_identity"),
            Use::Lookup | Use::Revocation => {}
        }
        let Some(entries) = reader.entries(node, "`response`", &keys) else {
            return Self::default();
        };
        let mut response = Self::default();
        for key in keys.iter().skip(2) {
            match entries.take_or_null(key) {
                Some(node) if matches!(node.value, Yaml::Null) => {
                    response.values.push(((*key).to_owned(), None));
                }
                Some(node) => {
                    let template = reader.template(node, Place::Answer, key);
                    response.values.extend(template.map(|t| ((*key).to_owned(), Some(t))));
                }
                None => {}
            }
        }
        response.extras = outputs(reader, entries.take("extras"));
        response.secrets = outputs(reader, entries.take("secrets"));
        response
    }
}

fn outputs(reader: &mut Reader, node: Option<&Node>) -> Vec<(String, Template)> {
    let Some(pairs) = node.and_then(|node| reader.pairs(node, "a group of values")) else {
        return Vec::new();
    };
    pairs
        .iter()
        .filter(|(_, node)| !matches!(node.value, Yaml::Null))
        .filter_map(|(key, node)| {
            Some((key.name.clone(), reader.template(node, Place::Answer, "a value")?))
        })
        .collect()
}

impl Choose {
    fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "`choose`", &["from", "where", "label"])?;
        let from = entries.take("from").and_then(|node| reader.text(node, "`from`"));
        let Some(from) = from else {
            reader.error("missing-key", &node.span, "`choose` needs `from`, such as `response.accounts`");
            return None;
        };
        let from: Vec<String> = from.split('.').map(|part| part.trim_matches(['[', ']']).to_owned()).collect();
        if from.first().map(String::as_str) != Some("response") {
            reader.error("choose-from", &node.span, "`from` is a path in the answer, such as `response.accounts`");
        }
        let pairs = entries.take("where").and_then(|node| reader.pairs(node, "`where`"));
        let where_ = pairs
            .unwrap_or_default()
            .iter()
            .filter_map(|(key, node)| Some((key.name.clone(), reader.text(node, "a value")?)))
            .collect();
        let label = entries
            .take("label")
            .and_then(|node| reader.template(node, Place::Answer, "`label`"));
        Some(Self { from, where_, label })
    }
}
