//! What is placed in a request: headers, query, HTTP Basic, parameters, a signature. Endpoints and
//! the `request` of an authorization share it.

use super::param::Param;
use crate::definition::absent::WHEN_CALLING;
use crate::definition::keys::endpoint as keys;
use crate::definition::reader::{Entries, Reader};
use crate::definition::rule::Rule;
use crate::definition::signature::Signature;
use crate::definition::yaml::{Node, Value as Yaml};
use crate::template::{Place, Template};

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

    pub(in crate::definition) fn read_request(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "`request`", keys::REQUEST)?;
        Some(reader.without(WHEN_CALLING, |reader| Self::read(reader, &entries)))
    }

    pub(super) fn read(reader: &mut Reader, entries: &Entries) -> Self {
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

/// The headers of every API call.
pub(in crate::definition) fn read_call_headers(
    reader: &mut Reader,
    node: &Node,
) -> Vec<(String, Option<Template>)> {
    reader.without(WHEN_CALLING, |reader| read_headers(reader, node))
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
