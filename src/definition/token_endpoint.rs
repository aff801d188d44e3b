//! Token endpoint and refresh endpoint, which inherits from it.

use super::endpoint::{Endpoint, Use};
use super::finding::Finding;
use super::merge::{merge, without};
use super::reader::{Entries, Reader};
use super::yaml::{Key, Node, Value as Yaml};

/// Reads `token_endpoint`: nothing where it is absent, `None` where it is wrong.
pub(super) fn read_token(reader: &mut Reader, entries: &Entries) -> Option<Vec<Endpoint>> {
    let Some(node) = entries.take("token_endpoint") else { return Some(Vec::new()) };
    let steps = Endpoint::read_steps(reader, node, Use::Token);
    (!steps.is_empty()).then_some(steps)
}

/// The refresh endpoint inherits every key of the token endpoint but `params`: a bare URL changes
/// only the URL, a mapping merges by key, a list is written whole.
pub(super) fn read_refresh(reader: &mut Reader, entries: &Entries) -> Vec<Endpoint> {
    let own = entries.take("refresh_endpoint");
    let Some(token) = entries.take("token_endpoint") else {
        return own.map_or_else(Vec::new, |own| Endpoint::read_steps(reader, own, Use::Token));
    };
    if let Some(node) = own
        && matches!(node.value, Yaml::List(_))
    {
        return Endpoint::read_steps(reader, node, Use::Token);
    }
    let merged = match (&token.value, own) {
        (Yaml::List(steps), None) => {
            let steps = steps.iter().map(|step| without(step, "params")).collect();
            Node { span: token.span.clone(), value: Yaml::List(steps) }
        }
        (Yaml::List(steps), Some(own)) => match steps.last() {
            Some(last) => merge(without(&as_mapping(last), "params"), as_mapping(own)),
            None => own.clone(),
        },
        (_, None) => without(&as_mapping(token), "params"),
        (_, Some(own)) => merge(without(&as_mapping(token), "params"), as_mapping(own)),
    };
    // What is inherited was read once already: its findings would be said twice.
    let mut again = Reader {
        fields: reader.fields.clone(),
        client_fields: reader.client_fields.clone(),
        ..Reader::default()
    };
    let steps = Endpoint::read_steps(&mut again, &merged, Use::Token);
    let known: Vec<_> = reader.findings.iter().map(Finding::line).collect();
    reader.findings.extend(again.findings.into_iter().filter(|f| !known.contains(&f.line())));
    steps
}

/// A bare URL as the mapping that it stands for.
fn as_mapping(node: &Node) -> Node {
    if matches!(node.value, Yaml::Map(_)) {
        return node.clone();
    }
    let key = Key { span: node.span.clone(), name: "url".to_owned() };
    Node { span: node.span.clone(), value: Yaml::Map(vec![(key, node.clone())]) }
}
