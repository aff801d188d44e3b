//! `tieline accounts`: what is connected. It reads no secret.

mod attention;
mod show;

use super::{App, authorization_of, trace};
use crate::account::Account;
use crate::accounts::Accounts;
use crate::accounts::files::{Defaults, Record, State};
use crate::accounts::warnings::is_over;
use crate::context::now;
use crate::definition::names::AccountId;
use crate::error::{Error, Result};
use crate::flow::Chooser;
use crate::flow::explain::{Doing, explain};
use crate::flow::identity::{identify, look_up};
use crate::refresh::Surroundings;
use crate::terminal::{Style, duration, table};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The version of `--json`.
const SCHEMA: u32 = 1;

/// List accounts; show, rename, refresh one, make it the default
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What can be done with accounts.
#[derive(clap::Subcommand, Debug)]
#[command(defer = true)]
pub enum Command {
    /// Show one account: authorization, scopes, expiry, store, hosts
    Show {
        /// `app` or `app/name`
        #[arg(add = crate::candidates::accounts())]
        account: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Ask the provider what it knows of the access token, too
        #[arg(long)]
        live: bool,
    },
    /// Give an account another name
    Rename {
        /// `app` or `app/name`
        #[arg(add = crate::candidates::accounts())]
        account: String,
        /// The new name
        name: String,
    },
    /// Make an account the one that is used where only the app is named
    Default {
        /// `app/name`
        #[arg(add = crate::candidates::accounts())]
        account: String,
    },
    /// Renew the credential and look everything up again
    Refresh {
        /// `app` or `app/name`
        #[arg(add = crate::candidates::accounts())]
        account: String,
    },
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    match &arguments.command {
        None => list(app, arguments.json),
        Some(Command::Show { account, json, live }) => show::show(app, account, *json, *live).await,
        Some(Command::Rename { account, name }) => rename(app, account, name).await,
        Some(Command::Default { account }) => set_default(app, account),
        Some(Command::Refresh { account }) => refresh(app, account).await,
    }
}

fn connected(accounts: &Accounts<'_>) -> Vec<(AccountId, Record)> {
    let all = accounts.files.list().into_iter();
    all.filter(|(_, record)| record.state == State::Connected).collect()
}

pub(crate) fn list(app: &App, json: bool) -> Result<()> {
    let accounts = app.accounts();
    let all = connected(&accounts);
    if json {
        let defaults = accounts.files.defaults();
        let list: Vec<Value> =
            all.iter().map(|(id, record)| as_json(app, &defaults, id, record)).collect();
        return app.terminal.print(&pretty(&json!({ "schema": SCHEMA, "accounts": list })));
    }
    if all.is_empty() {
        app.terminal.say("No account is connected.");
        app.terminal.say(format!(
            "{} run `tieline apps` to find your app, or `tieline demo` to look around",
            app.terminal.paint(Style::Notice, "hint:")
        ));
        return Ok(());
    }
    print_rows(app, &accounts, &all)
}

/// The table of all accounts.
pub(super) fn print_table(app: &App) -> Result<()> {
    let accounts = app.accounts();
    let all = connected(&accounts);
    print_rows(app, &accounts, &all)
}

fn print_rows(app: &App, accounts: &Accounts<'_>, all: &[(AccountId, Record)]) -> Result<()> {
    let defaults = accounts.files.defaults();
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|(id, record)| {
            let account = &record.account;
            let star = if defaults.is(id) { " *" } else { "" };
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
    footer(app, &defaults, all);
    Ok(())
}

fn footer(app: &App, defaults: &Defaults, all: &[(AccountId, Record)]) {
    if !app.terminal.terminals.output {
        return;
    }
    if all.iter().any(|(id, _)| defaults.is(id)) {
        app.terminal.say("\n* used where no account is named.");
    }
    attention::print(app, all);
}

fn expires(account: &Account) -> String {
    match account.expires_at {
        None if account.client_id.is_none() && !account.renewable => "never".to_owned(),
        None => "not stated".to_owned(),
        Some(_) if is_over(account, now()) => "connect again".to_owned(),
        Some(at) if at <= now() => "renews".to_owned(),
        Some(at) => format!("in {}", duration(at - now())),
    }
}

fn as_json(app: &App, defaults: &Defaults, id: &AccountId, record: &Record) -> Value {
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
        "default": defaults.is(id),
        "store": record.store,
        "fields": account.fields,
        "extras": account.extras,
        "hosts": account.hosts,
        "connected_at": account.connected_at,
        "renewed_at": account.renewed_at,
    })
}

pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

async fn rename(app: &App, word: &str, name: &str) -> Result<()> {
    let accounts = app.accounts();
    app.finish_interrupted(&accounts).await;
    let (from, _) = accounts.pick(&app.context, &AccountId::parse(word)?)?;
    let name = name.strip_prefix(&format!("{}/", from.app)).unwrap_or(name);
    let to = AccountId::new(from.app.clone(), Some(name))?;
    // In one order, so that two renames never wait for each other.
    let (first, second) = if from <= to { (&from, &to) } else { (&to, &from) };
    let _lock = accounts.lock(first).await?;
    let _other = if to == from { None } else { Some(accounts.lock(second).await?) };
    accounts.rename(&from, &to).await?;
    app.terminal.say(format!(
        "{} Renamed {from} to {to}",
        app.terminal.paint(Style::Good, app.terminal.tick())
    ));
    Ok(())
}

fn set_default(app: &App, word: &str) -> Result<()> {
    let accounts = app.accounts();
    let id = AccountId::parse(word)?;
    if accounts.record(&id)?.is_none() {
        return Err(accounts.missing(&id));
    }
    let saved = accounts.files.set_default(&id.app, Some(&id));
    saved.map_err(|error| Error::unwritable("the defaults cannot be written", &error))?;
    app.terminal.say(format!(
        "{} `{}` means {id} from now on",
        app.terminal.paint(Style::Good, app.terminal.tick()),
        id.app
    ));
    Ok(())
}

/// Renews the credential, and asks again who it is and what the lookups give.
async fn refresh(app: &App, word: &str) -> Result<()> {
    let accounts = app.accounts();
    let (definition, opened, _) = app.open(&accounts, &AccountId::parse(word)?).await?;
    let auth = authorization_of(&definition, &opened)?;
    let http = app.http(30);
    let around = Surroundings {
        accounts: &accounts,
        context: &app.context,
        http: &http,
        definition: &definition,
        auth,
    };
    let result = refresh_now(app, around, opened).await;
    trace::print(&app.terminal, &http);
    let id = result?;
    app.terminal
        .say(format!("{} Refreshed {id}", app.terminal.paint(Style::Good, app.terminal.tick())));
    Ok(())
}

async fn refresh_now(
    app: &App,
    around: Surroundings<'_>,
    opened: crate::accounts::Opened,
) -> Result<AccountId> {
    // Whatever is known of its lifetime: this is what was asked for.
    let force = opened.account.renewable;
    let (opened, _) = around.fresh(opened, force).await?;
    let id = opened.id.clone();
    let _lock = around.accounts.lock(&id).await?;
    let mut opened = around.accounts.open(&id).await?;
    let mut session = around.session(&opened, false).await?;
    let kept = opened.account.extras.clone();
    let none = BTreeMap::new();
    let chooser = Chooser { terminal: &app.terminal, given: &none, kept: &kept };
    let test = |error| explain(error, around.definition, &id, Doing::Test);
    look_up(&mut session, &chooser).await.map_err(test)?;
    let identity = identify(&mut session, &chooser).await.map_err(test)?;
    let (extras, credential) = (session.extras, session.credential);
    opened.account.extras = extras;
    // Where there is nobody to ask, what fields or an ID token told goes on to hold.
    if identity.verified {
        opened.account.identity = identity.name;
        opened.account.verified = true;
    }
    opened.credential = credential;
    around.accounts.renew(&mut opened).await?;
    Ok(id)
}
