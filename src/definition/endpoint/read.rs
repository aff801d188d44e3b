//! Reading an endpoint from a definition's tree.

use super::{Choose, ClientAuthentication, Encoding, Endpoint, Placement, Response, read_url};
use crate::definition::absent::{AT_CALLS, AT_TOKEN_ENDPOINTS};
use crate::definition::keys::endpoint as keys;
use crate::definition::reader::{Entries, Reader};
use crate::definition::rule::Rule;
use crate::definition::yaml::{Node, Value as Yaml};
use crate::template::{Place, Template};

/// What sort of endpoint is read; it decides keys and defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::definition) enum Use {
    /// Gives tokens.
    Token,
    /// Says who is connected.
    UserInfo,
    /// Gives extras after connecting.
    Lookup,
    /// Asks for a device code, RFC 8628 section 3.1.
    DeviceAuthorization,
    /// Anything else that the client says with its own authentication: revocation, introspection,
    /// a pushed authorization request.
    Client,
}

pub(in crate::definition) const ENCODINGS: &[(&str, Encoding)] =
    &[("form", Encoding::Form), ("json", Encoding::Json), ("query", Encoding::Query)];

pub(in crate::definition) const METHODS: &[(&str, &str)] = &[
    ("GET", "GET"),
    ("POST", "POST"),
    ("PUT", "PUT"),
    ("PATCH", "PATCH"),
    ("DELETE", "DELETE"),
    ("HEAD", "HEAD"),
    ("OPTIONS", "OPTIONS"),
];

impl Endpoint {
    /// One endpoint, or several steps.
    pub(in crate::definition) fn read_steps(
        reader: &mut Reader,
        node: &Node,
        kind: Use,
    ) -> Vec<Self> {
        match &node.value {
            Yaml::List(items) => {
                items.iter().filter_map(|item| Self::read(reader, item, kind)).collect()
            }
            _ => Self::read(reader, node, kind).into_iter().collect(),
        }
    }

    pub(in crate::definition) fn read(reader: &mut Reader, node: &Node, kind: Use) -> Option<Self> {
        let absent = match kind {
            Use::UserInfo | Use::Lookup => AT_CALLS,
            Use::Token | Use::DeviceAuthorization | Use::Client => AT_TOKEN_ENDPOINTS,
        };
        reader.without(absent, |reader| Self::read_any(reader, node, kind))
    }

    fn read_any(reader: &mut Reader, node: &Node, kind: Use) -> Option<Self> {
        if let Yaml::Text(_) = node.value {
            let url = read_url(reader, node)?;
            return Some(Self::bare(url, kind));
        }
        let entries = reader.entries(node, "an endpoint", keys::ENDPOINT)?;
        let Some(url) = entries.take("url") else {
            reader.report(Rule::MissingKey, &node.span, "an endpoint needs a `url`");
            return None;
        };
        let url = read_url(reader, url);
        // A wrong URL must not hide what else is wrong here.
        let stand_in = || Template::parse("/", Place::Url).ok();
        let mut endpoint = Self::bare(url.clone().or_else(stand_in)?, kind);
        endpoint.read_method(reader, &entries);
        endpoint.placement = Placement::read(reader, &entries);
        if let Some(node) = entries.take("encoding") {
            endpoint.encoding = reader.choice(node, "encoding", ENCODINGS)?;
            endpoint.encoding_written = true;
        }
        endpoint.body = endpoint.read_body(reader, &entries);
        reader.chooses = entries.take("choose").is_some();
        if let Some(node) = entries.take("response") {
            endpoint.response = Response::read(reader, node, kind);
        }
        endpoint.choose = Choose::read(reader, &entries, kind);
        reader.chooses = false;
        if let Some(node) = entries.take("client_authentication") {
            endpoint.client_authentication = ClientAuthentication::read(reader, node);
        }
        url.map(|_| endpoint)
    }

    fn bare(url: Template, kind: Use) -> Self {
        let posts = !matches!(kind, Use::UserInfo | Use::Lookup);
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
            discovered: false,
        }
    }

    /// An endpoint that the provider's metadata names: everything about it is standard.
    pub(in crate::definition) fn discovered(url: Template, kind: Use) -> Self {
        Self { discovered: true, ..Self::bare(url, kind) }
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
            reader.report(
                Rule::BodyAndParams,
                &node.span,
                "`body` replaces `params`: write one of them",
            );
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
