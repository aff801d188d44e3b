//! One provider while it is converted: its inputs, what its answers give, and its values as templates.

use super::field::{Input, Spot, as_text, snake};
use super::value::{Part, parse, sides};
use crate::definition::names::RESERVED;
use crate::draft::Draft;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Functions that stand without brackets.
const CLOCKS: &[&str] = &["now", "random"];

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
    extras: BTreeMap<String, String>,
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

    /// A name that templates may give a field.
    fn fresh(&self, name: &str) -> String {
        let name = snake(name.rsplit('.').next().unwrap_or(name));
        let name = name.trim_matches('_');
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
        match RESERVED.contains(&name) || !starts {
            true => format!("its_{name}"),
            false => name.to_owned(),
        }
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

    /// A value as a template.
    ///
    /// # Errors
    /// In words: it names what is not known, or calls what is not there.
    pub(super) fn template(&mut self, text: &str) -> Result<String, String> {
        let parts = parse(text)?;
        self.join(&parts, Spot::Elsewhere)
    }

    /// Any value, with its texts as templates.
    pub(super) fn templates(&mut self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => self.template(text)?.into(),
            Value::Array(items) => {
                items.iter().map(|item| self.templates(item)).collect::<Result<_, _>>()?
            }
            Value::Object(map) => {
                let pairs = map.iter().map(|(key, item)| Ok((key.clone(), self.templates(item)?)));
                Value::Object(pairs.collect::<Result<_, String>>()?)
            }
            other => other.clone(),
        })
    }

    /// A URL as a template; what stands in its host is pinned.
    ///
    /// # Errors
    /// As [`Entry::template`], or the host cannot be pinned.
    pub(super) fn url(&mut self, text: &str) -> Result<String, String> {
        let sides = sides(text);
        let chosen = match sides.as_slice() {
            [one] => *one,
            [first, second, ..] => {
                let known = parse(first)?.iter().all(|part| self.is_certain(part));
                self.note("||", &format!("only one address is kept, of `{}`", text.trim()));
                if known { *first } else { *second }
            }
            [] => text,
        };
        let parts = parse(chosen)?;
        match parts.split_first() {
            Some((Part::Text(start), rest)) if start.contains("://") => {
                let start = start.replacen("http://", "https://", 1);
                self.absolute(&start, rest)
            }
            Some((first, rest)) if !matches!(first, Part::Text(_)) => {
                self.from_address(first, rest)
            }
            _ => self.join(&parts, Spot::Elsewhere),
        }
    }

    /// Whether a part has a value in every account.
    fn is_certain(&self, part: &Part) -> bool {
        match part {
            Part::Text(_) => true,
            Part::Name(name) => {
                let name = bare(name);
                let input = self.inputs.iter().find(|(known, _)| known == name);
                input.is_some_and(|(_, input)| !input.optional && !input.automated)
                    || self.extras.contains_key(name)
            }
            _ => false,
        }
    }

    fn absolute(&mut self, start: &str, rest: &[Part]) -> Result<String, String> {
        let at = start.find("://").map_or(0, |at| at + 3);
        let mut url = start.to_owned();
        // The host goes on until a text has a slash in it.
        let mut open = !start[at..].contains(['/', '?', '#']);
        for (index, part) in rest.iter().enumerate() {
            if let Part::Text(text) = part {
                open = open && !text.starts_with(['/', '?', '#']);
                url.push_str(text);
                open = open && !text.contains(['/', '?', '#']);
                continue;
            }
            let ends = match rest.get(index + 1) {
                None => true,
                Some(Part::Text(next)) => next.starts_with(['/', '?', '#', ':']),
                Some(_) => false,
            };
            let spot = match (open, ends, url[at..].is_empty()) {
                (false, ..) => Spot::Elsewhere,
                (true, true, true) => Spot::Host,
                (true, true, false) => Spot::End,
                (true, false, _) => Spot::Inside,
            };
            url.push_str(&self.part(part, spot)?);
        }
        Ok(url)
    }

    fn from_address(&mut self, first: &Part, rest: &[Part]) -> Result<String, String> {
        let part = self.part(first, Spot::Address)?;
        let name = part.trim_matches(['{', '}']).to_owned();
        if name.contains(' ') {
            return Err("an address that is computed cannot be pinned".to_owned());
        }
        Ok(format!("{{{{{{{name}}}}}}}{}", self.join(rest, Spot::Elsewhere)?))
    }

    fn join(&mut self, parts: &[Part], spot: Spot) -> Result<String, String> {
        parts.iter().map(|part| self.part(part, spot)).collect()
    }

    fn part(&mut self, part: &Part, spot: Spot) -> Result<String, String> {
        match part {
            Part::Text(text) if text.contains("{{") => Err("text with `{{` in it".to_owned()),
            Part::Text(text) => Ok(text.clone()),
            Part::Name(name) if CLOCKS.contains(&name.as_str()) => Ok(format!("{{{{{name}}}}}")),
            Part::Name(name) => Ok(format!("{{{{{}}}}}", self.name(name, spot)?)),
            Part::Either(sides) if spot != Spot::Elsewhere => self.pinned(sides, spot),
            other => {
                let call = self.argument(std::slice::from_ref(other))?;
                let call = call.strip_prefix('(').and_then(|call| call.strip_suffix(')'));
                call.map(|call| format!("{{{{{call}}}}}")).ok_or_else(|| "not a call".to_owned())
            }
        }
    }

    /// A fallback inside a host: its text becomes the field's default.
    fn pinned(&mut self, sides: &[Vec<Part>], spot: Spot) -> Result<String, String> {
        let name = sides.iter().find_map(|side| match side.as_slice() {
            [Part::Name(name)] => Some(name.clone()),
            _ => None,
        });
        let Some(name) = name else { return Err("a host that is computed".to_owned()) };
        let template = self.name(&name, spot)?;
        let default = sides.iter().find_map(|side| match side.as_slice() {
            [Part::Text(text)] => Some(text.clone()),
            _ => None,
        });
        let input = self.inputs.iter_mut().find(|(known, _)| known == bare(&name));
        match (default, input) {
            (Some(default), Some((_, input))) => {
                input.default = Some(default);
                input.optional = false;
            }
            _ => self.note("||", "the second of two names in a host is left out"),
        }
        Ok(format!("{{{{{template}}}}}"))
    }

    /// An argument of a helper: a name, a text in quotes, a call in brackets.
    fn argument(&mut self, parts: &[Part]) -> Result<String, String> {
        match parts {
            [] => Ok("\"\"".to_owned()),
            [Part::Text(text)] if text.contains('"') => Err("a quote in an argument".to_owned()),
            [Part::Text(text)] => Ok(format!("\"{text}\"")),
            [Part::Name(name)] if CLOCKS.contains(&name.as_str()) => Ok(format!("({name})")),
            [Part::Name(name)] => self.name(name, Spot::Elsewhere),
            [Part::Either(sides)] => {
                let sides: Vec<String> =
                    sides.iter().map(|side| self.argument(side)).collect::<Result<_, _>>()?;
                Ok(format!("(default {})", sides.join(" ")))
            }
            [Part::Call(function, arguments)] => self.call(function, arguments),
            several => {
                let several: Vec<String> = several
                    .iter()
                    .map(|part| self.argument(std::slice::from_ref(part)))
                    .collect::<Result<_, _>>()?;
                Ok(format!("(concat {})", several.join(" ")))
            }
        }
    }

    fn call(&mut self, function: &str, arguments: &[Vec<Part>]) -> Result<String, String> {
        // `base64` joins its arguments itself.
        if let ("base64", [parts]) = (function, arguments) {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| self.argument(std::slice::from_ref(part)))
                .collect::<Result<_, _>>()?;
            return Ok(format!("(base64 {})", parts.join(" ")));
        }
        let values: Vec<String> =
            arguments.iter().map(|parts| self.argument(parts)).collect::<Result<_, _>>()?;
        match (function, values.as_slice()) {
            ("now", []) => Ok("(now)".to_owned()),
            ("now", _) => Ok("(now \"iso\")".to_owned()),
            ("random", _) => Ok("(random)".to_owned()),
            ("sha256Hex", [text]) => Ok(format!("(hash \"sha256\" {text} \"hex\")")),
            ("sha256Base64", [text]) => Ok(format!("(hash \"sha256\" {text} \"base64\")")),
            ("hmacSha1Hex", [key, text]) => Ok(format!("(hmac \"sha1\" {key} {text} \"hex\")")),
            _ => Err(format!("the function `{function}` has no counterpart")),
        }
    }

    /// A name as templates of a definition say it.
    fn name(&mut self, name: &str, spot: Spot) -> Result<String, String> {
        let short = bare(name);
        if let Some((_, input)) = self.client.iter_mut().find(|(known, _)| known == short)
            && !name.starts_with("connectionConfig.")
        {
            input.note(spot);
            return Ok(format!("client.{}", input.name));
        }
        if let Some((_, input)) = self.inputs.iter_mut().find(|(known, _)| known == short) {
            input.note(spot);
            self.credential |= input.credential;
            return Ok(input.name.clone());
        }
        if let Some(extra) = self.extras.get(short) {
            if spot == Spot::Address {
                self.open_hosts = true;
                return Ok(format!("extras.{extra}"));
            }
            if spot == Spot::Elsewhere {
                return Ok(format!("extras.{extra}"));
            }
        }
        if let Some(rest) = name.strip_prefix("step")
            && let Some((number, path)) = rest.split_once('.')
            && let Ok(number) = number.parse::<usize>()
        {
            self.steps.insert((number, path.to_owned()));
            return Ok(format!("secrets.{}", step_name(number, path)));
        }
        match short {
            "accessToken" | "access_token" => {
                self.credential = true;
                Ok("access_token".to_owned())
            }
            "clientId" | "oauth_client_id" | "client_id" => Ok("client_id".to_owned()),
            "clientSecret" | "oauth_client_secret" | "client_secret" => {
                Ok("client_secret".to_owned())
            }
            "refreshToken" | "refresh_token" => Ok("refresh_token".to_owned()),
            "code" => Ok("code".to_owned()),
            "redirectUri" | "redirect_uri" | "callbackUrl" => Ok("redirect_uri".to_owned()),
            _ if name.contains("onnectionConfig.") => {
                // Nobody declares it: a script filled it in, and here a person must.
                let input = Input::read(short, self.fresh(short), &Map::new());
                self.inputs.push((short.to_owned(), input));
                self.note(name, "is not declared; it is asked for");
                self.name(name, spot)
            }
            _ => Err(format!("nothing gives `{name}`")),
        }
    }
}

/// What a step's answer is kept as.
pub(super) fn step_name(number: usize, path: &str) -> String {
    format!("step{number}_{}", snake(&path.replace('.', "_")))
}

/// A name without the place that it comes from.
fn bare(name: &str) -> &str {
    let places = ["connectionConfig.", "credentials.", "integrationConfig.", "integration_config."];
    places.iter().find_map(|place| name.strip_prefix(place)).unwrap_or(name)
}

/// A path in an answer as a template's name.
pub(super) fn response(path: &str) -> String {
    let path = path.replace('[', ".").replace(']', "");
    let plain = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let parts = path.split('.').filter(|part| !part.is_empty());
    let parts = parts.map(|part| match plain(part) {
        true => format!(".{part}"),
        false => format!(".[{part}]"),
    });
    format!("response{}", parts.collect::<String>())
}
