//! `choose`: one row of a list in an answer is taken.

use super::Use;
use crate::definition::finding::Finding;
use crate::definition::keys::endpoint as keys;
use crate::definition::reader::{Entries, Reader};
use crate::definition::rule::Rule;
use crate::definition::yaml::Node;
use crate::template::{Place, Template};

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

impl Choose {
    /// Choosing belongs to what is asked after connecting: who it is, and lookups.
    pub(super) fn read(reader: &mut Reader, entries: &Entries, kind: Use) -> Option<Self> {
        let node = entries.take("choose")?;
        if matches!(kind, Use::Token | Use::Client | Use::DeviceAuthorization) {
            let message = "`choose` has no effect here";
            let finding = Finding::new(Rule::WrongPlace, node.span.clone(), message);
            reader
                .findings
                .push(finding.help("write it at `user_info_endpoint` or under `lookups`"));
            return None;
        }
        let choose = Self::read_row(reader, node);
        let names = |key: &str| entries.take(key).is_some_and(|node| node.mentions("chosen"));
        if !names("response") && !names("fails_if") {
            let message = "a row is chosen here, and nothing reads `chosen`";
            let finding = Finding::new(Rule::UnusedChoice, node.span.clone(), message);
            reader.findings.push(finding.help("read it in `response`, such as `{{chosen.id}}`"));
        }
        choose
    }

    fn read_row(reader: &mut Reader, node: &Node) -> Option<Self> {
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
