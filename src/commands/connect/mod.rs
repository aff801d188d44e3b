//! `tieline connect`: obtain a credential and keep it.

mod address;
mod client;
mod grant;
mod keep;
mod listening;
mod menu;
mod options;
mod outcome;
mod pending;
mod prepare;
mod prepared;
mod session;
mod which;

pub(super) use address::describe;
pub use listening::ListeningOptions;
pub use options::Options;
pub(super) use prepare::{Ground, definition, prepare};

use super::{App, trace};
use crate::account::Account;
use crate::accounts::{Accounts, StoreChoice, store_error};
use crate::candidates;
use crate::error::{Kind, Result};
use crate::http::Client;
use crate::redirect::Waiting;
use crate::store::Doing;
use crate::terminal::Style;
use address::{app_of, is_address};
use keep::{definition_path, keep};
use outcome::{page, say_connected};
use std::cell::OnceCell;
use which::{authorization_for, which};

/// How often a refused key is asked for.
const TRIES: usize = 3;

/// Connect an app: obtain a credential and keep it in the keyring
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline connect github\n  \
    tieline connect github --account bot --add --auth token\n  \
    tieline connect https://mcp.example.com/mcp\n  \
    printf %s \"$KEY\" | tieline connect freshdesk --field subdomain=acme --field api_key=-\n  \
    tieline connect github --start\n  \
    tieline connect github --finish -")]
pub struct Arguments {
    /// The app, `app/name`, a definition's path, or the address of an issuer or API; without it, a menu
    #[arg(add = candidates::apps_accounts_or_files())]
    pub app: Option<String>,
    /// What a whole authorization takes.
    #[command(flatten)]
    pub options: Options,
    /// The account's name
    #[arg(long, value_name = "NAME", add = candidates::account_names())]
    pub account: Option<String>,
    /// Allow a second account of this app
    #[arg(long)]
    pub add: bool,
    /// Replace the account even if somebody else signs in
    #[arg(long)]
    pub replace: bool,
    /// Print the authorization URL and end; `--finish` completes it within an hour
    #[arg(long, conflicts_with_all = ["finish", "listen", "tls_certificate", "replace", "device"])]
    pub start: bool,
    /// Complete what `--start` began, with the address that the browser ended on; `-` reads it from
    /// standard input, where no other process sees the code in it
    #[arg(long, value_name = "URL|-", conflicts_with_all = ["scopes", "auth", "listen", "tls_certificate", "ask"])]
    pub finish: Option<String>,
}

impl Arguments {
    /// What is to be connected.
    fn word(&self) -> &str {
        self.app.as_deref().unwrap_or_default()
    }
}

pub(crate) async fn run(mut arguments: Arguments, app: &App) -> Result<()> {
    if app.stores.choice == StoreChoice::Env {
        return app.stores.get(StoreChoice::Env).map(|_| ());
    }
    if arguments.app.is_none() {
        arguments.app = Some(menu::pick_app(app)?);
    }
    let arguments = &arguments;
    let accounts = app.accounts();
    app.finish_interrupted(&accounts).await;
    if let Some(address) = &arguments.finish {
        return pending::finish(arguments, app, &accounts, address).await;
    }
    let http = app.http(arguments.options.request_seconds());
    let result = connect_word(arguments, app, &accounts, &http).await;
    trace::print(&app.terminal, &http);
    result
}

async fn connect_word(
    arguments: &Arguments,
    app: &App,
    accounts: &Accounts<'_>,
    http: &Client,
) -> Result<()> {
    let word = match is_address(arguments.word()) {
        true => app_of(app, http, arguments.word()).await?,
        false => arguments.word().to_owned(),
    };
    let definition = definition(app, &word)?;
    let id = which(app, accounts, &definition, arguments)?;
    if accounts.is_damaged(&id) {
        app.terminal.warn(format!("the account file of `{id}` is damaged; it will be replaced"));
    }
    let auth = authorization_for(accounts, &definition, &id, arguments.options.auth.as_deref())?;
    let ground = Ground {
        app,
        accounts,
        definition: &definition,
        auth,
        id: &id,
        http,
        again: false,
        keeps: true,
        completed: &OnceCell::new(),
    };
    match arguments.start {
        true => pending::start(arguments, ground).await,
        false => connect(arguments, ground).await,
    }
}

async fn connect(arguments: &Arguments, ground: Ground<'_>) -> Result<()> {
    let Ground { app, definition, id, .. } = ground;
    check_store(ground).await?;
    let (waiting, result) = attempt(arguments, ground).await;
    let page = page(definition, id, &result);
    if let Some(waiting) = waiting {
        waiting.finish(page).await;
    }
    let account = result?;
    say_connected(app, definition, id, &account);
    Ok(())
}

/// That the credential could be kept: better now than after the person has agreed.
async fn check_store(ground: Ground<'_>) -> Result<()> {
    let Ground { app, id, .. } = ground;
    let writable = app.stores.get(app.stores.choice)?.check_writable().await;
    writable.map_err(|error| store_error(&error, &id.to_string(), Doing::Store))
}

/// One attempt; for keys that were typed, a refused one is asked for again.
async fn attempt(arguments: &Arguments, ground: Ground<'_>) -> (Option<Waiting>, Result<Account>) {
    let mut ground = ground;
    let mut tries = 0;
    loop {
        tries += 1;
        let mut prepared = match prepare(&arguments.options, ground, None).await {
            Ok(prepared) => prepared,
            Err(error) => return (None, Err(error)),
        };
        let (waiting, result) = prepared.run(ground.app).await;
        match result {
            Ok(obtained) => {
                let kept = match definition_path(arguments.word()) {
                    Ok(path) => keep(arguments, ground, &prepared, obtained, path).await,
                    Err(error) => Err(error),
                };
                return (waiting, kept);
            }
            Err(error)
                if prepared.typed_a_key() && tries < TRIES && error.kind == Kind::Refused =>
            {
                let cause = error.causes.first().cloned().unwrap_or_default();
                let terminal = &ground.app.terminal;
                let cross = terminal.paint(Style::Bad, terminal.cross());
                let left = match TRIES - tries {
                    1 => "one try left".to_owned(),
                    left => format!("{left} tries left"),
                };
                terminal.say(format!("  {cross} {cause}. Nothing was stored; {left}."));
                ground.again = true;
            }
            Err(error) => return (waiting, Err(error)),
        }
    }
}
