//! One row of a list in an answer: the only one that fits, or the one that a person picks.

use super::failure::ChooseError;
use super::session::{Session, read_group};
use crate::answer::Answer;
use crate::definition::{Choose, Endpoint};
use crate::template::Scope;
use crate::terminal::Terminal;
use crate::text::short;
use serde_json::Value;
use std::collections::BTreeMap;

/// Who picks.
pub struct Chooser<'a> {
    /// The terminal to ask on.
    pub terminal: &'a Terminal,
    /// What was given as `--field NAME=VALUE`.
    pub given: &'a BTreeMap<String, String>,
    /// What was picked the last time.
    pub kept: &'a BTreeMap<String, String>,
}

/// A row with what it would give.
struct Row {
    value: Value,
    label: String,
    extras: BTreeMap<String, String>,
}

impl Chooser<'_> {
    /// Picks the row of `answer` and sets it as `chosen`.
    pub(super) fn choose(
        &self,
        session: &Session,
        endpoint: &Endpoint,
        choose: &Choose,
        answer: &Answer,
        scope: &mut Scope,
    ) -> Result<(), ChooseError> {
        let rows = rows(session, endpoint, choose, answer, scope)?;
        let name = endpoint.response.extras.first().map_or("choice", |(name, _)| name.as_str());
        let row = match rows.as_slice() {
            [] => return Err(ChooseError::Nothing(choose.from.join("."))),
            [only] => only,
            several => self.pick(name, several)?,
        };
        scope.set_value("chosen", row.value.clone());
        Ok(())
    }

    fn pick<'r>(&self, name: &str, rows: &'r [Row]) -> Result<&'r Row, ChooseError> {
        for wanted in [self.given, self.kept] {
            let fits =
                |row: &&Row| row.extras.iter().any(|(key, value)| wanted.get(key) == Some(value));
            if let Some(row) = rows.iter().find(fits) {
                return Ok(row);
            }
        }
        if !self.terminal.can_ask() {
            let value = |row: &Row| row.extras.get(name).cloned().unwrap_or_default();
            return Err(ChooseError::Several {
                name: name.to_owned(),
                labels: rows.iter().map(|row| format!("{} ({})", value(row), row.label)).collect(),
                example: value(&rows[0]),
            });
        }
        let labels: Vec<&str> = rows.iter().map(|row| row.label.as_str()).collect();
        let at = self.terminal.choose("Which one?", &labels, 0);
        at.map(|at| &rows[at]).map_err(|_| ChooseError::Interrupted)
    }
}

fn rows(
    session: &Session,
    endpoint: &Endpoint,
    choose: &Choose,
    answer: &Answer,
    scope: &Scope,
) -> Result<Vec<Row>, ChooseError> {
    let mut list = &answer.value;
    for part in choose.from.iter().skip(1).filter(|part| !part.is_empty()) {
        list = match list {
            Value::Array(items) => part.parse::<usize>().ok().and_then(|at| items.get(at)),
            other => other.get(part),
        }
        .unwrap_or(&Value::Null);
    }
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut rows = Vec::new();
    for item in items.iter().filter(|item| fits(item, &choose.where_)) {
        let mut scope = scope.clone();
        scope.set_value("chosen", item.clone());
        let extras = read_group(&endpoint.response.extras, &scope).unwrap_or_default();
        let label = match &choose.label {
            Some(template) => template.render(&scope)?.unwrap_or_default(),
            None => extras.values().next().cloned().unwrap_or_default(),
        };
        let label = short(&session.http.mask(&label), 60);
        rows.push(Row { value: item.clone(), label, extras });
    }
    Ok(rows)
}

/// Each value of `where` equals, as text, the row's value or an element of it.
fn fits(row: &Value, where_: &[(String, String)]) -> bool {
    let equal = |value: &Value, wanted: &str| match value {
        Value::String(text) => text == wanted,
        other => other.to_string().as_str() == wanted,
    };
    where_.iter().all(|(key, wanted)| match row.get(key) {
        Some(Value::Array(items)) => items.iter().any(|item| equal(item, wanted)),
        Some(value) => equal(value, wanted),
        None => false,
    })
}
