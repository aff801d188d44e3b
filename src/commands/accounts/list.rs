//! The accounts as a table, on a terminal with what is to be known beneath it, or as JSON.

use super::super::App;
use super::meant::Meant;
use super::{SCHEMA, attention};
use crate::account::Account;
use crate::accounts::Accounts;
use crate::accounts::files::{Record, State};
use crate::accounts::warnings::is_over;
use crate::context::now;
use crate::definition::names::AccountId;
use crate::error::Result;
use crate::terminal::{Style, duration, table};
use serde_json::{Value, json};

pub(crate) fn list(app: &App, json: bool) -> Result<()> {
    let accounts = app.accounts();
    let all = connected(&accounts);
    if json {
        let meant = Meant::here(app);
        let list: Vec<Value> =
            all.iter().map(|(id, record)| as_json(app, &meant, id, record)).collect();
        return app.terminal.print_json(&json!({ "schema": SCHEMA, "accounts": list }));
    }
    if all.is_empty() {
        app.terminal.say("No account is connected.");
        app.terminal.say(format!(
            "{} run `tieline apps` to find your app, or `tieline demo` to look around",
            app.terminal.paint(Style::Notice, "hint:")
        ));
        return Ok(());
    }
    print_rows(app, &all)
}

/// The table of all accounts.
pub(in crate::commands) fn print_table(app: &App) -> Result<()> {
    print_rows(app, &connected(&app.accounts()))
}

fn connected(accounts: &Accounts<'_>) -> Vec<(AccountId, Record)> {
    let all = accounts.files.list().into_iter();
    all.filter(|(_, record)| record.state == State::Connected).collect()
}

fn print_rows(app: &App, all: &[(AccountId, Record)]) -> Result<()> {
    let meant = Meant::here(app);
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|(id, record)| {
            let account = &record.account;
            let star = if meant.is(id) { " *" } else { "" };
            vec![
                format!("{id}{star}"),
                account.identity.clone().unwrap_or_default(),
                account.authorization.clone(),
                expires(account),
                record.store.clone(),
            ]
        })
        .collect();
    let header = ["ACCOUNT", "IDENTITY", "AUTH", "EXPIRES", "STORE"];
    let mut lines = table(&header, &rows, app.terminal.width()).into_iter();
    let head = lines.next().unwrap_or_default();
    let mut text = format!("{}\n", app.terminal.paint_output(Style::Strong, &head));
    lines.for_each(|line| text.extend([line.as_str(), "\n"]));
    app.terminal.print(&text)?;
    footer(app, &meant, all);
    Ok(())
}

fn footer(app: &App, meant: &Meant<'_>, all: &[(AccountId, Record)]) {
    if !app.terminal.terminals.output {
        return;
    }
    let mut ids = all.iter().map(|(id, _)| id);
    if let Some(path) = meant.file_for(ids.clone()) {
        app.terminal.say(format!("\n* used here where no account is named: `{path}` is followed."));
    } else if ids.any(|id| meant.is(id)) {
        app.terminal.say("\n* used where no account is named.");
    }
    attention::print(app, all);
}

pub(super) fn expires(account: &Account) -> String {
    match account.expires_at {
        None if account.client_id.is_none() && !account.renewable => "never".to_owned(),
        None => "not stated".to_owned(),
        Some(_) if is_over(account, now()) => "connect again".to_owned(),
        Some(at) if at <= now() => "renews".to_owned(),
        Some(at) => format!("in {}", duration(at - now())),
    }
}

pub(super) fn as_json(app: &App, meant: &Meant<'_>, id: &AccountId, record: &Record) -> Value {
    let account = &record.account;
    json!({
        "account": id.to_string(),
        "app": account.app,
        "name": account.name,
        "identity": account.identity,
        "verified": account.verified,
        "authorization": account.authorization,
        "client_id": account.client_id,
        "scopes": account.scopes,
        "missing_scopes": account.missing_scopes(),
        "expires_at": account.expires_at,
        "renewable": account.renewable,
        "connect_again": is_over(account, now()),
        "warnings": attention::as_json(&attention::warnings(app, id, record), id),
        "default": meant.is_default(id),
        "directory": meant.as_json(&id.app),
        "store": record.store,
        "fields": account.fields,
        "extras": account.extras,
        "hosts": account.hosts,
        "connected_at": account.connected_at,
        "renewed_at": account.renewed_at,
    })
}
