//! Parameters: values whose types and nesting are kept.

use crate::definition::reader::Reader;
use crate::definition::yaml::{Node, Value as Yaml};
use crate::template::{Place, Template};
use serde_json::Value;

/// A parameter's value: types and nesting are kept.
#[derive(Clone, Debug)]
pub enum Param {
    /// Never sent, not even where a standard says so.
    Never,
    /// A number or boolean as written.
    Literal(Value),
    /// A template.
    Text(Template),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Map(Vec<(String, Self)>),
}

impl Param {
    /// Every template in it.
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Never | Self::Literal(_) => Vec::new(),
            Self::Text(template) => vec![template],
            Self::List(items) => items.iter().flat_map(Self::templates).collect(),
            Self::Map(pairs) => pairs.iter().flat_map(|(_, item)| item.templates()).collect(),
        }
    }

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
