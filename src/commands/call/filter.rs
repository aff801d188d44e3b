//! `--jq`: a filter in the language of jq, run over each value.

use super::output::print_value;
use crate::App;
use crate::error::{Error, Kind, Result};
use crate::text::{printable, short};
use jaq_core::compile::{self, Compiler};
use jaq_core::data::JustLut;
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Ctx, Native, Vars};
use jaq_json::Val;
use serde_json::Value;

/// A filter, compiled.
pub(super) struct Filter {
    filter: compile::Filter<Native<JustLut<Val>>>,
    /// Texts are printed without quotation marks.
    raw: bool,
}

impl Filter {
    /// # Errors
    /// It is no filter, or uses what is not there.
    pub(super) fn parse(code: &str, raw: bool) -> Result<Self> {
        let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(defs)
            .load(&arena, File { code, path: () })
            .map_err(|errors| wrong(code, errors.first().map(|(_, error)| unread(error))))?;
        let filter =
            Compiler::default().with_funs(functions).compile(modules).map_err(|errors| {
                let unknown = errors.first().and_then(|(_, errors)| errors.first());
                wrong(
                    code,
                    unknown.map(|(name, what)| format!("there is no {} `{name}`", what.as_str())),
                )
            })?;
        Ok(Self { filter, raw })
    }

    /// Prints what comes of a value.
    ///
    /// # Errors
    /// The filter fails on it, or it cannot be written.
    pub(super) fn print(&self, app: &App, value: &Value) -> Result<()> {
        let failed = |cause: String| {
            Error::new(Kind::Failed, "the filter fails on this answer").because(short(&cause, 300))
        };
        // By way of text: that keeps the nesting within what was allowed when it was read.
        let value = jaq_json::read::parse_single(value.to_string().as_bytes())
            .map_err(|error| failed(error.to_string()))?;
        let context = Ctx::<JustLut<Val>>::new(&self.filter.lut, Vars::new([]));
        for result in self.filter.id.run((context, value)) {
            match result {
                Ok(value) => self.print_one(app, &value)?,
                Err(exception) => {
                    return match exception.get_err() {
                        Ok(error) => Err(failed(error.to_string())),
                        // `halt` ends the filter, and no more than that.
                        Err(_) => Ok(()),
                    };
                }
            }
        }
        Ok(())
    }

    fn print_one(&self, app: &App, value: &Val) -> Result<()> {
        if self.raw
            && let Val::TStr(text) = value
        {
            return match app.terminal.terminals.output {
                true => app.terminal.print(&(printable(&String::from_utf8_lossy(text)) + "\n")),
                false => app.terminal.print_bytes(&[&text[..], b"\n"].concat()),
            };
        }
        let text = value.to_string();
        match serde_json::from_str(&text) {
            Ok(value) => print_value(app, &value),
            // What JSON has no word for: not a number, infinity.
            Err(_) => app.terminal.print(&format!("{text}\n")),
        }
    }
}

fn wrong(code: &str, cause: Option<String>) -> Error {
    let mut error = Error::new(Kind::Usage, format!("`{}` is no filter", short(code, 40)));
    error.causes.extend(cause);
    error.hint("the language is that of jq: `.items[] | .name`")
}

fn unread(error: &jaq_core::load::Error<&str>) -> String {
    use jaq_core::load::Error as E;
    let near = |rest: &str| match short(rest, 20) {
        rest if rest.is_empty() => "at the end".to_owned(),
        rest => format!("at `{rest}`"),
    };
    match error {
        E::Lex(errors) => errors
            .first()
            .map(|(wanted, rest)| format!("a {} is missing {}", wanted.as_str(), near(rest))),
        E::Parse(errors) => errors
            .first()
            .map(|(wanted, rest)| format!("a {} is missing {}", wanted.as_str(), near(rest))),
        E::Io(_) => Some("it asks for a module, and there are none".to_owned()),
    }
    .unwrap_or_default()
}
