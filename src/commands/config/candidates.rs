//! What a shell can complete of `config set` and `config unset`: the settings, and what fits each.

use super::known::{Setting, Sort, known};
use crate::candidates::{completer, explained};
use crate::context::{Context, words_to_complete};
use crate::settings::Settings;
use clap::Command;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use std::sync::Arc;

/// `config` with the settings as candidates: they are known once the whole command line is described.
pub(crate) fn with_candidates(config: Command, description: &Command) -> Command {
    let known: Arc<[Setting]> = known(description).into();
    let (keys, values) = (keys(Arc::clone(&known)), values(known));
    config.mut_subcommand("set", |set| {
        set.mut_arg("key", |arg| arg.add(keys)).mut_arg("value", |arg| arg.add(values))
    })
}

/// What the file sets, with its values.
pub(super) fn set_keys() -> ArgValueCompleter {
    completer(|word| {
        let context = Context::from_process().ok();
        let settings = context.and_then(|it| Settings::read(&it.folders.config).ok());
        let entries = settings.into_iter().flat_map(|it| it.entries);
        let entries = entries.filter(|entry| entry.key.starts_with(word));
        entries.map(|entry| explained(entry.key, Some(entry.value))).collect()
    })
}

fn keys(known: Arc<[Setting]>) -> ArgValueCompleter {
    completer(move |word| {
        let fitting = known.iter().filter(|setting| setting.key.starts_with(word));
        fitting
            .map(|setting| explained(setting.key.clone(), Some(setting.meaning.clone())))
            .collect()
    })
}

fn values(known: Arc<[Setting]>) -> ArgValueCompleter {
    completer(move |word| {
        let words = words_to_complete();
        let mut settings =
            words.iter().filter_map(|word| known.iter().find(|setting| setting.key == *word));
        settings.next().map(|setting| values_of(setting, word)).unwrap_or_default()
    })
}

/// A closed choice is offered whole, of the rest what holds by default.
fn values_of(setting: &Setting, word: &str) -> Vec<CompletionCandidate> {
    let default = setting.default.as_deref();
    let values = match &setting.sort {
        Sort::Switch => vec!["true".to_owned(), "false".to_owned()],
        Sort::Choice(choices) => choices.clone(),
        Sort::Number | Sort::Text => default.iter().map(|it| (*it).to_owned()).collect(),
    };
    let explain = |value: &str| (Some(value) == default).then(|| "the default".to_owned());
    let fitting = values.into_iter().filter(|value| value.starts_with(word));
    fitting
        .map(|value| {
            let explanation = explain(&value);
            explained(value, explanation)
        })
        .collect()
}
