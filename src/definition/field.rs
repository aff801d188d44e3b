//! Fields: what a person is asked for, and what may be answered.

use super::finding::Finding;
use super::format::{accept_url, is_email, is_host, is_object, is_uuid};
use super::keys::app::{FIELD, STRIP};
use super::names::{INPUTS, RESERVED};
use super::reader::Reader;
use super::rule::Rule;
use super::yaml::{Node, Value};
use regex_lite::Regex;

/// One thing that is asked for.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name in templates, flags and variables.
    pub name: String,
    /// What a prompt says.
    pub label: String,
    /// A sentence that says where to find it.
    pub help: Option<String>,
    /// A value that would be accepted.
    pub example: Option<String>,
    /// What the whole value must match.
    pub pattern: Option<Pattern>,
    /// What is taken off a pasted value first.
    pub strip: Strip,
    /// A closed choice: value and label.
    pub options: Vec<(String, String)>,
    /// Used when nothing is given.
    pub default: Option<String>,
    /// What sort of value it is.
    pub format: Option<Format>,
    /// It may stay unset.
    pub optional: bool,
    /// Hidden when typed and kept with the credential.
    pub secret: bool,
    /// A URL may be http beyond loopback.
    pub insecure: bool,
}

/// A sort of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The address of the user's own server.
    Url,
    /// The address of the user's own FTP server.
    FtpUrl,
    /// A host name, the user's own server too.
    Host,
    /// An e-mail address.
    Email,
    /// A UUID.
    Uuid,
    /// A JSON object, whose members templates read: a service account's key file.
    Json,
}

/// A regular expression that must match the whole value.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

/// Prefix and suffix of a pasted value that are dropped.
#[derive(Clone, Debug, Default)]
pub struct Strip {
    prefix: String,
    suffix: String,
}

/// Why an answer does not fit. It never quotes the answer: that may be a secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FieldError(String);

pub(super) const FORMATS: &[(&str, Format)] = &[
    ("url", Format::Url),
    ("ftp_url", Format::FtpUrl),
    ("host", Format::Host),
    ("email", Format::Email),
    ("uuid", Format::Uuid),
    ("json", Format::Json),
];

impl Field {
    /// A field with a name and a label.
    #[must_use]
    pub fn new(name: &str, label: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            help: None,
            example: None,
            pattern: None,
            strip: Strip::default(),
            options: Vec::new(),
            default: None,
            format: None,
            optional: false,
            secret: false,
            insecure: false,
        }
    }

    /// The same, secret.
    #[must_use]
    pub fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// The same, with a format.
    #[must_use]
    pub fn format(self, format: Format) -> Self {
        Self { format: Some(format), ..self }
    }

    /// Whether its value names a whole server of the user's own.
    #[must_use]
    pub fn is_server(&self) -> bool {
        matches!(self.format, Some(Format::Url | Format::FtpUrl | Format::Host))
    }

    /// Whether its value is an FTP server's address.
    #[must_use]
    pub fn is_ftp(&self) -> bool {
        self.format == Some(Format::FtpUrl)
    }

    /// Whether its value may stand inside a host name: a closed choice, or no dot possible.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        !self.options.is_empty()
            || self.pattern.as_ref().is_some_and(|pattern| !pattern.regex_allows_dot())
    }

    /// Takes an answer as typed or pasted: strips it, and gives the value to keep.
    ///
    /// # Errors
    /// What would fit, for the person who typed it.
    pub fn accept(&self, input: &str) -> Result<String, FieldError> {
        let value = self.strip.apply(input);
        if value.is_empty() {
            return Err(FieldError("a value is needed".to_owned()));
        }
        if value.chars().any(|c| c.is_control() && !(self.secret && c.is_ascii_whitespace())) {
            return Err(FieldError("a value cannot have control characters".to_owned()));
        }
        if !self.options.is_empty() && !self.options.iter().any(|(option, _)| *option == value) {
            let options: Vec<_> = self.options.iter().map(|(option, _)| option.as_str()).collect();
            return Err(FieldError(format!("one of {}", options.join(", "))));
        }
        if self.pattern.as_ref().is_some_and(|pattern| !pattern.fits(&value)) {
            return Err(self.expected("the expected form"));
        }
        self.accept_format(value)
    }

    fn accept_format(&self, value: String) -> Result<String, FieldError> {
        match self.format {
            Some(Format::Url | Format::FtpUrl) => self
                .accept_url(&value)
                .map_err(|reason| self.expected(&format!("an address that works here: {reason}"))),
            Some(Format::Host) if !is_host(&value) => Err(self.expected("a host name")),
            Some(Format::Email) if !is_email(&value) => Err(self.expected("an e-mail address")),
            Some(Format::Uuid) if !is_uuid(&value) => Err(self.expected("a UUID")),
            Some(Format::Json) if !is_object(&value) => Err(self.expected("a JSON object")),
            _ => Ok(value),
        }
    }

    fn accept_url(&self, value: &str) -> Result<String, String> {
        match self.format {
            Some(Format::FtpUrl) => accept_url(value, "ftps", "ftp", self.insecure),
            _ => accept_url(value, "https", "http", self.insecure),
        }
    }

    fn expected(&self, what: &str) -> FieldError {
        FieldError(match &self.example {
            Some(example) => format!("not {what}; expected something like {example}"),
            None => format!("not {what}"),
        })
    }

    /// Reads a field over what is already known of it.
    pub(super) fn read(reader: &mut Reader, name: &str, node: &Node, base: Option<&Self>) -> Self {
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

    fn check_samples(&self, reader: &mut Reader, entries: &super::reader::Entries) {
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

impl Strip {
    fn read(reader: &mut Reader, node: &Node) -> Self {
        let mut strip = Self::default();
        if let Some(entries) = reader.entries(node, "`strip`", STRIP) {
            if let Some(node) = entries.take("prefix") {
                strip.prefix = reader.text(node, "`prefix`").unwrap_or_default();
            }
            if let Some(node) = entries.take("suffix") {
                strip.suffix = reader.text(node, "`suffix`").unwrap_or_default();
            }
        }
        strip
    }

    /// Trim, drop the prefix, then the suffix and all after it, ignoring ASCII case.
    fn apply(&self, input: &str) -> String {
        let mut value = input.trim();
        let lower = value.to_ascii_lowercase();
        if !self.prefix.is_empty() && lower.starts_with(&self.prefix.to_ascii_lowercase()) {
            value = &value[self.prefix.len()..];
        }
        let lower = value.to_ascii_lowercase();
        if !self.suffix.is_empty()
            && let Some(at) = lower.find(&self.suffix.to_ascii_lowercase())
        {
            value = &value[..at];
        }
        value.to_owned()
    }
}

impl Pattern {
    fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        let text = reader.text(node, "`pattern`")?;
        match Regex::new(&text).and_then(|_| Regex::new(&format!("^(?:{text})$"))) {
            Ok(regex) => Some(Self { text, regex }),
            Err(error) => {
                let message = format!("this is no regular expression: {error}");
                reader.findings.push(Finding::new(Rule::Pattern, node.span.clone(), message));
                None
            }
        }
    }

    /// The expression as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn fits(&self, value: &str) -> bool {
        self.regex.is_match(value)
    }

    /// Whether some short value with a dot would fit. A sample, not a proof: the value itself is
    /// checked again when a host is made of it.
    fn regex_allows_dot(&self) -> bool {
        ["a.b", "a.b.c", ".", "a1.b2", "evil.com", "1.2", "a-b.c"].iter().any(|v| self.fits(v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_address_becomes_the_bare_value() {
        let mut field = Field::new("subdomain", "Subdomain");
        field.strip = Strip { prefix: "https://".into(), suffix: ".zendesk.com".into() };
        assert_eq!(field.accept(" HTTPS://acme.Zendesk.com/agent "), Ok("acme".into()));
        assert_eq!(field.accept("acme"), Ok("acme".into()));
    }

    #[test]
    fn an_address_is_https_or_stays_here() {
        let field = Field::new("url", "Address").format(Format::Url);
        assert_eq!(field.accept("https://a.test/x/"), Ok("https://a.test/x".into()));
        assert_eq!(field.accept("http://127.0.0.1:80"), Ok("http://127.0.0.1".into()));
        for bad in [
            "http://a.test",
            "https://u:p@a.test",
            "https://a.test?x",
            "https://a.test#x",
            "a.test",
            "ftp://a.test",
            "https://a.test/\u{0}x",
        ] {
            assert!(field.accept(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_of_an_ftp_server_is_ftps_or_on_this_machine() {
        let field = Field::new("url", "Address").format(Format::FtpUrl);
        let good = [
            ("ftps://a.test:990/", "ftps://a.test:990"),
            ("ftps://a.test/x y/", "ftps://a.test/x%20y"),
            ("ftp://127.0.0.1:2121/", "ftp://127.0.0.1:2121"),
        ];
        for (typed, kept) in good {
            assert_eq!(field.accept(typed).as_deref(), Ok(kept));
        }
        let bad =
            ["ftp://a.test", "https://a.test", "ftps://ada:x@a.test", "ftps:a.test", "ftps://"];
        for bad in bad {
            assert!(field.accept(bad).is_err(), "{bad}");
        }
        let insecure = Field { insecure: true, ..field };
        assert_eq!(insecure.accept("ftp://a.test").as_deref(), Ok("ftp://a.test"));
        assert!(insecure.accept("http://a.test").is_err());
    }
}
