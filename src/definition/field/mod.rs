//! Fields: what a person is asked for, and what may be answered.

mod format;
mod pattern;
mod read;
mod strip;

pub(super) use format::FORMATS;
pub use format::Format;
pub use pattern::Pattern;

use strip::Strip;

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

/// Why an answer does not fit. It never quotes the answer: that may be a secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FieldError(String);

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
            || self.pattern.as_ref().is_some_and(|pattern| !pattern.allows_dot())
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
        match self.format {
            Some(format) => {
                format.accept(value, self.insecure).map_err(|what| self.expected(&what))
            }
            None => Ok(value),
        }
    }

    fn expected(&self, what: &str) -> FieldError {
        FieldError(match &self.example {
            Some(example) => format!("not {what}; expected something like {example}"),
            None => format!("not {what}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
