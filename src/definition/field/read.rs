//! Reading a field from a definition's tree.

use super::Field;
use super::format::FORMATS;
use super::pattern::Pattern;
use super::strip::Strip;
use crate::definition::keys::app::FIELD;
use crate::definition::names::{INPUTS, RESERVED};
use crate::definition::reader::{Entries, Reader};
use crate::definition::rule::Rule;
use crate::definition::yaml::{Node, Value};

impl Field {
    /// Reads a field over what is already known of it.
    pub(in crate::definition) fn read(
        reader: &mut Reader,
        name: &str,
        node: &Node,
        base: Option<&Self>,
    ) -> Self {
        let mut field = base.cloned().unwrap_or_else(|| Self::new(name, name));
        if base.is_none() && RESERVED.contains(&name) {
            reader.report(
                Rule::ReservedName,
                &node.span,
                format!("`{name}` is a name that templates already know"),
            );
        }
        if base.is_none() && INPUTS.contains(&name) {
            let variable = format!("TIELINE_<APP>_{}", name.to_uppercase());
            reader.report(
                Rule::ReservedName,
                &node.span,
                format!("`{variable}`, the variable of `{name}`, has a meaning already"),
            );
        }
        let Some(entries) = reader.entries(node, &format!("field `{name}`"), FIELD) else {
            return field;
        };
        if let Some(node) = entries.take("label") {
            field.label = reader.shown(node, "`label`").unwrap_or_default();
        }
        for (key, target) in [
            ("help", &mut field.help),
            ("example", &mut field.example),
            ("default", &mut field.default),
        ] {
            if let Some(node) = entries.take(key) {
                *target = reader.shown(node, key);
            }
        }
        if let Some(node) = entries.take("options") {
            field.options = options(reader, node);
        }
        if let Some(node) = entries.take("format") {
            field.format = reader.choice(node, "format", FORMATS);
        }
        if let Some(node) = entries.take("strip") {
            field.strip = Strip::read(reader, node);
        }
        field.optional |= reader.bool(entries.take("optional"), "`optional`");
        field.secret |= reader.bool(entries.take("secret"), "`secret`");
        field.insecure |= reader.bool(entries.take("insecure"), "`insecure`");
        if let Some(node) = entries.take("pattern") {
            field.pattern = Pattern::read(reader, node);
        }
        field.check_samples(reader, &entries);
        field
    }

    fn check_samples(&self, reader: &mut Reader, entries: &Entries) {
        for key in ["example", "default"] {
            let Some(node) = entries.take(key) else { continue };
            let Some(text) = reader.text(node, key) else { continue };
            if let Err(error) = self.accept(&text) {
                let message = format!("the field's own {key} does not fit: {error}");
                reader.report(Rule::SampleDoesNotFit, &node.span, message);
            }
        }
        if self.secret
            && let Some(node) = entries.take("default")
        {
            reader.report(Rule::SecretInDefinition, &node.span, "a secret cannot have a default");
        }
    }
}

fn options(reader: &mut Reader, node: &Node) -> Vec<(String, String)> {
    if let Value::List(_) = node.value {
        let values = reader.texts(node, "`options`");
        return values.into_iter().map(|value| (value.clone(), value)).collect();
    }
    let Some(pairs) = reader.pairs(node, "`options`") else { return Vec::new() };
    pairs
        .iter()
        .filter_map(|(key, node)| Some((key.name.clone(), reader.shown(node, "a label")?)))
        .collect()
}
