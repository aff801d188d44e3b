//! What is tested: which accounts and definitions the words of the command line stand for.

use super::Arguments;
use crate::accounts::files::State;
use crate::accounts::{Accounts, StoreChoice, environment};
use crate::catalog::Catalog;
use crate::commands::App;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::report::recording::{Recorded, Recording};

/// One thing to test.
pub(super) enum Target {
    /// A kept account, or one in the environment, and how it is written.
    Kept(AccountId, String),
    /// An account whose test was recorded, and how it is written.
    Recorded(Box<Recorded>, String),
    /// A whole authorization of an app, or of a definition's path.
    Fresh(String),
    /// A word that stands for nothing, and why. It keeps no other from being tested.
    Wrong(String, Error),
}

impl Target {
    /// How it is written.
    pub(super) fn word(&self) -> &str {
        match self {
            Self::Kept(_, word) | Self::Recorded(_, word) => word,
            Self::Fresh(word) | Self::Wrong(word, _) => word,
        }
    }

    /// Whether it is a whole authorization.
    pub(super) fn is_fresh(&self) -> bool {
        matches!(self, Self::Fresh(_))
    }

    fn kept(id: AccountId) -> Self {
        let word = id.to_string();
        Self::Kept(id, word)
    }
}

/// Everything to test, each once: accounts as they were named, then whole authorizations.
///
/// # Errors
/// There is nothing to test.
pub(super) fn targets(
    arguments: &Arguments,
    app: &App,
    accounts: &Accounts<'_>,
) -> Result<Vec<Target>> {
    let mut targets: Vec<Target> = Vec::new();
    let found = match arguments.all {
        true => all(&arguments.targets, app, accounts),
        false => {
            arguments.targets.iter().map(|word| named(arguments, app, accounts, word)).collect()
        }
    };
    for target in found {
        if !targets.iter().any(|known| known.word() == target.word()) {
            targets.push(target);
        }
    }
    if targets.is_empty() {
        return Err(nothing(arguments, app));
    }
    targets.sort_by_key(Target::is_fresh);
    Ok(targets)
}

/// The accounts of a recording.
pub(super) fn recorded(recording: Recording) -> Vec<Target> {
    let target = |test: Recorded| {
        let id = test.account.id();
        let word = id.map_or_else(|_| test.account.app.clone(), |id| id.to_string());
        Target::Recorded(test.into(), word)
    };
    recording.tests.into_iter().map(target).collect()
}

/// What one word stands for. An app is the account that `call` would use: what passes here works
/// there.
fn named(arguments: &Arguments, app: &App, accounts: &Accounts<'_>, word: &str) -> Target {
    if arguments.fresh || Catalog::is_path(word) {
        return Target::Fresh(word.to_owned());
    }
    let id = AccountId::parse(word).map_err(Error::from);
    let id = match app.stores.choice {
        StoreChoice::Env => id,
        _ => id.and_then(|id| app.pick(accounts, &id)).map(|(id, _)| id),
    };
    id.map_or_else(|error| Target::Wrong(word.to_owned(), error), Target::kept)
}

/// Every account there is; with words, every one of these apps.
fn all(words: &[String], app: &App, accounts: &Accounts<'_>) -> Vec<Target> {
    let ids = match app.stores.choice {
        StoreChoice::Env => environment::accounts(&app.context, &app.catalog),
        _ => kept(accounts),
    };
    if words.is_empty() {
        return ids.into_iter().map(Target::kept).collect();
    }
    words.iter().flat_map(|word| of_word(word, &ids, accounts)).collect()
}

fn of_word(word: &str, ids: &[AccountId], accounts: &Accounts<'_>) -> Vec<Target> {
    let wanted = match AccountId::parse(word) {
        Ok(wanted) => wanted,
        Err(error) => return vec![Target::Wrong(word.to_owned(), error.into())],
    };
    let is_meant = |id: &&AccountId| match wanted.name {
        Some(_) => **id == wanted,
        None => id.app == wanted.app,
    };
    let found: Vec<Target> = ids.iter().filter(is_meant).cloned().map(Target::kept).collect();
    match found.is_empty() {
        true => vec![Target::Wrong(word.to_owned(), accounts.missing(&wanted))],
        false => found,
    }
}

/// Every kept account, those with a damaged file too: they do not work.
fn kept(accounts: &Accounts<'_>) -> Vec<AccountId> {
    let good = accounts.files.list().into_iter();
    let good = good.filter(|(_, record)| record.state != State::Disconnecting).map(|(id, _)| id);
    let mut ids: Vec<AccountId> = good.chain(accounts.files.damaged()).collect();
    ids.sort();
    ids
}

fn nothing(arguments: &Arguments, app: &App) -> Error {
    let message = match (arguments.all, app.stores.choice) {
        (false, _) => "it does not say what to test",
        (true, StoreChoice::Env) => "no account is in the environment, so there is nothing to test",
        (true, _) => "no account is connected, so there is nothing to test",
    };
    let error = Error::new(Kind::Usage, message);
    match (arguments.all, app.stores.choice) {
        (true, StoreChoice::Env) => {
            error.hint("set a credential, such as TIELINE_GITHUB_ACCESS_TOKEN")
        }
        _ => error.hint("name an app, `app/name` or a definition's path, or `--all`"),
    }
}
