//! `pagination`: how a list that comes in pages goes on. It is checked, so that it can be relied upon.

use super::finding::Finding;
use super::keys::app::PAGINATION;
use super::reader::Reader;
use super::rule::Rule;
use super::yaml::Node;

/// The ways by name, and the keys that each cannot do without.
pub(super) const TYPES: &[(&str, &[&str])] = &[
    // RFC 8288: the `Link` header says it all.
    ("link_header", &[]),
    ("next_url", &["from"]),
    // Without `from` it is something of the last row.
    ("cursor", &["param"]),
    ("offset", &["param"]),
    ("page", &["param"]),
];

pub(super) fn check(reader: &mut Reader, node: &Node) {
    let Some(entries) = reader.entries(node, "`pagination`", PAGINATION) else { return };
    let Some(kind) = entries.take("type") else {
        reader.report(Rule::MissingKey, &node.span, "`pagination` needs a `type`");
        return;
    };
    let Some(needed) = reader.choice(kind, "type of pagination", TYPES) else { return };
    for key in needed.iter().filter(|key| entries.take(key).is_none()) {
        let message = format!("this type of pagination needs `{key}`");
        let finding = Finding::new(Rule::MissingKey, kind.span.clone(), message);
        reader.findings.push(finding.help(match *key {
            "from" => "where the next page is named, such as `response.next`",
            _ => "the name of the parameter that asks for a page",
        }));
    }
}
