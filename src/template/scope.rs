//! The names that a template can read, and their values in one run.

use serde_json::{Map, Value};

/// Where `now`, `uuid` and `random` find their one value. No definition can name it.
pub(super) const MOMENT: &str = "@moment";

/// What `now`, `uuid` and `random` answer. One request has one, so that a signature and the header
/// it signs agree.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// Unix time in milliseconds.
    pub now_ms: i64,
    /// A version 4 UUID.
    pub uuid: String,
    /// 32 hexadecimal digits.
    pub random: String,
}

/// Values by name. It holds secrets, so it cannot be printed.
#[derive(Clone, Default)]
pub struct Scope {
    values: Map<String, Value>,
    pub(super) moment: Moment,
}

impl Scope {
    /// No names yet.
    #[must_use]
    pub fn new(moment: Moment) -> Self {
        Self { values: Map::new(), moment }
    }

    /// Sets a text; `None` is null, which `{{#if}}` may ask for.
    pub fn set(&mut self, name: &str, text: Option<&str>) {
        let value = text.map_or(Value::Null, |text| Value::String(text.to_owned()));
        self.values.insert(name.to_owned(), value);
    }

    /// Sets any value.
    pub fn set_value(&mut self, name: &str, value: Value) {
        self.values.insert(name.to_owned(), value);
    }

    /// Sets one member of a group such as `extras`.
    pub fn set_in(&mut self, group: &str, name: &str, text: &str) {
        let entry = self.values.entry(group).or_insert_with(|| Value::Object(Map::new()));
        if !entry.is_object() {
            *entry = Value::Object(Map::new());
        }
        if let Value::Object(map) = entry {
            map.insert(name.to_owned(), Value::String(text.to_owned()));
        }
    }

    /// The one UUID of this run, which `{{uuid}}` gives too.
    #[must_use]
    pub fn uuid(&self) -> &str {
        &self.moment.uuid
    }

    /// The 32 random hexadecimal digits of this run, which `{{random}}` gives too.
    #[must_use]
    pub fn random(&self) -> &str {
        &self.moment.random
    }

    /// The value at a dotted path.
    #[must_use]
    pub fn at(&self, parts: &[String]) -> Option<&Value> {
        let (first, rest) = parts.split_first()?;
        rest.iter().try_fold(self.values.get(first)?, |value, part| match value {
            Value::Object(map) => map.get(part),
            Value::Array(list) => list.get(part.parse::<usize>().ok()?),
            _ => None,
        })
    }

    pub(super) fn to_value(&self) -> Value {
        Value::Object(self.values.clone())
    }
}
