//! YAML as a tree in which every key and value knows where it stands.
//!
//! Definitions are read from this tree by hand and not by `derive`: so one run finds every mistake
//! and not the first one, and a value that came from a parent (`extends`) still names its own file.
//! Only this file and `problem` touch the YAML library.

mod problem;

use super::finding::Finding;
use super::rule::Rule;
use super::source::{MAX_BYTES, Source, Span};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Location, Options, Spanned};
use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;

/// How deep a definition may nest.
const MAX_DEPTH: usize = 64;
/// How many values it may have, with every alias written out.
const MAX_NODES: usize = 20_000;
/// How often it may name an anchor.
const MAX_ALIASES: usize = 1_000;
/// How many anchors it may have.
const MAX_ANCHORS: usize = 200;

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
    pub(super) fn mentions(&self, word: &str) -> bool {
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

/// Parses one document.
///
/// # Errors
/// One finding with the place: the text is no YAML, or passes a bound.
pub fn parse(source: &Rc<Source>) -> Result<Node, Box<Finding>> {
    if source.text.len() > MAX_BYTES {
        let message = format!("a definition has {MAX_BYTES} bytes at most");
        return Err(Box::new(Finding::new(Rule::TooLarge, Span::first_line(source), message)));
    }
    match serde_saphyr::from_str_with_options::<Positioned>(&source.text, options()) {
        Ok(tree) => Ok(tree.into_node(source)),
        Err(error) => {
            let span =
                error.location().map_or_else(|| Span::first_line(source), |at| span(source, at));
            let rest = source.text.get(span.start..).unwrap_or_default();
            let problem = problem::describe(&error, rest);
            let help = match is_in_braces(&source.text, span.start) {
                true => Some("a template stands in quotes: \"{{...}}\""),
                false => problem.help,
            };
            let span = problem.character.map_or(span.clone(), |c| span.narrow(&c.to_string()));
            let finding = Finding::new(Rule::Yaml, span, problem.message);
            Err(Box::new(match help {
                Some(help) => finding.help(help),
                None => finding,
            }))
        }
    }
}

/// Somebody else's file, such as a description of an API, as a plain value. Of two equal keys the
/// last counts, as those who wrote it are used to.
///
/// # Errors
/// In words: it is longer than `max` bytes, or no YAML.
pub fn plain(text: &str, max: usize) -> Result<serde_json::Value, String> {
    if text.len() > max {
        return Err(format!("it is longer than {max} bytes"));
    }
    let mut options = options();
    if let Some(budget) = &mut options.budget {
        // Each value takes a byte at least, so the length bounds all of it but aliases.
        budget.max_nodes = max;
        budget.max_events = max;
        budget.max_total_scalar_bytes = max;
    }
    match serde_saphyr::from_str_with_options::<Positioned>(text, options) {
        Ok(tree) => Ok(tree.into_plain()),
        Err(error) => {
            let line = error.location().map_or(1, |at| at.line());
            let problem = problem::describe(&error, "");
            Err(format!("line {line}: {}", problem.message))
        }
    }
}

/// Whether the braces of a template without quotes, which YAML takes for a mapping, are here.
fn is_in_braces(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default().trim_end();
    before.ends_with('{') && text.get(before.len()..).is_some_and(|rest| rest.starts_with('{'))
        || before.ends_with("{{")
}

/// The place that the library names.
fn span(source: &Rc<Source>, at: Location) -> Span {
    let text = &source.text;
    let start = at
        .span()
        .byte_offset()
        .map_or_else(|| line_column_offset(text, at), |o| usize::try_from(o).unwrap_or(0));
    let length = at.span().byte_len().map_or(0, |l| usize::try_from(l).unwrap_or(0));
    Span::of(source, start, length)
}

fn line_column_offset(text: &str, at: Location) -> usize {
    let line = usize::try_from(at.line()).unwrap_or(1).max(1);
    let column = usize::try_from(at.column()).unwrap_or(1).max(1);
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = &text[start.min(text.len())..];
    start + rest.char_indices().nth(column - 1).map_or(0, |(i, _)| i)
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

fn options() -> Options {
    // Told as findings of their own, so that they do not hide what comes after them.
    let mut options = Options::default();
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    if let Some(budget) = &mut options.budget {
        budget.max_depth = MAX_DEPTH;
        budget.max_nodes = MAX_NODES;
        budget.max_aliases = MAX_ALIASES;
        budget.max_anchors = MAX_ANCHORS;
    }
    options
}

/// The tree as the library gives it: locations, not yet spans.
struct Positioned(Spanned<Raw>);

enum Raw {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Positioned>),
    Map(Vec<(Spanned<String>, Positioned)>),
}

impl Positioned {
    fn into_plain(self) -> serde_json::Value {
        match self.0.value {
            Raw::Null => serde_json::Value::Null,
            Raw::Bool(b) => b.into(),
            Raw::Number(n) => n.into(),
            Raw::Text(t) => t.into(),
            Raw::List(items) => items.into_iter().map(Self::into_plain).collect(),
            Raw::Map(pairs) => {
                pairs.into_iter().map(|(key, item)| (key.value, item.into_plain())).collect()
            }
        }
    }

    fn into_node(self, source: &Rc<Source>) -> Node {
        let Self(spanned) = self;
        let value = match spanned.value {
            Raw::Null => Value::Null,
            Raw::Bool(b) => Value::Bool(b),
            Raw::Number(n) => Value::Number(n),
            Raw::Text(t) => Value::Text(t),
            Raw::List(items) => {
                Value::List(items.into_iter().map(|item| item.into_node(source)).collect())
            }
            Raw::Map(pairs) => Value::Map(
                pairs
                    .into_iter()
                    .map(|(key, item)| {
                        let span = span(source, key.defined);
                        (Key { span, name: key.value }, item.into_node(source))
                    })
                    .collect(),
            ),
        };
        Node { span: span(source, spanned.defined), value }
    }
}

impl<'de> Deserialize<'de> for Positioned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(serde_json::Number::from_f64(value)
            .map_or_else(|| Raw::Text(value.to_string()), Raw::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Raw::Map(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Result<Node, Box<Finding>> {
        parse(&Rc::new(Source::new("x.yaml", text)))
    }

    #[test]
    fn every_value_knows_its_place() {
        let node = tree("title: A\nfields:\n  sub:\n    label: Ünder\n").unwrap();
        let Value::Map(pairs) = &node.value else { panic!("no mapping") };
        assert_eq!(pairs[0].1.span.position(), (1, 8));
        let Value::Map(fields) = &pairs[1].1.value else { panic!("no mapping") };
        assert_eq!(fields[0].0.span.position(), (3, 3));
        let Value::Map(sub) = &fields[0].1.value else { panic!("no mapping") };
        assert_eq!(sub[0].1.span.position(), (4, 12));
    }

    #[test]
    fn a_key_twice_is_an_error_with_its_place() {
        let mut findings = Vec::new();
        repeated_keys(
            &tree("a: { title: A,\n  title: B }\nb: [{ c: 1, c: 2 }]\n").unwrap(),
            &mut findings,
        );
        let places: Vec<_> = findings.iter().map(|finding| finding.span.position()).collect();
        assert_eq!(places, [(2, 3), (3, 13)]);
    }

    #[test]
    fn bombs_are_refused() {
        let mut text = String::from("a0: &a0 [x]\n");
        for i in 1..40 {
            text.push_str(&format!("a{i}: &a{i} [*a{0}, *a{0}, *a{0}, *a{0}]\n", i - 1));
        }
        assert!(tree(&text).is_err());
        assert!(tree(&"[".repeat(10_000)).is_err());
        assert!(tree(&format!("a: {}", "x".repeat(MAX_BYTES))).is_err());
    }
}
