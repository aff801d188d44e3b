//! Reading a tree by hand: each step either gives a value or notes a finding and goes on.

use super::finding::Finding;
use super::meant::{advice, meant};
use super::names::{RESERVED, nearest};
use super::source::Span;
use super::yaml::{Key, Node, Value};
use crate::template::{Place, Template};
use crate::text::short;
use std::collections::BTreeSet;

/// Collects findings, and knows the names that templates may use.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) findings: Vec<Finding>,
    /// Fields, by name.
    pub(super) fields: BTreeSet<String>,
    /// Those of them that are secret.
    pub(super) secret_fields: BTreeSet<String>,
    /// Fields of the client, read as `client.NAME`.
    pub(super) client_fields: BTreeSet<String>,
}

/// A mapping whose keys have been checked.
pub(super) struct Entries<'n> {
    pairs: &'n [(Key, Node)],
    pub(super) span: &'n Span,
}

impl<'n> Entries<'n> {
    /// The value of a key; a `null` counts as absent.
    pub(super) fn take(&self, key: &str) -> Option<&'n Node> {
        self.take_or_null(key).filter(|node| !matches!(node.value, Value::Null))
    }

    /// The value of a key, `null` too.
    pub(super) fn take_or_null(&self, key: &str) -> Option<&'n Node> {
        self.pairs.iter().find(|(name, _)| name.name == key).map(|(_, node)| node)
    }
}

impl Reader {
    pub(super) fn error(&mut self, rule: &'static str, span: &Span, message: impl Into<String>) {
        self.findings.push(Finding::error(rule, span.clone(), message));
    }

    /// A mapping with none but the given keys.
    pub(super) fn entries<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        keys: &[&str],
    ) -> Option<Entries<'n>> {
        let pairs = self.pairs(node, what)?;
        for (key, _) in pairs {
            if keys.contains(&key.name.as_str()) {
                continue;
            }
            let message = format!("`{}` is no key of {what}", key.name);
            let finding = Finding::error("unknown-key", key.span.clone(), message);
            let near = || nearest(&key.name, keys.iter().copied());
            self.findings.push(match (meant(&key.name, keys).or_else(near), advice(&key.name)) {
                (_, Some(advice)) => finding.help(advice),
                (Some(near), None) => finding.help(format!("did you mean `{near}`?")),
                (None, None) => finding.help(format!("known here: {}", keys.join(", "))),
            });
        }
        Some(Entries { pairs, span: &node.span })
    }

    /// A mapping with any keys.
    pub(super) fn pairs<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [(Key, Node)]> {
        match &node.value {
            Value::Map(pairs) => Some(pairs),
            other => {
                self.wrong(node, what, "a mapping", other);
                None
            }
        }
    }

    fn wrong(&mut self, node: &Node, what: &str, wanted: &str, is: &Value) {
        let message = format!("{what} must be {wanted}, and this is {}", is.sort());
        self.error("wrong-type", &node.span, message);
    }

    /// Text; a number or boolean is taken as it is written.
    pub(super) fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        match &node.value {
            Value::Text(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            other => {
                self.wrong(node, what, "text", other);
                None
            }
        }
    }

    /// Text that people will see: one line, without characters that steer a terminal.
    pub(super) fn shown(&mut self, node: &Node, what: &str) -> Option<String> {
        self.text(node, what).map(|text| short(&text, 500))
    }

    pub(super) fn bool(&mut self, node: Option<&Node>, what: &str) -> bool {
        match node.map(|node| (node, &node.value)) {
            None => false,
            Some((_, Value::Bool(value))) => *value,
            Some((node, other)) => {
                self.wrong(node, what, "true or false", other);
                false
            }
        }
    }

    /// A list of texts; a single text is a list of one.
    pub(super) fn texts(&mut self, node: &Node, what: &str) -> Vec<String> {
        match &node.value {
            Value::List(items) => items.iter().filter_map(|item| self.text(item, what)).collect(),
            _ => self.text(node, what).into_iter().collect(),
        }
    }

    /// One of a closed set of words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        node: &Node,
        what: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(node, what)?;
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text) {
            return Some(*value);
        }
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let message = format!("`{text}` is no {what}");
        let finding = Finding::error("unknown-value", node.span.clone(), message);
        self.findings.push(match nearest(&text, names.iter().copied()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help(format!("one of {}", names.join(", "))),
        });
        None
    }

    /// Reads something whose templates know one name more.
    pub(super) fn knowing<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let new = self.fields.insert(name.to_owned());
        let read = read(self);
        if new {
            self.fields.remove(name);
        }
        read
    }

    /// A template whose names all exist.
    pub(super) fn template(&mut self, node: &Node, place: Place, what: &str) -> Option<Template> {
        let text = self.text(node, what)?;
        match Template::parse(&text, place) {
            Ok(template) => {
                self.names(&template, &node.span, place == Place::Answer);
                Some(template)
            }
            Err(problem) => {
                let span = node.span.narrow(&problem.at);
                let finding = Finding::error("template", span, problem.message);
                self.findings.push(match problem.help {
                    Some(help) => finding.help(help),
                    None => finding,
                });
                None
            }
        }
    }

    fn names(&mut self, template: &Template, span: &Span, answers: bool) {
        for name in template.names() {
            let root = name.root();
            let only_in_answers = matches!(root, "response" | "answer" | "chosen");
            let known = match root {
                "client" => name.parts.get(1).is_some_and(|f| self.client_fields.contains(f)),
                _ if only_in_answers => answers,
                _ => RESERVED.contains(&root) || self.fields.contains(root),
            };
            if known {
                continue;
            }
            let finding = if only_in_answers {
                let message = format!("`{root}` exists only where an answer is read");
                Finding::error("unknown-name", span.narrow(&name.raw), message)
                    .help("keep what is needed as `extras` and name `extras.…` here")
            } else {
                self.unknown_name(&name.raw, span)
            };
            self.findings.push(finding);
        }
    }

    fn unknown_name(&self, raw: &str, span: &Span) -> Finding {
        let message = format!("`{raw}` is no name that a template knows here");
        let finding = Finding::error("unknown-name", span.narrow(raw), message);
        let client: Vec<String> =
            self.client_fields.iter().map(|field| format!("client.{field}")).collect();
        let known: Vec<&str> = RESERVED
            .iter()
            .copied()
            .filter(|name| *name != "client")
            .chain(self.fields.iter().map(String::as_str))
            .chain(client.iter().map(String::as_str))
            .collect();
        match nearest(raw, known.iter().copied()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding
                .help(format!("declare it under `fields`, or use one of {}", known.join(", "))),
        }
    }
}
