//! Values of a provider as templates of a definition, and its addresses with their hosts pinned.

use super::entry::Entry;
use super::field::Spot;
use super::name::bare;
use super::value::{Part, parse, sides};
use serde_json::Value;

/// Functions that stand without brackets.
const CLOCKS: &[&str] = &["now", "random"];

impl Entry<'_> {
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
            Some((first, rest)) if !matches!(first, Part::Text(_)) => self.at_address(first, rest),
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

    fn at_address(&mut self, first: &Part, rest: &[Part]) -> Result<String, String> {
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
                let sides = sides.iter().map(Vec::as_slice);
                Ok(format!("(default {})", self.arguments(sides)?.join(" ")))
            }
            [Part::Call(function, arguments)] => self.call(function, arguments),
            several => Ok(format!("(concat {})", self.arguments(several.chunks(1))?.join(" "))),
        }
    }

    fn call(&mut self, function: &str, arguments: &[Vec<Part>]) -> Result<String, String> {
        // `base64` joins its arguments itself.
        if let ("base64", [parts]) = (function, arguments) {
            return Ok(format!("(base64 {})", self.arguments(parts.chunks(1))?.join(" ")));
        }
        let values = self.arguments(arguments.iter().map(Vec::as_slice))?;
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

    fn arguments<'p>(
        &mut self,
        all: impl Iterator<Item = &'p [Part]>,
    ) -> Result<Vec<String>, String> {
        all.map(|parts| self.argument(parts)).collect()
    }
}
