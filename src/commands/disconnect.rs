//! `tieline disconnect`: revoke at the provider, then always forget locally.

use super::{App, trace};
use crate::accounts::Accounts;
use crate::accounts::files::{Record, State};
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::flow::explain::{Doing, explain};
use crate::flow::token::revoke;
use crate::http::Client;
use crate::refresh::Surroundings;

/// Revoke an account's credential where the app can; forget it
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// `app` or `app/name`
    #[arg(required = true, add = crate::candidates::accounts())]
    pub accounts: Vec<String>,
    /// How long a request may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    pub timeout: u64,
}

/// What became of the credential at the provider.
enum Revocation {
    Done,
    NotSupported,
    Failed(Error),
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let accounts = app.accounts();
    app.finish_interrupted(&accounts).await;
    let http = app.http(arguments.timeout);
    let mut failures = Vec::new();
    for word in &arguments.accounts {
        if let Err(error) = disconnect(app, &accounts, &http, word).await {
            failures.push(error);
        }
    }
    trace::print(&app.terminal, &http);
    if arguments.accounts.len() == 1 {
        return failures.pop().map_or(Ok(()), Err);
    }
    failures.iter().for_each(|error| app.terminal.report(error));
    let kinds: Vec<Kind> = failures.iter().map(|error| error.kind).collect();
    Kind::worst(&kinds).map_or(Ok(()), |kind| Err(Error::silent(kind)))
}

async fn disconnect(app: &App, accounts: &Accounts<'_>, http: &Client, word: &str) -> Result<()> {
    let wanted = AccountId::parse(word)?;
    if accounts.is_damaged(&wanted) && !salvage(app, accounts, &wanted).await? {
        return Ok(());
    }
    if half_gone(accounts, &wanted).is_some() {
        return forget_the_rest(app, accounts, &wanted).await;
    }
    let (id, _) = app.pick(accounts, &wanted)?;
    let _lock = accounts.lock(&id).await?;
    // Another process may have disconnected it while we waited.
    accounts.pick(&app.context, &AccountId { name: id.name.clone(), ..id.clone() })?;
    let Some(mut record) = accounts.record(&id)? else { return Ok(()) };
    let opened = accounts.open(&id).await;
    accounts.mark_disconnecting(&id, &mut record)?;
    let revocation = match opened {
        Ok(opened) => revoke_it(app, accounts, http, opened).await,
        Err(error) => Revocation::Failed(error),
    };
    forget(accounts, &id, &record).await?;
    say(app, &id, &record, revocation);
    Ok(())
}

/// Forgets an account whose lock is held. Where the store says no, that is this command's error; the
/// commands after it are left alone with it for a while.
async fn forget(accounts: &Accounts<'_>, id: &AccountId, record: &Record) -> Result<()> {
    accounts.forget(id, record).await.inspect_err(|_| accounts.postpone(id))
}

/// What is left of an account whose file is damaged: `true` if it can be disconnected like any other.
async fn salvage(app: &App, accounts: &Accounts<'_>, id: &AccountId) -> Result<bool> {
    let _lock = accounts.lock(id).await?;
    app.terminal.warn(format!("the account file of `{id}` is damaged"));
    let whole = accounts.salvage(id).await?;
    if !whole {
        app.terminal.done(format!("Removed {id} (its credential could not be revoked)"));
    }
    Ok(whole)
}

/// An account that was being disconnected and whose secret the store did not give up.
fn half_gone(accounts: &Accounts<'_>, id: &AccountId) -> Option<Record> {
    let record = accounts.record(id).ok().flatten()?;
    (record.state == State::Disconnecting).then_some(record)
}

async fn forget_the_rest(app: &App, accounts: &Accounts<'_>, id: &AccountId) -> Result<()> {
    let _lock = accounts.lock(id).await?;
    // Another process may have done it while we waited.
    let Some(record) = half_gone(accounts, id) else { return Err(accounts.missing(id)) };
    forget(accounts, id, &record).await?;
    app.terminal.done(format!("Disconnected {id}"));
    Ok(())
}

async fn revoke_it(
    app: &App,
    accounts: &Accounts<'_>,
    http: &Client,
    opened: crate::accounts::Opened,
) -> Revocation {
    let definition = match app.definition_of(&opened) {
        Ok(definition) => definition,
        Err(error) => return Revocation::Failed(error),
    };
    let Some(auth) = definition.authorization(Some(&opened.account.authorization)) else {
        return Revocation::NotSupported;
    };
    let Some((oauth2, endpoint)) = auth.oauth2().and_then(|o| Some((o, o.revocation.as_ref()?)))
    else {
        return Revocation::NotSupported;
    };
    let around =
        Surroundings { accounts, context: &app.context, http, definition: &definition, auth };
    let mut session = match around.session(&opened, true).await {
        Ok(session) => session,
        Err(error) => return Revocation::Failed(error),
    };
    match revoke(&mut session, oauth2, endpoint).await {
        Ok(()) => Revocation::Done,
        Err(error) => Revocation::Failed(explain(error, &definition, &opened.id, Doing::Revoke)),
    }
}

fn say(app: &App, id: &AccountId, record: &Record, revocation: Revocation) {
    let terminal = &app.terminal;
    let told = match &revocation {
        Revocation::Done => "revoked at the provider".to_owned(),
        Revocation::NotSupported => "the provider has no revocation".to_owned(),
        Revocation::Failed(_) => "not revoked at the provider".to_owned(),
    };
    terminal.done(format!("Disconnected {id} ({told})"));
    if let Revocation::Failed(error) = revocation {
        terminal.warn(&error.message);
        error.causes.iter().for_each(|cause| terminal.say(format!("  caused by: {cause}")));
        let who = record.account.identity.as_deref().unwrap_or("this account");
        terminal.say(format!("  The credential of {who} is gone from this machine and may still work; end it at the provider."));
    }
}
