//! `tieline connect`: obtain a credential and keep it.

use super::{App, authorization, trace};
use crate::account::{Account, VERSION};
use crate::accounts::{Accounts, HostsChanged, StoreChoice, revision};
use crate::catalog::Catalog;
use crate::context::now;
use crate::credential::{Client as OAuthClient, Credential};
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, Way};
use crate::error::{Error, Kind, Result};
use crate::flow::authorization_code::Asking;
use crate::flow::fields::{Collected, Sources, parse_given};
use crate::flow::obtain::{Obtained, obtain};
use crate::flow::token::is_renewable;
use crate::flow::{Chooser, Grant, Session};
use crate::http::Client;
use crate::redirect::{Outcome, Page, Row, Waiting};
use crate::template::{Moment, Scope};
use crate::terminal::{Style, duration};
use std::collections::BTreeMap;
use std::time::Duration;

/// How often a refused key is asked for.
const TRIES: usize = 3;

/// Connect an app: obtain a credential and keep it in the keyring
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline connect github\n  \
    tieline connect github --account bot --add --auth token\n  \
    printf %s \"$KEY\" | tieline connect freshdesk --field subdomain=acme --field api_key=-")]
pub struct Arguments {
    /// The app, `app/name`, or a definition's path
    #[arg(add = super::completions::apps())]
    pub app: String,
    #[command(flatten)]
    pub options: Options,
    /// The account's name
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Allow a second account of this app
    #[arg(long)]
    pub add: bool,
    /// Replace the account even if somebody else signs in
    #[arg(long)]
    pub replace: bool,
}

/// What a whole authorization takes, for `test --fresh` and `client set --test` too.
#[derive(clap::Args, Debug, Default)]
pub struct Options {
    /// Which of the app's ways in [default: the first]
    #[arg(long, value_name = "NAME")]
    pub auth: Option<String>,
    /// A field's value; `=@FILE` reads a file, `=-` standard input
    #[arg(long = "field", short = 'f', value_name = "NAME=VALUE")]
    pub fields: Vec<String>,
    /// A scope to ask for in place of the default ones
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// Print the address and open no browser
    #[arg(long)]
    pub no_browser: bool,
    /// How long to wait for the browser [default: 300] and for each request [default: 30], in seconds
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// Ask for every field, those with a default too
    #[arg(long)]
    pub ask: bool,
}

impl Options {
    /// How long a request may take, in seconds.
    pub(super) fn request_seconds(&self) -> u64 {
        self.timeout.unwrap_or(30).max(1)
    }
}

pub(super) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    if app.stores.choice == StoreChoice::Env {
        return app.stores.get(StoreChoice::Env).map(|_| ());
    }
    let accounts = app.accounts();
    accounts.finish_interrupted().await;
    let definition = definition(app, &arguments.app)?;
    let id = which(app, &accounts, &definition, arguments)?;
    let auth = authorization_for(&accounts, &definition, &id, arguments.options.auth.as_deref())?;
    let http = app.http(arguments.options.request_seconds());
    let result = connect(arguments, app, &accounts, &definition, auth, &id, &http).await;
    trace::print(&app.terminal, &http);
    result
}

/// The definition behind an app's name, `app/name`, or a path.
pub(super) fn definition(app: &App, word: &str) -> Result<Definition> {
    let word = match Catalog::is_path(word) {
        true => word,
        false => word.split('/').next().unwrap_or_default(),
    };
    let definition = app.catalog.load(word)?;
    Ok(definition)
}

/// Which account is connected: named, the only one, the default, or a new one.
fn which(app: &App, accounts: &Accounts<'_>, definition: &Definition, arguments: &Arguments) -> Result<AccountId> {
    let in_word = match Catalog::is_path(&arguments.app) {
        true => None,
        false => arguments.app.split_once('/').map(|(_, name)| name),
    };
    let name = arguments.account.as_deref().or(in_word);
    let id = AccountId::new(definition.app.clone(), name)?;
    let existing: Vec<AccountId> =
        accounts.files.list().into_iter().map(|(id, _)| id).filter(|known| known.app == id.app).collect();
    if existing.contains(&id) || existing.is_empty() {
        return Ok(id);
    }
    if name.is_none() && !arguments.add {
        return accounts.pick(&app.context, &id).map(|(id, _)| id);
    }
    if name.is_none() {
        return Err(Error::new(Kind::Usage, "a second account needs a name")
            .hint(format!("run `tieline connect {} --account NAME --add`", id.app)));
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
    Err(Error::new(Kind::Usage, format!("`{}` is connected as `{other}` already", id.app))
        .hint(format!("to keep both, run `tieline connect {} --account {} --add`", id.app, name.unwrap_or_default())))
}

/// The way in: the one that was named, the one that a reconnected account has, or the default.
fn authorization_for<'d>(
    accounts: &Accounts<'_>,
    definition: &'d Definition,
    id: &AccountId,
    name: Option<&str>,
) -> Result<&'d Authorization> {
    let before = accounts.record(id)?.map(|record| record.account.authorization);
    let kept = before.filter(|name| definition.authorization(Some(name)).is_some());
    authorization(definition, name.or(kept.as_deref()))
}

async fn connect(
    arguments: &Arguments,
    app: &App,
    accounts: &Accounts<'_>,
    definition: &Definition,
    auth: &Authorization,
    id: &AccountId,
    http: &Client,
) -> Result<()> {
    // Better now than after the person has agreed.
    let store = app.stores.get(app.stores.choice)?;
    store
        .check_writable()
        .await
        .map_err(|error| crate::accounts::store_error(&error, &id.to_string(), crate::store::Doing::Store))?;
    let (waiting, result) = attempt(arguments, app, accounts, definition, auth, id, http).await;
    let page = page(definition, id, &result);
    if let Some(waiting) = waiting {
        waiting.finish(page).await;
    }
    let account = result?;
    say_connected(app, definition, id, &account);
    Ok(())
}

/// One attempt; for keys that were typed, a refused one is asked for again.
async fn attempt(
    arguments: &Arguments,
    app: &App,
    accounts: &Accounts<'_>,
    definition: &Definition,
    auth: &Authorization,
    id: &AccountId,
    http: &Client,
) -> (Option<Waiting>, Result<Account>) {
    let mut tries = 0;
    loop {
        tries += 1;
        let ground = Ground { app, accounts, definition, auth, id, http };
        let mut prepared = match prepare(&arguments.options, ground, None).await {
            Ok(prepared) => prepared,
            Err(error) => return (None, Err(error)),
        };
        let (waiting, result) = prepared.run(app).await;
        let typed = !prepared.typed.is_empty() && matches!(auth.way, Way::Fields | Way::Login(_));
        match result {
            Ok(obtained) => {
                let kept = keep(arguments, app, accounts, &prepared, obtained).await;
                return (waiting, kept);
            }
            Err(error) if typed && tries < TRIES && error.kind == Kind::Refused => {
                let cause = error.causes.first().cloned().unwrap_or_default();
                let cross = app.terminal.paint(Style::Bad, app.terminal.cross());
                app.terminal.say(format!("  {cross} {cause}. Nothing was stored."));
            }
            Err(error) => return (waiting, Err(error)),
        }
    }
}

/// Everything that a whole authorization needs.
pub(super) struct Prepared<'a> {
    pub(super) session: Session<'a>,
    id: AccountId,
    scopes: Vec<String>,
    given: BTreeMap<String, String>,
    kept_extras: BTreeMap<String, String>,
    typed: Vec<String>,
    /// A client from the environment, to be kept with the account.
    new_client: bool,
    open: bool,
    wait: Duration,
}

/// Where an authorization runs.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) app: &'a App,
    pub(super) accounts: &'a Accounts<'a>,
    pub(super) definition: &'a Definition,
    pub(super) auth: &'a Authorization,
    pub(super) id: &'a AccountId,
    pub(super) http: &'a Client,
}

/// Collects fields and client, and says what is about to happen. A client that is given takes the
/// place of the kept one.
pub(super) async fn prepare<'a>(
    options: &Options,
    ground: Ground<'a>,
    own_client: Option<OAuthClient>,
) -> Result<Prepared<'a>> {
    let Ground { app, accounts, definition, auth, id, http } = ground;
    let given = parse_given(&options.fields)?;
    let before = accounts.record(id)?.map(|record| record.account);
    let kept = before.as_ref().map(|account| account.fields.clone()).unwrap_or_default();
    let chosen: Vec<String> = auth.lookups.iter().chain(&auth.user_info)
        .filter(|endpoint| endpoint.choose.is_some())
        .flat_map(|endpoint| endpoint.response.extras.iter().map(|(name, _)| name.clone()))
        .collect();
    let (client, new_client) = match (auth.oauth2(), own_client) {
        (Some(_), Some(client)) => (Some(client), false),
        (Some(_), None) => client(app, accounts, definition, id).await.map(|(client, new)| (Some(client), new))?,
        (None, _) => (None, false),
    };
    announce(app, definition, auth, client.as_ref());
    let sources = Sources {
        context: &app.context,
        terminal: &app.terminal,
        id,
        given: &given,
        kept: &kept,
        ask_all: options.ask,
    };
    let collected = sources.collect(&auth.fields, &chosen)?;
    let scopes = scopes(options, client.as_ref(), auth);
    let given = given.into_iter().map(|(name, value)| (name, value.expose().to_owned())).collect();
    let typed = collected.typed.clone();
    let session = session(definition, auth, client, collected, http)?;
    Ok(Prepared {
        session,
        id: id.clone(),
        scopes,
        given,
        kept_extras: before.map(|account| account.extras).unwrap_or_default(),
        typed,
        new_client,
        open: !options.no_browser,
        wait: Duration::from_secs(options.timeout.unwrap_or(300)),
    })
}

impl Prepared<'_> {
    /// Runs the authorization. Nothing is kept.
    pub(super) async fn run(&mut self, app: &App) -> (Option<Waiting>, Result<Obtained>) {
        let asking = Asking {
            terminal: &app.terminal,
            open: self.open,
            browser: app.context.browser(),
            private_variables: app.context.own_variables().map(ToOwned::to_owned).collect(),
            timeout: self.wait,
            scopes: self.scopes.clone(),
        };
        let chooser =
            Chooser { terminal: &app.terminal, given: &self.given, kept: &self.kept_extras };
        obtain(&mut self.session, &self.id, &asking, &chooser).await
    }
}

fn scopes(options: &Options, client: Option<&OAuthClient>, auth: &Authorization) -> Vec<String> {
    if !options.scopes.is_empty() {
        return options.scopes.clone();
    }
    let own = client.and_then(|client| client.scopes.clone());
    own.unwrap_or_else(|| auth.oauth2().map(|oauth2| oauth2.scopes.clone()).unwrap_or_default())
}

fn announce(app: &App, definition: &Definition, auth: &Authorization, client: Option<&OAuthClient>) {
    let with = match client {
        Some(client) => format!(" with client {}", crate::flow::short(&client.id, 12)),
        None => String::new(),
    };
    let title = app.terminal.paint(Style::Strong, &definition.title);
    app.terminal.say(format!("Connecting {title} ({}){with}.", auth.kind.name()));
    if client.is_none()
        && app.terminal.can_ask()
        && let Some(docs) = &definition.docs
    {
        app.terminal.say(format!("Where to find it: {}", app.terminal.paint(Style::Command, docs)));
    }
    app.terminal.say("");
}

/// The client: from the environment, one's own, or the one that the definition brings.
async fn client(
    app: &App,
    accounts: &Accounts<'_>,
    definition: &Definition,
    id: &AccountId,
) -> Result<(OAuthClient, bool)> {
    let client_app = &definition.client_app;
    if let Some(given) = app.context.input(id, "client_id") {
        let secret = app.context.input(id, "client_secret");
        let mut client = OAuthClient { secret, ..OAuthClient::public(given.expose()) };
        for field in &definition.client_fields {
            let Some(value) = app.context.input(id, &field.name) else { continue };
            match field.secret {
                true => drop(client.secret_fields.insert(field.name.clone(), value)),
                false => drop(client.fields.insert(field.name.clone(), value.expose().to_owned())),
            }
        }
        return Ok((client, true));
    }
    if let Some(kept) = accounts.client(client_app, None).await? {
        kept.check_hosts(definition).map_err(|HostsChanged(new)| {
            Error::new(Kind::Definition, format!("the definition of `{}` would send your client secret to new hosts", id.app))
                .because(new.join(", "))
                .hint(format!("if that is meant, run `tieline client set {}` again", id.app))
        })?;
        return Ok((kept.client, false));
    }
    match &definition.client_id {
        Some(public) => Ok((OAuthClient::public(public), false)),
        None => {
            let mut error = Error::new(Kind::Usage, format!("`{}` needs a client of your own", id.app))
                .because(format!("{} knows an app by its client id, and you have not set one", definition.title))
                .hint(format!("run `tieline client set {}`; it says what to register", id.app));
            if let Some(docs) = &definition.docs {
                error = error.hint(format!("where to register it: {docs}"));
            }
            let other = definition.authorizations.iter().find(|auth| auth.oauth2().is_none());
            if let Some(other) = other {
                error = error.hint(format!("or without OAuth: `tieline connect {} --auth {}`", id.app, other.name));
            }
            Err(error)
        }
    }
}

fn session<'a>(
    definition: &'a Definition,
    auth: &'a Authorization,
    client: Option<OAuthClient>,
    collected: Collected,
    http: &'a Client,
) -> Result<Session<'a>> {
    let mut scope = Scope::new(Moment::default());
    for (name, value) in &collected.plain {
        scope.set(name, Some(value));
    }
    let hosts = definition.hosts(auth, &scope)?;
    let session = Session {
        http,
        definition,
        auth,
        client,
        fields: collected.plain,
        extras: BTreeMap::new(),
        credential: Credential { fields: collected.secret, ..Credential::default() },
        callback: BTreeMap::new(),
        grant: Grant::default(),
        hosts,
    };
    session.learn_secrets();
    Ok(session)
}

/// Keeps what was obtained, under the account's lock, unless somebody else signed in.
async fn keep(
    arguments: &Arguments,
    app: &App,
    accounts: &Accounts<'_>,
    prepared: &Prepared<'_>,
    obtained: Obtained,
) -> Result<Account> {
    let id = &prepared.id;
    let _lock = accounts.lock(id).await?;
    let before = accounts.record(id)?.map(|record| record.account);
    let identity = obtained.identity.name.clone();
    if let Some(before) = &before
        && !arguments.replace
        && before.verified
        && obtained.identity.verified
        && before.identity != identity
    {
        return Err(somebody_else(id, before, identity.as_deref().unwrap_or_default()));
    }
    let account = account(prepared, obtained)?;
    let client = prepared.session.client.as_ref().filter(|_| prepared.new_client);
    if let Some(client) = client {
        let definition = prepared.session.definition;
        let hosts = definition.host_templates();
        accounts.keep_client(&definition.client_app, client, hosts, app.stores.choice, false).await?;
    }
    accounts.keep(id, &account, &prepared.session.credential, app.stores.choice).await?;
    Ok(account)
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
        Way::OAuth2(oauth2) => is_renewable(oauth2, has_refresh_token),
    };
    let granted = token.and_then(|token| token.scopes.clone());
    let requested = if session.auth.oauth2().is_some() { prepared.scopes.clone() } else { Vec::new() };
    Ok(Account {
        version: VERSION,
        revision: revision()?,
        app: prepared.id.app.to_string(),
        name: prepared.id.name.clone(),
        authorization: session.auth.name.clone(),
        identity: obtained.identity.name,
        verified: obtained.identity.verified,
        fields: session.fields.clone(),
        extras: session.extras.clone(),
        scopes: granted.unwrap_or_else(|| requested.clone()),
        requested_scopes: requested,
        expires_at: token.and_then(|token| token.expires_at),
        renewable,
        client_id: session.client.as_ref().map(|client| client.id.clone()),
        hosts: session.hosts.patterns().to_vec(),
        insecure_hosts: session.hosts.insecure().to_vec(),
        connected_at: now(),
        renewed_at: now(),
    })
}

fn say_connected(app: &App, definition: &Definition, id: &AccountId, account: &Account) {
    let terminal = &app.terminal;
    let tick = terminal.paint(Style::Good, terminal.tick());
    let name = terminal.paint(Style::Strong, &id.to_string());
    let who = account.identity.as_deref().map(|who| format!(" as {who}")).unwrap_or_default();
    terminal.say(format!("{tick} Connected {name}{who}"));
    if !account.verified {
        terminal.detail("checked", format!("no: {} has no call that says who is connected", definition.title));
    }
    if !account.scopes.is_empty() {
        terminal.detail("scopes", account.scopes.join(", "));
    }
    let missing = account.missing_scopes();
    if !missing.is_empty() {
        terminal.detail("missing", format!("{}: asked for, not granted", missing.join(", ")));
    }
    let is_fields = definition.authorization(Some(&account.authorization)).is_some_and(|a| matches!(a.way, Way::Fields));
    terminal.detail("expires", match (account.expires_at, account.renewable) {
        (Some(at), true) => format!("in {}, then renewed without asking", duration(at - now())),
        (Some(at), false) => format!("in {}, then `tieline connect {id}`", duration(at - now())),
        (None, _) if is_fields => "never".to_owned(),
        (None, _) => format!("not stated by {}", definition.title),
    });
    if let Ok(store) = app.stores.get(app.stores.choice) {
        terminal.detail("store", format!("{}, written and read back", store.name()));
    }
    let next = format!("tieline call {id} {}", example_path(definition, account));
    terminal.detail("next", terminal.paint(Style::Command, next.trim_end()));
}

/// A path to try: the user information's, where it is relative to the base URL.
fn example_path(definition: &Definition, account: &Account) -> String {
    let auth = definition.authorization(Some(&account.authorization));
    let url = auth.and_then(|auth| Some((auth.user_info.as_ref()?.url.source(), auth.base_url.source())));
    let path = url.and_then(|(url, base)| match url.contains("://") || url.starts_with("{{") {
        true => url.strip_prefix(base.trim_end_matches('/')).map(ToOwned::to_owned),
        false => Some(format!("/{}", url.trim_start_matches('/'))),
    });
    path.filter(|path| !path.contains("{{")).unwrap_or_else(|| "/".to_owned())
}

/// What the browser shows in the end.
fn page(definition: &Definition, id: &AccountId, result: &Result<Account>) -> Page {
    let row = |label: &str, value: String, code: bool| Row { label: label.to_owned(), value, code };
    let title = &definition.title;
    let next = "Close this tab and go back to your terminal.".to_owned();
    let account_row = row("Account", id.to_string(), true);
    match result {
        Ok(account) => {
            let mut rows = vec![account_row];
            rows.extend(account.identity.clone().map(|who| row("Identity", who, false)));
            if !account.scopes.is_empty() {
                rows.push(row("Scopes", account.scopes.join(", "), true));
            }
            Page {
                outcome: Outcome::Connected,
                heading: format!("{title} is connected"),
                lead: "tieline checked the credential and stored it.".to_owned(),
                initial: title.clone(),
                rows,
                next,
            }
        }
        Err(error) => {
            let refused = error.code.as_deref() == Some("access_denied");
            let answer = error.code.clone().or_else(|| error.causes.first().cloned());
            let mut rows = vec![account_row];
            rows.extend(answer.map(|code| row("Answer", code, true)));
            rows.push(row("Try again", format!("tieline connect {id}"), true));
            Page {
                outcome: if refused { Outcome::Refused } else { Outcome::Failed },
                heading: format!("{title} was not connected"),
                lead: match refused {
                    true => format!("You or {title} said no to the request. Nothing was stored, and nothing changed."),
                    false => "Something went wrong on the way. The terminal says what, and what to do. Nothing was stored.".to_owned(),
                },
                initial: title.clone(),
                rows,
                next,
            }
        }
    }
}

