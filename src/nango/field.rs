//! What a provider asks for: its small schema of an input as a field of a definition.

use crate::draft::{Draft, plain};
use regex_lite::Regex;
use serde_json::{Map, Value, json};

/// Where in a host a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spot {
    /// Nowhere in one.
    Elsewhere,
    /// Before its end.
    Inside,
    /// At its end, so that it decides the domain.
    End,
    /// It is the whole host.
    Host,
    /// It is the address, scheme and all.
    Address,
}

/// One input.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// As templates of a definition name it.
    pub(super) name: String,
    label: String,
    help: Option<String>,
    example: Option<String>,
    pattern: Option<String>,
    prefix: Option<String>,
    suffix: Option<String>,
    options: Vec<String>,
    pub(super) default: Option<String>,
    format: Option<String>,
    pub(super) optional: bool,
    pub(super) secret: bool,
    /// A machine fills it in, there.
    pub(super) automated: bool,
    /// It is one half of the credential, or all of it.
    pub(super) credential: bool,
    /// The strictest place where a template names it.
    pub(super) spot: Spot,
    pub(super) used: bool,
}

impl Input {
    /// Reads an input's schema; `name` is what it is called in the definition.
    pub(super) fn read(original: &str, name: String, schema: &Map<String, Value>) -> Self {
        let text = |key: &str| schema.get(key).and_then(Value::as_str).map(plain);
        let is = |key: &str| {
            schema
                .get(key)
                .is_some_and(|value| value == &Value::Bool(true) || value.as_str() == Some("true"))
        };
        let options = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
        let raw = |key: &str| schema.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
        Self {
            label: text("title")
                .filter(|label| !label.is_empty())
                .unwrap_or_else(|| words(original)),
            help: text("description").filter(|help| !help.is_empty()),
            example: text("example").filter(|example| !example.is_empty()),
            pattern: raw("pattern").map(|pattern| bare(&pattern)),
            prefix: text("prefix"),
            suffix: text("suffix"),
            options: options.map(as_text).collect(),
            default: schema.get("default_value").map(as_text).filter(|text| !text.is_empty()),
            format: text("format"),
            optional: is("optional"),
            secret: is("secret") || looks_secret(&name),
            automated: is("automated"),
            credential: false,
            spot: Spot::Elsewhere,
            used: false,
            name,
        }
    }

    /// It was named, in this place.
    pub(super) fn note(&mut self, spot: Spot) {
        self.used = true;
        self.spot = self.spot.max(spot);
    }

    /// The field as a definition writes it, and what was lost on the way.
    pub(super) fn draft(&self, notes: &mut Vec<String>) -> Result<Value, String> {
        let mut field = Draft::new();
        field.insert("label".into(), self.label.clone().into());
        field.extend(self.help.clone().map(|help| ("help".to_owned(), help.into())));
        let (options, pattern) = self.constraints(notes)?;
        if !options.is_empty() {
            let pairs = options.iter().map(|option| (option.clone(), option.clone().into()));
            field.insert("options".into(), Value::Object(pairs.collect()));
        } else if let Some(pattern) = &pattern {
            field.insert("pattern".into(), pattern.clone().into());
        }
        let format = match self.spot {
            Spot::Host => Some("host"),
            Spot::Address => Some("url"),
            _ if !options.is_empty() || pattern.is_some() => None,
            _ => self.format.as_deref().filter(|format| matches!(*format, "email" | "uuid")),
        };
        field.extend(format.map(|format| ("format".to_owned(), format.into())));
        if self.prefix.is_some() || self.suffix.is_some() {
            let strip = [("prefix", &self.prefix), ("suffix", &self.suffix)];
            let strip = strip.into_iter().filter_map(|(key, text)| {
                Some((key.to_owned(), Value::from(text.clone().filter(|text| !text.is_empty())?)))
            });
            let strip: Draft = strip.collect();
            if !strip.is_empty() && options.is_empty() && self.spot != Spot::Address {
                field.insert("strip".into(), Value::Object(strip));
            }
        }
        for (key, sample) in [("example", &self.example), ("default", &self.default)] {
            let Some(sample) = sample else { continue };
            if self.secret || !self.takes(sample, &options, pattern.as_deref(), format) {
                continue;
            }
            field.insert(key.into(), sample.clone().into());
        }
        if self.optional && !matches!(self.spot, Spot::Host | Spot::Address) {
            field.insert("optional".into(), true.into());
        }
        if self.secret {
            field.insert("secret".into(), true.into());
        }
        Ok(Value::Object(field))
    }

    /// Options and pattern, made strict enough for where the field stands.
    fn constraints(
        &self,
        notes: &mut Vec<String>,
    ) -> Result<(Vec<String>, Option<String>), String> {
        let mut options = self.options.clone();
        if options.is_empty() {
            options = self.pattern.as_deref().and_then(alternatives).unwrap_or_default();
        }
        if !options.is_empty() && !matches!(self.spot, Spot::Host | Spot::Address) {
            return Ok((options, None));
        }
        let readable = |pattern: &&String| Regex::new(pattern).is_ok();
        let pattern = self.pattern.as_ref().filter(readable).cloned();
        if self.pattern.is_some() && pattern.is_none() {
            notes.push(format!("the pattern of `{}` is none that can be read", self.name));
        }
        match self.spot {
            Spot::Elsewhere => Ok((Vec::new(), pattern)),
            Spot::Host | Spot::Address => Ok((Vec::new(), None)),
            Spot::Inside => Ok((Vec::new(), Some(self.without_dot(pattern, notes)))),
            Spot::End => {
                let known: Vec<String> =
                    self.default.iter().chain(&self.example).cloned().collect();
                if known.is_empty() {
                    return Err(format!(
                        "`{}` ends a host, and the file does not say what it may be",
                        self.name
                    ));
                }
                notes.push(format!("`{}` ends a host: only known values are offered", self.name));
                Ok((known, None))
            }
        }
    }

    fn without_dot(&self, pattern: Option<String>, notes: &mut Vec<String>) -> String {
        let dotless = "[A-Za-z0-9][A-Za-z0-9_-]*".to_owned();
        let Some(pattern) = pattern else { return dotless };
        let fits = |value: &str| {
            Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(value))
        };
        if ["a.b", "a.b.c", ".", "a1.b2", "evil.com", "1.2", "a-b.c"].iter().any(|v| fits(v)) {
            notes.push(format!("the pattern of `{}` allowed a dot inside a host", self.name));
            return dotless;
        }
        pattern
    }

    fn takes(
        &self,
        sample: &str,
        options: &[String],
        pattern: Option<&str>,
        format: Option<&str>,
    ) -> bool {
        if !options.is_empty() {
            return options.iter().any(|option| option == sample);
        }
        let plain = sample.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
        match (pattern, format) {
            (Some(pattern), _) => {
                Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(sample))
            }
            (None, Some("host")) => sample.contains('.') && plain,
            (None, Some("url")) => url::Url::parse(sample).is_ok_and(|url| url.scheme() == "https"),
            (None, Some("email")) => sample.contains('@') && sample.contains('.'),
            (None, Some(_)) => false,
            (None, None) => true,
        }
    }
}

/// Whether a name says that it is secret.
fn looks_secret(name: &str) -> bool {
    ["key", "secret", "token", "password", "passphrase"]
        .iter()
        .any(|word| name.split('_').next_back() == Some(word))
}

/// Anchors are for others: a pattern here matches the whole value.
fn bare(pattern: &str) -> String {
    pattern.trim_start_matches('^').trim_end_matches('$').to_owned()
}

/// `(com|eu)` as the closed choice that it is.
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let inner = pattern.strip_prefix('(')?.strip_suffix(')')?;
    let inner = inner.strip_prefix("?:").unwrap_or(inner).replace("\\.", ".");
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_|".contains(c);
    (inner.contains('|') && inner.chars().all(plain))
        .then(|| inner.split('|').map(ToOwned::to_owned).collect())
}

/// `accountId` as `account_id`.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && lower {
            snake.push('_');
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        snake.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    }
    snake
}

/// `accountId` as `Account id`.
fn words(name: &str) -> String {
    let words = snake(name).replace('_', " ");
    let mut chars = words.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// A scalar as text.
pub(super) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => json!(other).to_string(),
    }
}
