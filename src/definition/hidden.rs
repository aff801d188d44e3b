//! Lint: no text of a definition holds a character that steers a terminal, or that nobody sees.

use super::finding::Finding;
use super::rule::Rule;
use super::source::Span;
use super::yaml::{Node, Value};
use crate::text::is_shown;

/// Looks at every key and value: any of them may end on a screen.
pub(super) fn check(node: &Node, findings: &mut Vec<Finding>) {
    match &node.value {
        Value::Text(text) => check_text(text, &node.span, findings),
        Value::List(items) => items.iter().for_each(|item| check(item, findings)),
        Value::Map(pairs) => {
            for (key, node) in pairs {
                check_text(&key.name, &key.span, findings);
                check(node, findings);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn check_text(text: &str, span: &Span, findings: &mut Vec<Finding>) {
    let fine = |c: char| is_shown(c) || c == '\t' || c == '\r';
    let Some(hidden) = text.chars().find(|c| !fine(*c)) else { return };
    let message = format!("U+{:04X} is hidden here, and could steer a terminal", u32::from(hidden));
    findings.push(Finding::new(Rule::HiddenCharacter, span.clone(), message));
}
