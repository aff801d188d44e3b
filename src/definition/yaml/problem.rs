//! What the YAML library finds wrong, in words for whoever writes definitions.

use super::{MAX_ALIASES, MAX_ANCHORS, MAX_DEPTH, MAX_NODES};
use serde_saphyr::Error;
use serde_saphyr::budget::BudgetBreach;

/// What is wrong, what to do about it where that is known, and the character that it is about, which
/// may stand behind the place that the library names.
#[derive(Default)]
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) help: Option<&'static str>,
    pub(super) character: Option<char>,
}

impl Problem {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    fn help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }

    fn too_deep() -> Self {
        Self::new(format!("this nests deeper than {MAX_DEPTH} levels"))
    }

    fn too_many_values() -> Self {
        Self::new(format!("with every alias written out there are more than {MAX_NODES} values"))
    }
}

/// `rest` is the text from the place on that the library names.
pub(super) fn describe(error: &Error, rest: &str) -> Problem {
    match error.without_snippet() {
        Error::AliasError { error, .. } => describe(error, rest),
        Error::Budget { breach, .. } => budget(breach),
        Error::AliasReplayLimitExceeded { .. } | Error::AliasExpansionLimitExceeded { .. } => {
            Problem::too_many_values()
        }
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            Problem::new("an anchor is named within itself here")
        }
        Error::UnknownAnchor { .. } => {
            Problem::new("this names an anchor that does not stand above it")
        }
        Error::MergeValueNotMapOrSeqOfMaps { .. } => {
            Problem::new("`<<` takes a mapping, or a list of mappings")
        }
        Error::MultipleDocuments { .. } => {
            Problem::new("a definition is one document, and here begins another")
        }
        Error::NullIntoString { .. } | Error::TaggedScalarCannotDeserializeIntoString { .. } => {
            Problem::new("a key is a text, and this is none")
        }
        Error::NonFiniteFloat { value, .. } => {
            Problem::new(format!("`{value}` is no number that could be sent"))
                .help("quote it if it is text")
        }
        other => scanner(&other.to_string(), rest),
    }
}

fn budget(breach: &BudgetBreach) -> Problem {
    match breach {
        BudgetBreach::Depth { .. } => Problem::too_deep(),
        BudgetBreach::Aliases { .. } => {
            Problem::new(format!("more than {MAX_ALIASES} aliases stand here"))
        }
        BudgetBreach::Anchors { .. } => {
            Problem::new(format!("more than {MAX_ANCHORS} anchors stand here"))
        }
        _ => Problem::too_many_values(),
    }
}

/// The scanner's messages are texts. Their place, which we show, and the library's own API help
/// nobody here.
fn scanner(text: &str, rest: &str) -> Problem {
    let text = text.lines().next().unwrap_or_default();
    let text = text.split(" at line ").next().unwrap_or_default();
    let text = text.split("; use ").next().unwrap_or_default();
    if text.contains("recursion limit") {
        return Problem::too_deep();
    }
    if text.contains("tabs disallowed") {
        return Problem::new("a tab cannot indent in YAML").help("indent by spaces");
    }
    let control = |c: &char| c.is_control() && !"\t\n\r".contains(*c);
    match rest.chars().find(control) {
        Some(c) if text.starts_with("unexpected character") => Problem {
            character: Some(c),
            ..Problem::new(format!("U+{:04X} cannot stand in YAML", u32::from(c)))
                .help("take it out")
        },
        _ => Problem::new(text),
    }
}
