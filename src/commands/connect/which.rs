//! Which account is connected, and by which of the app's ways in.

use super::Arguments;
use super::address::is_address;
use crate::accounts::Accounts;
use crate::catalog::Catalog;
use crate::commands::{App, authorization};
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition};
use crate::error::{Error, Kind, Result};

/// Which account is connected: named, the only one, the default, or a new one.
pub(super) fn which(
    app: &App,
    accounts: &Accounts<'_>,
    definition: &Definition,
    arguments: &Arguments,
) -> Result<AccountId> {
    let in_word = match Catalog::is_path(arguments.word()) || is_address(arguments.word()) {
        true => None,
        false => arguments.word().split_once('/').map(|(_, name)| name),
    };
    let name = arguments.account.as_deref().or(in_word);
    let id = AccountId::new(definition.app.clone(), name)?;
    let existing: Vec<AccountId> = accounts
        .files
        .list()
        .into_iter()
        .map(|(id, _)| id)
        .filter(|known| known.app == id.app)
        .collect();
    if name.is_none() && arguments.add && !existing.is_empty() {
        return Err(Error::new(Kind::Usage, "a second account needs a name")
            .hint(format!("run `tieline connect {} --account NAME --add`", id.app)));
    }
    if existing.contains(&id) || existing.is_empty() {
        return Ok(id);
    }
    if name.is_none() {
        return accounts.pick(&app.context, &id).map(|(id, _)| id);
    }
    if arguments.add || definition.many_accounts || existing.len() > 1 {
        return Ok(id);
    }
    let other = &existing[0];
    if app.terminal.can_ask() {
        let question = format!("`{other}` is connected. Keep both?");
        if app.terminal.confirm(&question)? {
            return Ok(id);
        }
        return Err(Error::new(Kind::Refused, format!("`{id}` was not connected")));
    }
    Err(Error::new(Kind::Usage, format!("`{}` is connected as `{other}` already", id.app)).hint(
        format!(
            "to keep both, run `tieline connect {} --account {} --add`",
            id.app,
            name.unwrap_or_default()
        ),
    ))
}

/// The way in: the one that was named, the one that a reconnected account has, or the default.
pub(super) fn authorization_for<'d>(
    accounts: &Accounts<'_>,
    definition: &'d Definition,
    id: &AccountId,
    name: Option<&str>,
) -> Result<&'d Authorization> {
    let before = accounts.replaced(id)?.map(|record| record.account.authorization);
    let kept = before.filter(|name| definition.authorization(Some(name)).is_some());
    authorization(definition, name.or(kept.as_deref()))
}
