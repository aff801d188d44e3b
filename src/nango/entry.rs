//! One provider while it is converted: what it says, what it asks for, and what has become of it so far.

use super::field::{Input, as_text, snake};
use crate::draft::Draft;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A provider, and what has become of it so far.
pub(super) struct Entry<'a> {
    map: &'a Map<String, Value>,
    /// The keys that were looked at.
    seen: BTreeSet<String>,
    /// Inputs by the name that values give them.
    pub(super) inputs: Vec<(String, Input)>,
    /// Inputs of the registration.
    pub(super) client: Vec<(String, Input)>,
    /// What answers and the redirect give, by the name that values give it.
    pub(super) extras: BTreeMap<String, String>,
    /// Hosts come from answers.
    pub(super) open_hosts: bool,
    /// A value named the credential since this was last reset.
    pub(super) credential: bool,
    /// What a step's answer must keep for later ones: step and path.
    pub(super) steps: BTreeSet<(usize, String)>,
    /// What could not be converted, and why.
    pub(super) notes: Vec<String>,
}

impl<'a> Entry<'a> {
    pub(super) fn new(map: &'a Map<String, Value>) -> Self {
        let mut entry = Self {
            map,
            seen: BTreeSet::new(),
            inputs: Vec::new(),
            client: Vec::new(),
            extras: BTreeMap::new(),
            open_hosts: false,
            credential: false,
            steps: BTreeSet::new(),
            notes: Vec::new(),
        };
        for key in ["token_response_metadata", "redirect_uri_metadata"] {
            for name in entry.names(key) {
                let last = name.rsplit('.').next().unwrap_or(&name).to_owned();
                entry.extras.insert(last, snake(&name.replace('.', "_")));
            }
        }
        for (key, of_client) in [("connection_config", false), ("integration_config", true)] {
            for (name, schema) in entry.object(key).into_iter().flatten() {
                let Some(schema) = schema.as_object() else { continue };
                let input = Input::read(name, entry.fresh(name), schema);
                if of_client {
                    entry.client.push((name.clone(), input));
                } else if !(input.automated && entry.extras.contains_key(name)) {
                    entry.extras.remove(name);
                    entry.inputs.push((name.clone(), input));
                }
            }
        }
        entry
    }

    /// A key's value.
    pub(super) fn get(&mut self, key: &str) -> Option<&'a Value> {
        self.seen.insert(key.to_owned());
        self.map.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn text(&mut self, key: &str) -> Option<&'a str> {
        self.get(key).and_then(Value::as_str)
    }

    pub(super) fn is(&mut self, key: &str) -> bool {
        self.get(key).is_some_and(|value| as_text(value) == "true")
    }

    pub(super) fn object(&mut self, key: &str) -> Option<&'a Map<String, Value>> {
        self.get(key).and_then(Value::as_object)
    }

    /// A text or a list of them.
    pub(super) fn names(&mut self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Value::Array(items)) => items.iter().map(as_text).collect(),
            Some(Value::String(text)) => vec![text.clone()],
            _ => Vec::new(),
        }
    }

    /// The keys that nothing looked at.
    pub(super) fn unseen(&self) -> Vec<&'a str> {
        self.map.keys().map(String::as_str).filter(|key| !self.seen.contains(*key)).collect()
    }

    pub(super) fn note(&mut self, key: &str, why: &str) {
        self.notes.push(format!("{key}: {why}"));
    }

    /// What the redirect brings: a name in the definition, and the parameter.
    pub(super) fn extras_of(&mut self, key: &str) -> Draft {
        self.names(key)
            .into_iter()
            .map(|path| (snake(&path.replace('.', "_")), Value::from(path)))
            .collect()
    }

    /// Declares a credential's input under the name of a preset, or its own.
    pub(super) fn credential(
        &mut self,
        original: &str,
        schema: Option<&Value>,
        preset: Option<&str>,
    ) {
        let none = Map::new();
        let name = preset.map_or_else(|| self.fresh(original), ToOwned::to_owned);
        let schema = schema.and_then(Value::as_object).unwrap_or(&none);
        let mut input = Input::read(original, name, schema);
        input.credential = true;
        self.inputs.retain(|(known, _)| known != original);
        self.inputs.push((original.to_owned(), input));
    }
}
