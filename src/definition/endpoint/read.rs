//! Reading endpoints from a definition's tree.

use super::{
    Basic, CLIENT_AUTHENTICATIONS, Choose, ClientAuthentication, Encoding, Endpoint, IDENTITY,
    Param, Placement, Response, TOKEN_VALUES,
};
use crate::definition::finding::Finding;
use crate::definition::reader::{Entries, Reader};
use crate::definition::signature::Signature;
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

const KEYS: &[&str] = &[
    "url",
    "method",
    "query",
    "headers",
    "basic",
    "encoding",
    "params",
    "body",
    "response",
    "fails_if",
    "choose",
    "client_authentication",
    "signature",
];

const REQUEST_KEYS: &[&str] = &["headers", "query", "basic", "params", "fails_if", "signature"];

/// What a device authorization answer gives (RFC 8628 section 3.2).
pub const DEVICE_VALUES: &[&str] = &[
    "device_code",
    "user_code",
    "verification_uri",
    "verification_uri_complete",
    "expires_in",
    "interval",
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
        if let Yaml::Text(_) = node.value {
            let url = read_url(reader, node)?;
            return Some(Self::bare(url, kind));
        }
        let entries = reader.entries(node, "an endpoint", KEYS)?;
        let Some(url) = entries.take("url") else {
            reader.error("missing-key", &node.span, "an endpoint needs a `url`");
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
        if let Some(node) = entries.take("response") {
            endpoint.response = Response::read(reader, node, kind);
        }
        endpoint.choose = read_choose(reader, &entries, kind);
        if let Some(node) = entries.take("client_authentication") {
            endpoint.client_authentication = read_client_authentication(reader, node);
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
            reader.error(
                "body-and-params",
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

/// A URL template; a literal one must be https, loopback or relative.
pub(in crate::definition) fn read_url(reader: &mut Reader, node: &Node) -> Option<Template> {
    let template = reader.template(node, Place::Url, "a URL")?;
    let text = template.source();
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    if text.starts_with("http://") && !local.iter().any(|prefix| text.starts_with(prefix)) {
        reader.error("not-https", &node.span, "a credential only travels over https");
    }
    Some(template)
}

pub(in crate::definition) fn read_client_authentication(
    reader: &mut Reader,
    node: &Node,
) -> Option<ClientAuthentication> {
    reader.choice(node, "client authentication", CLIENT_AUTHENTICATIONS)
}

impl Placement {
    pub(in crate::definition) fn read_request(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "`request`", REQUEST_KEYS)?;
        Some(Self::read(reader, &entries))
    }

    fn read(reader: &mut Reader, entries: &Entries) -> Self {
        Self {
            headers: entries.take("headers").map_or_else(Vec::new, |n| read_headers(reader, n)),
            query: entries.take("query").map_or_else(Vec::new, |n| Param::read_all(reader, n)),
            basic: entries.take("basic").and_then(|n| Basic::read(reader, n)),
            params: entries.take("params").map_or_else(Vec::new, |n| Param::read_all(reader, n)),
            signature: entries.take("signature").and_then(|n| Signature::read(reader, n)),
            fails_if: entries
                .take("fails_if")
                .and_then(|n| reader.template(n, Place::Answer, "`fails_if`")),
        }
    }
}

pub(in crate::definition) fn read_headers(
    reader: &mut Reader,
    node: &Node,
) -> Vec<(String, Option<Template>)> {
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
    pub(in crate::definition) fn read_all(reader: &mut Reader, node: &Node) -> Vec<(String, Self)> {
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
            Use::Token => keys.extend(TOKEN_VALUES.iter().chain(&[IDENTITY])),
            Use::UserInfo => keys.push(IDENTITY),
            Use::DeviceAuthorization => keys.extend(DEVICE_VALUES),
            Use::Lookup | Use::Client => {}
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

/// Choosing belongs to what is asked after connecting: who it is, and lookups.
fn read_choose(reader: &mut Reader, entries: &Entries, kind: Use) -> Option<Choose> {
    let node = entries.take("choose")?;
    if matches!(kind, Use::Token | Use::Client | Use::DeviceAuthorization) {
        let message = "`choose` has no effect here";
        let finding = Finding::error("wrong-place", node.span.clone(), message);
        reader.findings.push(finding.help("write it at `user_info_endpoint` or under `lookups`"));
        return None;
    }
    Choose::read(reader, node)
}

impl Choose {
    fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "`choose`", &["from", "where", "label"])?;
        let from = entries.take("from").and_then(|node| reader.text(node, "`from`"));
        let Some(from) = from else {
            reader.error(
                "missing-key",
                &node.span,
                "`choose` needs `from`, such as `response.accounts`",
            );
            return None;
        };
        let from: Vec<String> =
            from.split('.').map(|part| part.trim_matches(['[', ']']).to_owned()).collect();
        if from.first().map(String::as_str) != Some("response") {
            reader.error(
                "choose-from",
                &node.span,
                "`from` is a path in the answer, such as `response.accounts`",
            );
        }
        let pairs = entries.take("where").and_then(|node| reader.pairs(node, "`where`"));
        let where_ = pairs
            .unwrap_or_default()
            .iter()
            .filter_map(|(key, node)| Some((key.name.clone(), reader.text(node, "a value")?)))
            .collect();
        let label =
            entries.take("label").and_then(|node| reader.template(node, Place::Answer, "`label`"));
        Some(Self { from, where_, label })
    }
}
