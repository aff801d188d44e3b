//! Templates: Handlebars, cut down to what a definition may do, and strict about what is sent.
//!
//! [`Template::parse`] compiles a text and walks the result against an allow-list, so that a
//! definition from a stranger can neither recurse, include, nor print without bound.
//! [`Template::render`] fills it from a [`Scope`] by the rules of the [`Place`] where it stands.

mod helpers;
mod render;
mod scope;
mod spelling;
mod walk;

pub use scope::{Moment, Scope};

use handlebars::Template as Compiled;

/// The longest template, in bytes.
const MAX_BYTES: usize = 16 * 1024;
/// The most that a template may render to, in bytes.
const MAX_OUTPUT: usize = 1024 * 1024;
/// The most blocks and the most subexpressions. Deeper nesting would exhaust the stack of the
/// library's parser.
const MAX_BLOCKS: usize = 48;

/// Where a template stands: it decides how values are escaped and what may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A URL: values are percent-encoded, and none may be empty or climb (`..`).
    Url,
    /// A header's value: control characters are refused.
    Header,
    /// A parameter's value: its encoder escapes it.
    Text,
    /// A request body that is JSON: values stand inside quotes and are escaped for them.
    JsonBody,
    /// Any other request body: values need `json`, `xml` or `url`.
    Body,
    /// What is read from an answer: absence is an answer too.
    Answer,
}

/// A compiled, checked template.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    source: String,
    place: Place,
    /// None for a literal: it is what most texts of a definition are, and compiling takes time.
    compiled: Option<Compiled>,
    names: Vec<Name>,
    raw_start: Option<Name>,
    lone_json: bool,
}

/// A name that a template reads, such as `response.user.id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The parts between the dots.
    pub parts: Vec<String>,
    /// As written.
    pub raw: String,
    /// Whether it only asks (`{{#if x}}`), so that absence is fine.
    pub asks: bool,
}

impl Name {
    /// The first part.
    #[must_use]
    pub fn root(&self) -> &str {
        self.parts.first().map_or("", String::as_str)
    }
}

/// Why a text is no template that may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateProblem {
    /// What is wrong.
    pub message: String,
    /// The part of the text that it is about, to be looked up in the file; may be empty.
    pub at: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl TemplateProblem {
    fn new(message: impl Into<String>, at: impl Into<String>) -> Self {
        Self { message: message.into(), at: at.into(), help: None }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// Why a template could not be filled.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A value is required here and there is none.
    #[error("`{name}` has no value, and `{template}` needs one")]
    Empty {
        /// The name.
        name: String,
        /// The template's text.
        template: String,
    },
    /// A value would climb in the path of a URL.
    #[error("a part of the path in `{template}` would be `.` or `..`")]
    Climbs {
        /// The template's text.
        template: String,
    },
    /// A value with a line break or another control character in a header or a URL's raw start.
    #[error("a value in `{template}` has a control character")]
    ControlCharacter {
        /// The template's text.
        template: String,
    },
    /// More output than 1 MiB.
    #[error("`{template}` renders to more than 1 MiB")]
    TooLong {
        /// The template's text.
        template: String,
    },
    /// A helper refused its arguments.
    #[error("`{template}`: {message}")]
    Helper {
        /// The template's text.
        template: String,
        /// What the helper says; never an argument's value.
        message: String,
    },
}

impl Template {
    /// Compiles `source` and checks it against the allow-list.
    ///
    /// # Errors
    /// The first thing that is not allowed, with the text that it is about.
    pub fn parse(source: &str, place: Place) -> Result<Self, TemplateProblem> {
        bounds(source)?;
        refuse_control(source, place)?;
        spelling::refuse_twig(source)?;
        if !source.contains("{{") {
            return Ok(Self {
                source: source.to_owned(),
                place,
                compiled: None,
                names: Vec::new(),
                raw_start: None,
                lone_json: false,
            });
        }
        let text = spelling::translate(source);
        let compiled = Compiled::compile(&text).map_err(|error| {
            let reason = error.to_string();
            let line = reason.lines().last().unwrap_or_default().trim().to_owned();
            TemplateProblem::new(format!("this is no template: {line}"), source)
        })?;
        let walked = walk::walk(&compiled, place)?;
        let lone_json = walk::is_lone_json(&compiled);
        Ok(Self {
            source: source.to_owned(),
            place,
            compiled: Some(compiled),
            names: walked.names,
            raw_start: walked.raw_start,
            lone_json,
        })
    }

    /// The text as written in the definition.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// Every name that it reads from the outermost scope.
    #[must_use]
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// Whether it reads `name` (its first part).
    #[must_use]
    pub fn reads(&self, name: &str) -> bool {
        self.names.iter().any(|used| used.root() == name)
    }

    /// The name of a raw `{{{x}}}` at its start.
    #[must_use]
    pub fn raw_start(&self) -> Option<&Name> {
        self.raw_start.as_ref()
    }

    /// Whether it has no expression: a literal.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.compiled.is_none()
    }

    /// Whether it is one `{{json x}}` and nothing else, which keeps the value's type.
    #[must_use]
    pub fn is_lone_json(&self) -> bool {
        self.lone_json
    }

    /// Fills it. `None` where nothing came out, which means "leave it out"; a literal empty text
    /// is `Some("")`.
    ///
    /// # Errors
    /// A required value is missing or not allowed in this place.
    pub fn render(&self, scope: &Scope) -> Result<Option<String>, RenderError> {
        render::render(self, scope)
    }

    /// Fills it where something must come out.
    ///
    /// # Errors
    /// As [`Template::render`], and when nothing comes out.
    pub fn require(&self, scope: &Scope) -> Result<String, RenderError> {
        self.render(scope)?.ok_or_else(|| render::empty_error(self, scope))
    }
}

/// A line break in a header would be another header.
fn refuse_control(source: &str, place: Place) -> Result<(), TemplateProblem> {
    let what = match place {
        Place::Header => "a header",
        Place::Url => "a URL",
        _ => return Ok(()),
    };
    match source.chars().any(char::is_control) {
        true => Err(TemplateProblem::new(format!("{what} has no line breaks"), "")
            .help("write it on one line; `>-` folds several without a break at the end")),
        false => Ok(()),
    }
}

/// Bounds that must hold before the library's recursive parser sees the text.
fn bounds(source: &str) -> Result<(), TemplateProblem> {
    if source.len() > MAX_BYTES {
        let message = format!("a template has {MAX_BYTES} bytes at most");
        return Err(TemplateProblem::new(message, ""));
    }
    // However they are spaced: a block's name follows its `#`.
    let blocks = source.matches('#').count();
    let else_if = source.matches("else").count();
    let parentheses = source.matches('(').count();
    if blocks > MAX_BLOCKS || else_if > MAX_BLOCKS || parentheses > MAX_BLOCKS * 4 {
        return Err(TemplateProblem::new("this template has too many blocks", ""));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
