//! `tieline connect`: obtain a credential and keep it.

mod address;
mod client;
mod grant;
mod listening;
mod menu;
mod outcome;
mod pending;
mod prepare;

pub(super) use address::describe;
pub use listening::ListeningOptions;
pub use prepare::Options;
pub(super) use prepare::{Ground, definition, prepare};

use super::{App, authorization, trace};
use crate::account::{Account, VERSION};
use crate::accounts::{Accounts, StoreChoice, revision, store_error};
use crate::candidates;
use crate::catalog::Catalog;
use crate::context::now;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, Way};
use crate::error::{Error, Kind, Result};
use crate::flow::obtain::Obtained;
use crate::flow::token::is_renewable;
use crate::http::Client;
use crate::redirect::Waiting;
use crate::store::Doing;
use crate::terminal::Style;
use address::{app_of, is_address};
use outcome::{page, say_connected};
use prepare::Prepared;
use std::cell::OnceCell;

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

/// Which account is connected: named, the only one, the default, or a new one.
fn which(
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
fn authorization_for<'d>(
    accounts: &Accounts<'_>,
    definition: &'d Definition,
    id: &AccountId,
    name: Option<&str>,
) -> Result<&'d Authorization> {
    let before = accounts.replaced(id)?.map(|record| record.account.authorization);
    let kept = before.filter(|name| definition.authorization(Some(name)).is_some());
    authorization(definition, name.or(kept.as_deref()))
}

async fn connect(arguments: &Arguments, ground: Ground<'_>) -> Result<()> {
    let Ground { app, definition, id, .. } = ground;
    // Better now than after the person has agreed.
    let writable = app.stores.get(app.stores.choice)?.check_writable().await;
    writable.map_err(|error| store_error(&error, &id.to_string(), Doing::Store))?;
    let (waiting, result) = attempt(arguments, ground).await;
    let page = page(definition, id, &result);
    if let Some(waiting) = waiting {
        waiting.finish(page).await;
    }
    let account = result?;
    say_connected(app, definition, id, &account);
    Ok(())
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

/// Keeps what was obtained, under the account's lock, unless somebody else signed in.
async fn keep(
    arguments: &Arguments,
    ground: Ground<'_>,
    prepared: &Prepared<'_>,
    obtained: Obtained,
    path: Option<String>,
) -> Result<Account> {
    let Ground { app, accounts, definition, id, .. } = ground;
    let _lock = accounts.lock(id).await?;
    let before = accounts.replaced(id)?.map(|record| record.account);
    let identity = obtained.identity.name.clone();
    if let Some(before) = &before
        && !arguments.replace
        && before.verified
        && obtained.identity.verified
        && before.identity != identity
    {
        return Err(somebody_else(id, before, identity.as_deref().unwrap_or_default()));
    }
    let mut account = account(prepared, obtained)?;
    account.definition = path;
    let client = prepared.session.client.as_ref().filter(|_| prepared.new_client);
    let client = client.map(|client| (definition, client));
    let credential = &prepared.session.credential;
    accounts.keep(id, &account, credential, app.stores.choice, client).await?;
    Ok(account)
}

/// Where a definition that was given by path lies, from everywhere.
fn definition_path(word: &str) -> Result<Option<String>> {
    if !Catalog::is_path(word) || is_address(word) {
        return Ok(None);
    }
    let path = std::fs::canonicalize(word)
        .map_err(|error| Error::io(format!("`{word}` cannot be found"), &error))?;
    Ok(Some(path.display().to_string()))
}

fn somebody_else(id: &AccountId, before: &Account, now: &str) -> Error {
    let was = before.identity.as_deref().unwrap_or_default();
    Error::new(Kind::Usage, format!("`{id}` is connected as `{was}`, and this is `{now}`"))
        .because("the account that signed in is another one")
        .hint(format!("to keep both, run `tieline connect {} --account NAME --add`", id.app))
        .hint(format!("to change over, run `tieline connect {id} --replace`"))
}

fn account(prepared: &Prepared<'_>, obtained: Obtained) -> Result<Account> {
    let session = &prepared.session;
    let token = obtained.token.as_ref();
    let has_refresh_token = session.credential.refresh_token.is_some();
    let renewable = match &session.auth.way {
        Way::Fields => false,
        Way::Login(_) => true,
        Way::OAuth1(oauth1) => oauth1.refresh.is_some(),
        Way::OAuth2(oauth2) => is_renewable(oauth2, has_refresh_token),
    };
    let granted = token.and_then(|token| token.scopes.clone());
    let requested =
        if session.auth.oauth2().is_some() { prepared.scopes.clone() } else { Vec::new() };
    Ok(Account {
        version: VERSION,
        revision: revision()?,
        app: prepared.id.app.to_string(),
        name: prepared.id.name.clone(),
        definition: None,
        authorization: session.auth.name.clone(),
        identity: obtained.identity.name,
        verified: obtained.identity.verified,
        fields: session.fields.clone(),
        extras: session.extras.clone(),
        scopes: granted.unwrap_or_else(|| requested.clone()),
        requested_scopes: requested,
        expires_at: token.and_then(|token| token.expires_at),
        renewable,
        server_metadata: session.auth.oauth2().and_then(|oauth2| oauth2.metadata.clone()),
        client_id: session.client.as_ref().map(|client| client.id.clone()),
        redirect_uri: session.grant.redirect_uri.clone(),
        hosts: session.hosts.patterns().to_vec(),
        insecure_hosts: session.hosts.insecure().to_vec(),
        connected_at: now(),
        renewed_at: now(),
    })
}
