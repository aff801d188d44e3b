//! Reading endpoints from a definition's tree.

use super::{
    Basic, CLIENT_AUTHENTICATIONS, Choose, ClientAuthentication, Encoding, Endpoint, IDENTITY,
    Param, Placement, Response,
};
use crate::definition::absent::{AT_CALLS, AT_TOKEN_ENDPOINTS, WHEN_CALLING};
use crate::definition::finding::Finding;
use crate::definition::keys::endpoint as keys;
use crate::definition::reach::host_part;
use crate::definition::reader::{Entries, Reader};
use crate::definition::rule::Rule;
use crate::definition::signature::Signature;
use crate::definition::yaml::{Node, Value as Yaml};
use crate::template::{Name, Place, Template};

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
        endpoint.choose = read_choose(reader, &entries, kind);
        reader.chooses = false;
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

/// A URL template; a literal one must be https, loopback or relative.
pub(in crate::definition) fn read_url(reader: &mut Reader, node: &Node) -> Option<Template> {
    let template = reader.template(node, Place::Url, "a URL")?;
    if in_the_clear(&template) {
        reader.report(Rule::NotHttps, &node.span, "a credential only travels over https");
    }
    Some(template)
}

/// Whether a URL leaves this machine without TLS.
fn in_the_clear(url: &Template) -> bool {
    let Some((scheme, _)) = url.source().split_once("://") else { return false };
    let host = host_part(url).unwrap_or_default();
    match scheme.to_ascii_lowercase().as_str() {
        "https" | "ftps" => false,
        // Its field says whether it may be: `insecure`.
        "ftp" if host.contains("{{") => false,
        scheme => !scheme.contains("{{") && !["127.0.0.1", "localhost", "[::1]"].contains(&&*host),
    }
}

pub(in crate::definition) fn read_client_authentication(
    reader: &mut Reader,
    node: &Node,
) -> Option<ClientAuthentication> {
    reader.choice(node, "client authentication", CLIENT_AUTHENTICATIONS)
}

impl Placement {
    pub(in crate::definition) fn read_request(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "`request`", keys::REQUEST)?;
        Some(reader.without(WHEN_CALLING, |reader| Self::read(reader, &entries)))
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

/// The headers of every API call.
pub(in crate::definition) fn read_call_headers(
    reader: &mut Reader,
    node: &Node,
) -> Vec<(String, Option<Template>)> {
    reader.without(WHEN_CALLING, |reader| read_headers(reader, node))
}

/// The URL that the paths of API calls are relative to.
pub(in crate::definition) fn read_base_url(reader: &mut Reader, node: &Node) -> Option<Template> {
    reader.without(AT_CALLS, |reader| read_url(reader, node))
}

fn read_headers(reader: &mut Reader, node: &Node) -> Vec<(String, Option<Template>)> {
    let Some(pairs) = reader.pairs(node, "`headers`") else { return Vec::new() };
    let mut headers = Vec::new();
    for (key, value) in pairs {
        if http::HeaderName::from_bytes(key.name.as_bytes()).is_err() {
            reader.report(Rule::HeaderName, &key.span, format!("`{}` is no header name", key.name));
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
        let entries = reader.entries(node, "`basic`", keys::BASIC)?;
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
        let Some(entries) = reader.entries(node, "`response`", &keys::response(kind)) else {
            return Self::default();
        };
        let mut response = Self::default();
        for key in keys::values(kind).iter().map(|key| key.name) {
            match entries.take_or_null(key) {
                Some(node) if matches!(node.value, Yaml::Null) => {
                    response.values.push((key.to_owned(), None));
                }
                Some(node) => {
                    let template = reader.template(node, Place::Answer, key);
                    if key == IDENTITY {
                        refuse_secrets(reader, node, template.as_ref(), key);
                    }
                    response.values.extend(template.map(|t| (key.to_owned(), Some(t))));
                }
                None => {}
            }
        }
        response.extras = outputs(reader, entries.take("extras"));
        for (name, template) in &response.extras {
            let node = entries.take("extras").and_then(|extras| extras.member(name));
            node.into_iter().for_each(|node| refuse_secrets(reader, node, Some(template), name));
        }
        response.secrets = outputs(reader, entries.take("secrets"));
        response
    }
}

/// Members of an answer that are secret by their name.
const SECRET_MEMBERS: &[&str] = &[
    "access_token",
    "api_key",
    "client_secret",
    "id_token",
    "password",
    "refresh_token",
    "secret",
    "token_secret",
];

/// Extras and identities are kept in the clear and shown.
fn refuse_secrets(reader: &mut Reader, node: &Node, template: Option<&Template>, what: &str) {
    let Some(template) = template else { return };
    let member = |name: &&Name| {
        let last = name.parts.last().map_or("", String::as_str);
        name.root() == "response" && !name.asks && SECRET_MEMBERS.contains(&last)
    };
    // What a token claims is no secret, and what a hash tells is not the secret.
    let derived = ["claims ", "hash ", "hmac "].iter().any(|call| template.source().contains(call));
    let from_answer = || template.names().iter().find(member).map(|name| name.raw.clone());
    let secret = reader.secret_in(template).or_else(from_answer).filter(|_| !derived);
    let Some(secret) = secret else { return };
    let message = format!("`{what}` would show `{secret}`, which is secret");
    let finding = Finding::new(Rule::SecretShown, node.span.narrow(&secret), message);
    reader.findings.push(finding.help("keep it under `secrets`, and name it `secrets.…`"));
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
        let finding = Finding::new(Rule::WrongPlace, node.span.clone(), message);
        reader.findings.push(finding.help("write it at `user_info_endpoint` or under `lookups`"));
        return None;
    }
    let choose = Choose::read(reader, node);
    let names = |key: &str| entries.take(key).is_some_and(|node| node.mentions("chosen"));
    if !names("response") && !names("fails_if") {
        let message = "a row is chosen here, and nothing reads `chosen`";
        let finding = Finding::new(Rule::UnusedChoice, node.span.clone(), message);
        reader.findings.push(finding.help("read it in `response`, such as `{{chosen.id}}`"));
    }
    choose
}

impl Choose {
    fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "`choose`", keys::CHOOSE)?;
        let from = entries.take("from").and_then(|node| reader.text(node, "`from`"));
        let Some(from) = from else {
            reader.report(
                Rule::MissingKey,
                &node.span,
                "`choose` needs `from`, such as `response.accounts`",
            );
            return None;
        };
        let from: Vec<String> =
            from.split('.').map(|part| part.trim_matches(['[', ']']).to_owned()).collect();
        if from.first().map(String::as_str) != Some("response") {
            reader.report(
                Rule::ChooseFrom,
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
