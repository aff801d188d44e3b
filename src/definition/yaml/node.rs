//! The tree: every key and every value with its place.

use crate::definition::finding::Finding;
use crate::definition::rule::Rule;
use crate::definition::source::Span;
use std::collections::HashSet;

/// One value and where it stands; what an alias brings stands at its anchor.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where.
    pub span: Span,
    /// What.
    pub value: Value,
}

impl Node {
    /// The value of a key, where this is a mapping that has it and it is not `null`.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<&Self> {
        let Value::Map(pairs) = &self.value else { return None };
        let (_, node) = pairs.iter().find(|(name, _)| name.name == key)?;
        (!matches!(node.value, Value::Null)).then_some(node)
    }

    /// Whether a text in it, or beneath it, holds this word.
    pub(in crate::definition) fn mentions(&self, word: &str) -> bool {
        match &self.value {
            Value::Text(text) => text.contains(word),
            Value::List(items) => items.iter().any(|item| item.mentions(word)),
            Value::Map(pairs) => pairs.iter().any(|(_, node)| node.mentions(word)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(serde_json::Number),
    /// Text.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the file.
    Map(Vec<(Key, Node)>),
}

/// A mapping's key.
#[derive(Clone, Debug)]
pub struct Key {
    /// Where.
    pub span: Span,
    /// The key's text.
    pub name: String,
}

impl Value {
    /// What a person calls this sort of value.
    #[must_use]
    pub fn sort(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// Notes every key that stands twice in one mapping.
pub fn repeated_keys(node: &Node, findings: &mut Vec<Finding>) {
    match &node.value {
        Value::Map(pairs) => {
            let mut seen = HashSet::new();
            for (key, value) in pairs {
                if !seen.insert(&key.name) {
                    let message = format!("`{}` stands here twice", key.name);
                    findings.push(Finding::new(Rule::DuplicateKey, key.span.clone(), message));
                }
                repeated_keys(value, findings);
            }
        }
        Value::List(items) => items.iter().for_each(|item| repeated_keys(item, findings)),
        _ => {}
    }
}
