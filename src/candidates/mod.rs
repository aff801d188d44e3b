//! What a shell can complete beside flags: apps from the catalogue's table, accounts from the names of
//! their files, and what the definition of the app on the line says of fields, scopes and variables. Nothing
//! here opens the keyring or the network, and nothing reads a thousand files to offer a thousand
//! words.

mod definition;
mod typed;

pub use definition::{authorizations, environment, fields, scopes};

use crate::catalog::Catalog;
use crate::sandbox::Misbehaviour;
use clap_complete::engine::{
    ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};
use std::ffi::OsStr;
use typed::Typed;

/// So many candidates are explained: each costs a file that is read, and in a longer list nobody reads
/// explanations.
const EXPLAINED: usize = 100;

/// The methods that APIs know.
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// Every app, with its title.
#[must_use]
pub fn apps() -> ArgValueCompleter {
    completer(|word| Typed::read().map(|typed| apps_of(&typed, word)).unwrap_or_default())
}

/// Every connected account, with who it is.
#[must_use]
pub fn accounts() -> ArgValueCompleter {
    completer(|word| Typed::read().map(|typed| accounts_of(&typed, word)).unwrap_or_default())
}

/// What `connect` takes: an app, an account to connect again, a definition's file.
#[must_use]
pub fn apps_accounts_or_files() -> ArgValueCompleter {
    completer(|word| {
        let Some(typed) = Typed::read().filter(|_| !Catalog::is_path(word)) else {
            return definition_files(word);
        };
        let mut candidates = apps_of(&typed, word);
        // Those without a name of their own are the app itself.
        let named = accounts_of(&typed, word).into_iter();
        candidates.extend(named.filter(|it| it.get_value().to_string_lossy().contains('/')));
        candidates
    })
}

/// What `test` takes: an account, or a definition's file.
#[must_use]
pub fn accounts_or_files() -> ArgValueCompleter {
    completer(|word| match Typed::read().filter(|_| !Catalog::is_path(word)) {
        Some(typed) => accounts_of(&typed, word),
        None => definition_files(word),
    })
}

/// What `lint` takes: an app, or a file or folder of definitions.
#[must_use]
pub fn apps_or_files() -> ArgValueCompleter {
    completer(|word| {
        let mut candidates = definition_files(word);
        if let Some(typed) = Typed::read().filter(|_| !Catalog::is_path(word)) {
            candidates.extend(apps_of(&typed, word));
        }
        candidates
    })
}

/// The names of the accounts of the app on the line, for `--account`.
#[must_use]
pub fn account_names() -> ArgValueCompleter {
    completer(|word| {
        let Some(typed) = Typed::read() else { return Vec::new() };
        let Some(app) = typed.app() else { return Vec::new() };
        let accounts = typed.files().beginning(&format!("{app}/{word}"));
        accounts.into_iter().filter_map(|id| id.name).map(CompletionCandidate::new).collect()
    })
}

/// What an option takes that reads `@FILE`, or standard input with `-`.
#[must_use]
pub fn file_or_input() -> ArgValueCompleter {
    completer(from_file_or_input)
}

/// The ways in which the practice provider can misbehave.
#[must_use]
pub fn misbehaviours() -> ArgValueCompleter {
    completer(|word| {
        let fitting = Misbehaviour::ALL.iter().filter(|way| way.name().starts_with(word));
        fitting
            .map(|way| explained(way.name().to_owned(), Some(way.explain().to_owned())))
            .collect()
    })
}

/// The method of a request, where one can stand.
#[must_use]
pub fn methods() -> ArgValueCompleter {
    ArgValueCompleter::new(Methods)
}

struct Methods;

impl ValueCompleter for Methods {
    fn complete(&self, word: &OsStr) -> Vec<CompletionCandidate> {
        let word = word.to_string_lossy().to_uppercase();
        let methods = METHODS.iter().filter(|method| method.starts_with(&word));
        methods.map(CompletionCandidate::new).collect()
    }

    fn complete_at(&self, at: usize, word: &OsStr) -> Vec<CompletionCandidate> {
        // Behind the method stands the path, which only the API knows.
        if at == 0 { self.complete(word) } else { Vec::new() }
    }
}

/// What a function makes of the word so far.
pub(crate) fn completer(
    candidates: impl Fn(&str) -> Vec<CompletionCandidate> + Send + Sync + 'static,
) -> ArgValueCompleter {
    ArgValueCompleter::new(move |word: &OsStr| word.to_str().map(&candidates).unwrap_or_default())
}

fn apps_of(typed: &Typed, word: &str) -> Vec<CompletionCandidate> {
    let apps = typed.catalog().beginning(word, EXPLAINED).into_iter();
    apps.map(|(name, title)| explained(name, title)).collect()
}

fn accounts_of(typed: &Typed, word: &str) -> Vec<CompletionCandidate> {
    let files = typed.files();
    let accounts = files.beginning(word);
    let explains = accounts.len() <= EXPLAINED;
    let who = |id| files.load(id).ok().flatten().and_then(|record| record.account.identity);
    accounts
        .iter()
        .map(|id| explained(id.to_string(), explains.then(|| who(id)).flatten()))
        .collect()
}

/// A candidate with its explanation. What a provider said of somebody goes to a shell's screen.
pub(crate) fn explained(value: String, explanation: Option<String>) -> CompletionCandidate {
    let help =
        explanation.map(|text| crate::text::short(&text, 60)).filter(|text| !text.is_empty());
    CompletionCandidate::new(value).help(help.map(Into::into))
}

/// `@` and a file, or `-`.
fn from_file_or_input(word: &str) -> Vec<CompletionCandidate> {
    match word.strip_prefix('@') {
        Some(path) => files_behind("@", path),
        None if word.is_empty() => vec![
            explained("@".to_owned(), Some("from a file".to_owned())),
            explained("-".to_owned(), Some("from standard input".to_owned())),
        ],
        None => Vec::new(),
    }
}

/// Files behind what stands before their path in the same word.
pub(crate) fn files_behind(before: &str, path: &str) -> Vec<CompletionCandidate> {
    let files = PathCompleter::file().complete(OsStr::new(path)).into_iter();
    files.map(|file| file.add_prefix(before)).collect()
}

fn definition_files(word: &str) -> Vec<CompletionCandidate> {
    let is_definition = |path: &std::path::Path| {
        path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
    };
    PathCompleter::any().filter(is_definition).complete(OsStr::new(word))
}
