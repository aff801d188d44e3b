//! Reading a tree by hand: each step either gives a value or notes a finding and goes on.

use super::absent::KEEP;
use super::finding::Finding;
use super::keys::Known;
use super::meant::{advice, meant};
use super::names::{RESERVED, SECRET, nearest};
use super::rule::Rule;
use super::source::Span;
use super::yaml::{Key, Node, Value};
use crate::template::{Name, Place, Template};
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
    /// Those of them that are secret.
    pub(super) secret_client_fields: BTreeSet<String>,
    /// Names that have no value where is being read, and where they have one.
    pub(super) absent: Absent,
    /// A row is chosen where is being read, so that there is a `chosen`.
    pub(super) chooses: bool,
}

/// Names without a value at one place: each with where it has one, and what to do instead.
pub(super) type Absent = &'static [(&'static str, &'static str, &'static str)];

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
    pub(super) fn report(&mut self, rule: Rule, span: &Span, message: impl Into<String>) {
        self.findings.push(Finding::new(rule, span.clone(), message));
    }

    /// A mapping with none but the given keys.
    pub(super) fn entries<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        keys: &[Known],
    ) -> Option<Entries<'n>> {
        let pairs = self.pairs(node, what)?;
        let keys: Vec<&str> = keys.iter().map(|key| key.name).collect();
        for (key, _) in pairs {
            if keys.contains(&key.name.as_str()) {
                continue;
            }
            let message = format!("`{}` is no key of {what}", key.name);
            let finding = Finding::new(Rule::UnknownKey, key.span.clone(), message);
            let near = || nearest(&key.name, keys.iter().copied());
            self.findings.push(match (meant(&key.name, &keys).or_else(near), advice(&key.name)) {
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
        self.report(Rule::WrongType, &node.span, message);
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
        let finding = Finding::new(Rule::UnknownValue, node.span.clone(), message);
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
                let finding = Finding::new(Rule::Template, span, problem.message);
                self.findings.push(match problem.help {
                    Some(help) => finding.help(help),
                    None => finding,
                });
                None
            }
        }
    }

    /// Reads what stands where some names have no value.
    pub(super) fn without<T>(&mut self, absent: Absent, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.absent, absent);
        let read = read(self);
        self.absent = before;
        read
    }

    /// The first secret that a template reads, as written.
    pub(super) fn secret_in(&self, template: &Template) -> Option<String> {
        let secret = |name: &&Name| match name.root() {
            "client" => {
                name.parts.get(1).is_some_and(|field| self.secret_client_fields.contains(field))
            }
            root => SECRET.contains(&root) || self.secret_fields.contains(root),
        };
        template.names().iter().filter(|name| !name.asks).find(secret).map(|name| name.raw.clone())
    }

    fn names(&mut self, template: &Template, span: &Span, answers: bool) {
        for name in template.names() {
            let root = name.root();
            if let Some((place, help)) = self.elsewhere(root, answers) {
                let message = format!("`{root}` exists only {place}");
                let finding = Finding::new(Rule::UnknownName, span.narrow(&name.raw), message);
                self.findings.push(finding.help(help));
                continue;
            }
            let known = match root {
                "client" => name.parts.get(1).is_some_and(|f| self.client_fields.contains(f)),
                _ => RESERVED.contains(&root) || self.fields.contains(root),
            };
            if !known {
                self.findings.push(self.unknown_name(&name.raw, span));
            }
        }
    }

    /// Where a name has a value that has none here, and what to do about it.
    fn elsewhere(&self, root: &str, answers: bool) -> Option<(&'static str, &'static str)> {
        match root {
            "response" | "answer" | "chosen" if !answers => Some(("where an answer is read", KEEP)),
            "chosen" if !self.chooses => {
                Some(("beside a `choose`", "write `choose: { from: response.… }` at the endpoint"))
            }
            _ => {
                let absent = self.absent.iter().find(|(name, ..)| *name == root);
                absent.map(|(_, place, help)| (*place, *help))
            }
        }
    }

    fn unknown_name(&self, raw: &str, span: &Span) -> Finding {
        let message = format!("`{raw}` is no name that a template knows here");
        let finding = Finding::new(Rule::UnknownName, span.narrow(raw), message);
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
