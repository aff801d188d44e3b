//! `pagination`: how a list that comes in pages goes on.

use super::finding::Finding;
use super::keys::app::PAGINATION;
use super::reader::{Entries, Reader};
use super::rule::Rule;
use super::yaml::{Node, Value};

/// Where the next page is, and where the items of a page are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pagination {
    /// How a page leads to the next.
    pub way: Way,
    /// The query parameter that asks for a page's size.
    pub size_param: Option<String>,
    /// Where the items are, as a path in the answer. `None`: each call has a name of its own for them.
    pub items: Option<Vec<String>>,
}

/// How a page leads to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// The `Link` header with `rel="next"` names it (RFC 8288 section 3).
    LinkHeader,
    /// The answer names its URL.
    NextUrl {
        /// Where.
        from: Vec<String>,
    },
    /// The answer names a value that is sent back.
    Cursor {
        /// Where; `true` there, or nothing at all, means that the last item has it.
        from: Option<Vec<String>>,
        /// As which query parameter it is sent.
        param: String,
    },
    /// The next page begins behind the items that have come so far.
    Offset {
        /// Where it is said whether there is more, or how many items there are in all.
        from: Option<Vec<String>>,
        /// The query parameter with the place of the first item.
        param: String,
        /// The place of the very first item: 0, and 1 at some.
        first: u64,
    },
    /// Pages are counted.
    Page {
        /// Where it is said whether there is more, or how many pages there are.
        from: Option<Vec<String>>,
        /// The query parameter with the page's number.
        param: String,
        /// The number of the first page: 1, and 0 at some.
        first: u64,
    },
}

/// The type alone.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    LinkHeader,
    NextUrl,
    Cursor,
    Offset,
    Page,
}

/// The types by name.
pub(super) const TYPES: &[(&str, Kind)] = &[
    ("link_header", Kind::LinkHeader),
    ("next_url", Kind::NextUrl),
    ("cursor", Kind::Cursor),
    ("offset", Kind::Offset),
    ("page", Kind::Page),
];

impl Pagination {
    pub(super) fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "`pagination`", PAGINATION)?;
        let Some(kind) = entries.take("type") else {
            reader.report(Rule::MissingKey, &node.span, "`pagination` needs a `type`");
            return None;
        };
        let items = read_path(reader, &entries, "items");
        let from = read_path(reader, &entries, "from");
        let param = entries.take("param").and_then(|node| reader.text(node, "`param`"));
        let first = read_first(reader, &entries, kind);
        let way = match reader.choice(kind, "type of pagination", TYPES)? {
            Kind::LinkHeader => Way::LinkHeader,
            Kind::NextUrl => Way::NextUrl { from: needed(reader, kind, from, "from")? },
            Kind::Cursor => Way::Cursor { from, param: needed(reader, kind, param, "param")? },
            Kind::Offset => Way::Offset {
                from,
                param: needed(reader, kind, param, "param")?,
                first: first.unwrap_or(0),
            },
            Kind::Page => Way::Page {
                from,
                param: needed(reader, kind, param, "param")?,
                first: first.unwrap_or(1),
            },
        };
        let size_param =
            entries.take("size_param").and_then(|node| reader.text(node, "`size_param`"));
        Some(Self { way, size_param, items })
    }
}

fn needed<T>(reader: &mut Reader, kind: &Node, value: Option<T>, key: &str) -> Option<T> {
    if value.is_none() {
        let message = format!("this type of pagination needs `{key}`");
        let finding = Finding::new(Rule::MissingKey, kind.span.clone(), message);
        reader.findings.push(finding.help(match key {
            "from" => "where the next page is named, such as `response.next`",
            _ => "the name of the parameter that asks for a page",
        }));
    }
    value
}

/// What counting begins with, where something is counted.
fn read_first(reader: &mut Reader, entries: &Entries, kind: &Node) -> Option<u64> {
    let node = entries.take("first")?;
    let text = reader.text(node, "`first`")?;
    if !matches!(&kind.value, Value::Text(name) if name == "page" || name == "offset") {
        reader.report(
            Rule::NoEffect,
            &node.span,
            "`first` is for pages and offsets, which are counted",
        );
    }
    let number = text.parse().ok();
    if number.is_none() {
        reader.report(Rule::WrongType, &node.span, "`first` must be a number, such as 0");
    }
    number
}

/// A path in the answer, such as `response.data`, without its first part.
fn read_path(reader: &mut Reader, entries: &Entries, key: &str) -> Option<Vec<String>> {
    let node = entries.take(key)?;
    let text = reader.text(node, &format!("`{key}`"))?;
    let mut parts = text.split('.').map(|part| part.trim_matches(['[', ']']).to_owned());
    if parts.next().as_deref() != Some("response") {
        let message = format!("`{key}` is a path in the answer, such as `response.data`");
        reader.report(Rule::ChooseFrom, &node.span, message);
        return None;
    }
    Some(parts.collect())
}
