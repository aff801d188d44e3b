//! What the YAML library gives: values with its own idea of places, made into a tree or a plain
//! value.

use super::node::{Key, Node, Value};
use crate::definition::source::{Source, Span};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};
use std::fmt;
use std::rc::Rc;

/// The tree as the library gives it: locations, not yet spans.
pub(super) struct Positioned(Spanned<Raw>);

enum Raw {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Positioned>),
    Map(Vec<(Spanned<String>, Positioned)>),
}

impl Positioned {
    pub(super) fn into_plain(self) -> serde_json::Value {
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

    pub(super) fn into_node(self, source: &Rc<Source>) -> Node {
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

/// The place that the library names.
pub(super) fn span(source: &Rc<Source>, at: Location) -> Span {
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
