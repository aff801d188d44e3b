//! A document that says what a definition looks for in an answer: made from the paths that its templates
//! name, and nothing else.

use crate::answer::Answer;
use crate::definition::Choose;
use crate::template::{Scope, Template};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Map, Value};
use url::form_urlencoded::Serializer;

/// An answer under construction.
#[derive(Default)]
pub(super) struct Document {
    body: Value,
    /// The only row of the list that somebody chooses from.
    row: Value,
    /// Where it is.
    chosen: Vec<String>,
    headers: Vec<(String, String)>,
}

/// How it is written down.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Json,
    /// As the legs of OAuth 1.0a are answered (RFC 5849 section 2.1), if nothing in it is nested.
    Form,
}

impl Document {
    /// Says something under a name of its own, unless something is said there already.
    pub(super) fn say(&mut self, name: &str, value: impl Into<Value>) {
        insert(&mut self.body, &[name.to_owned()], value.into());
    }

    /// Says something wherever a template looks; `value` is asked with the path.
    pub(super) fn tell(&mut self, template: &Template, value: impl Fn(&[String]) -> Value) {
        for name in template.names() {
            let path = &name.parts[1.min(name.parts.len())..];
            match (name.root(), path) {
                // A list where one is joined.
                ("response", _) if template.source().contains(&format!("join {}", name.raw)) => {
                    insert(&mut self.body, path, Value::Array(vec![value(path)]));
                }
                ("response", _) => insert(&mut self.body, path, value(path)),
                ("chosen", _) if !path.is_empty() => insert(&mut self.row, path, value(path)),
                ("answer", [kind, name]) => self.tell_beside(kind, name, &value(path)),
                _ => {}
            }
        }
    }

    fn tell_beside(&mut self, kind: &str, name: &str, value: &Value) {
        let text = value.as_str().unwrap_or_default();
        match kind {
            "headers" => self.headers.push((name.to_owned(), text.to_owned())),
            "cookies" => self.headers.push(("set-cookie".to_owned(), format!("{name}={text}"))),
            _ => {}
        }
    }

    /// Puts the row that is to be chosen into its list.
    pub(super) fn offer(&mut self, choose: &Choose) {
        for (name, value) in &choose.where_ {
            insert(&mut self.row, std::slice::from_ref(name), value.as_str().into());
        }
        let list = choose.from[1..].iter().filter(|part| !part.is_empty()).cloned();
        let first: Vec<String> = list.chain(["0".to_owned()]).collect();
        insert(&mut self.body, &first, Value::Object(Map::new()));
        for (name, value) in self.row.as_object().into_iter().flatten() {
            let path = [&first[..], std::slice::from_ref(name)].concat();
            insert(&mut self.body, &path, value.clone());
        }
        self.chosen = first;
    }

    /// Says what it takes for an answer to count as a good one.
    ///
    /// # Errors
    /// Nothing that was tried makes it one.
    pub(super) fn succeed(
        &mut self,
        fails_if: Option<&Template>,
        scope: &Scope,
    ) -> Result<(), String> {
        let Some(fails_if) = fails_if else { return Ok(()) };
        if !self.fails(fails_if, scope) {
            return Ok(());
        }
        let literals = literals(fails_if.source());
        let names = fails_if.names().iter().filter(|name| name.root() == "response");
        for path in names.map(|name| &name.parts[1..]) {
            for literal in &literals {
                let before = self.body.clone();
                set(&mut self.body, path, literal.clone());
                if !self.fails(fails_if, scope) {
                    return Ok(());
                }
                self.body = before;
            }
        }
        Err(format!("no answer is a good one by `{}`", fails_if.source()))
    }

    /// Says what makes an answer a bad one with this code, and whether that could be said.
    pub(super) fn fail(&mut self, fails_if: &Template, code: &str, scope: &Scope) -> bool {
        let names = || fails_if.names().iter().filter(|name| name.root() == "response");
        for path in names().map(|name| &name.parts[1..]) {
            self.body = Value::Null;
            set(&mut self.body, path, code.into());
            if self.code(fails_if, scope).as_deref() == Some(code) {
                return true;
            }
            let with_code = self.body.clone();
            for other in names().map(|name| &name.parts[1..]).filter(|other| *other != path) {
                for literal in literals(fails_if.source()) {
                    self.body = with_code.clone();
                    set(&mut self.body, other, literal);
                    if self.code(fails_if, scope).as_deref() == Some(code) {
                        return true;
                    }
                }
            }
        }
        false
    }

    fn code(&self, fails_if: &Template, scope: &Scope) -> Option<String> {
        fails_if.render(&self.read(Written::Json, scope)).ok().flatten()
    }

    fn fails(&self, fails_if: &Template, scope: &Scope) -> bool {
        self.code(fails_if, scope).is_some_and(|text| !text.trim().is_empty())
    }

    /// What a client reads of it.
    pub(super) fn read(&self, written: Written, scope: &Scope) -> Scope {
        let mut scope = scope.clone();
        let (kind, text) = self.text(written);
        let mut headers = self.headers.clone();
        headers.push(("content-type".to_owned(), kind.to_owned()));
        Answer::new(200, headers, text.as_bytes()).fill(&mut scope);
        let chosen = [&["response".to_owned()], &self.chosen[..]].concat();
        if let Some(row) = scope.at(&chosen).filter(|_| !self.chosen.is_empty()).cloned() {
            scope.set_value("chosen", row);
        }
        scope
    }

    fn text(&self, written: Written) -> (&'static str, String) {
        let empty = Map::new();
        let map = self.body.as_object().unwrap_or(&empty);
        let flat = map.values().all(Value::is_string) && self.body.is_object();
        match (map.len(), map.get("text")) {
            // `response.text` is an answer that is nothing but text.
            (1, Some(Value::String(text))) => ("text/plain", text.clone()),
            _ if flat && written == Written::Form => {
                let pairs = map.iter().map(|(name, value)| (name, value.as_str().unwrap_or("")));
                let text = Serializer::new(String::new()).extend_pairs(pairs).finish();
                ("application/x-www-form-urlencoded", text)
            }
            _ if self.body.is_null() => ("application/json", "{}".to_owned()),
            _ => ("application/json", self.body.to_string()),
        }
    }

    /// As it is sent.
    pub(super) fn answer(&self, written: Written) -> Response {
        let (kind, text) = self.text(written);
        let mut response = (StatusCode::OK, [("content-type", kind)], text).into_response();
        for (name, value) in &self.headers {
            let pair = http::HeaderName::try_from(name).ok().zip(value.parse().ok());
            if let Some((name, value)) = pair {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

/// Puts a value where nothing is yet. What is nested takes the place of what is not.
fn insert(at: &mut Value, path: &[String], value: Value) {
    let Some((part, rest)) = path.split_first() else {
        if at.is_null() {
            *at = value;
        }
        return;
    };
    insert(step(at, part), rest, value);
}

/// Puts a value whatever is there.
fn set(at: &mut Value, path: &[String], value: Value) {
    match path.split_first() {
        Some((part, rest)) => set(step(at, part), rest, value),
        None => *at = value,
    }
}

fn step<'v>(at: &'v mut Value, part: &str) -> &'v mut Value {
    match part.trim_matches(['[', ']']).parse::<usize>() {
        Ok(index) => {
            let mut list = match at.take() {
                Value::Array(list) => list,
                _ => Vec::new(),
            };
            list.resize(list.len().max(index + 1), Value::Null);
            *at = Value::Array(list);
            &mut at[index]
        }
        Err(_) => {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            &mut at[part]
        }
    }
}

/// The values that a condition may ask for: those that it is compared with, and plain truth.
fn literals(source: &str) -> Vec<Value> {
    let quoted = source.split('"').skip(1).step_by(2).map(Value::from);
    let numbers = source.split([' ', ')', '}']).filter_map(|word| word.parse::<i64>().ok());
    let mut all: Vec<Value> = numbers.map(Value::from).chain(quoted).collect();
    all.push(true.into());
    all
}
