//! What a whole authorization needs before it runs: definition, client, fields, scopes.

use crate::accounts::{Accounts, StoreChoice};
use crate::catalog::Catalog;
use crate::commands::App;
use crate::credential::{Client as OAuthClient, Credential};
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, Way};
use crate::error::{Error, Kind, Result};
use crate::flow::authorization_code::Asking;
use crate::flow::fields::{Collected, Sources, parse_given};
use crate::flow::obtain::{Obtained, obtain};
use crate::flow::{Chooser, Grant, Session};
use crate::http::Client;
use crate::redirect::Waiting;
use crate::template::{Moment, Scope};
use crate::terminal::{Style, Terminal};
use std::collections::BTreeMap;
use std::time::Duration;

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
    pub(in crate::commands) fn request_seconds(&self) -> u64 {
        self.timeout.unwrap_or(30).max(1)
    }
}

/// The definition behind an app's name, `app/name`, or a path.
pub(in crate::commands) fn definition(app: &App, word: &str) -> Result<Definition> {
    let word = match Catalog::is_path(word) {
        true => word,
        false => word.split('/').next().unwrap_or_default(),
    };
    let definition = app.catalog.load(word)?;
    Ok(definition)
}

/// Everything that a whole authorization needs.
pub(in crate::commands) struct Prepared<'a> {
    pub(in crate::commands) session: Session<'a>,
    pub(super) id: AccountId,
    pub(super) scopes: Vec<String>,
    given: BTreeMap<String, String>,
    kept_extras: BTreeMap<String, String>,
    typed: Vec<String>,
    /// A client from the environment, to be kept with the account.
    pub(super) new_client: bool,
    open: bool,
    wait: Duration,
}

/// Where an authorization runs.
#[derive(Clone, Copy)]
pub(in crate::commands) struct Ground<'a> {
    pub(in crate::commands) app: &'a App,
    pub(in crate::commands) accounts: &'a Accounts<'a>,
    pub(in crate::commands) definition: &'a Definition,
    pub(in crate::commands) auth: &'a Authorization,
    pub(in crate::commands) id: &'a AccountId,
    pub(in crate::commands) http: &'a Client,
    /// What is about to happen was said already.
    pub(in crate::commands) again: bool,
    /// What is kept of the account is offered again: not in a test, whose definition may be anybody's.
    pub(in crate::commands) keeps: bool,
}

/// Collects fields and client, and says what is about to happen. A client that is given takes the
/// place of the kept one.
pub(in crate::commands) async fn prepare<'a>(
    options: &Options,
    ground: Ground<'a>,
    own_client: Option<OAuthClient>,
) -> Result<Prepared<'a>> {
    let Ground { app, accounts, definition, auth, id, http, again, keeps } = ground;
    let given = parse_given(&options.fields).await?;
    let before = match keeps {
        true => accounts.replaced(id)?.map(|record| record.account),
        false => None,
    };
    let kept = before.as_ref().map(|account| account.fields.clone()).unwrap_or_default();
    let chosen: Vec<String> = auth
        .lookups
        .iter()
        .chain(&auth.user_info)
        .filter(|endpoint| endpoint.choose.is_some())
        .flat_map(|endpoint| endpoint.response.extras.iter().map(|(name, _)| name.clone()))
        .collect();
    let (client, new_client) = match (auth.oauth2(), own_client) {
        (Some(_), Some(client)) => (Some(client), false),
        (Some(_), None) => {
            client(app, accounts, definition, id).await.map(|(client, new)| (Some(client), new))?
        }
        (None, _) => (None, false),
    };
    if !again {
        announce(app, definition, auth, client.as_ref());
    }
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
    let session = session(&app.terminal, definition, auth, client, collected, http)?;
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
    /// Whether a key or password was typed just now, so that it can be typed again.
    pub(super) fn typed_a_key(&self) -> bool {
        !self.typed.is_empty() && matches!(self.session.auth.way, Way::Fields | Way::Login(_))
    }

    /// Runs the authorization. Nothing is kept.
    pub(in crate::commands) async fn run(
        &mut self,
        app: &App,
    ) -> (Option<Waiting>, Result<Obtained>) {
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

fn announce(
    app: &App,
    definition: &Definition,
    auth: &Authorization,
    client: Option<&OAuthClient>,
) {
    let with = match client {
        Some(client) => format!(" with client {}", crate::text::short(&client.id, 24)),
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
    if let Some(given) = app.context.input(id, "client_id") {
        let secret = app.context.input(id, "client_secret");
        // What `client set` kept of the same client goes on to hold, its secret only where none is
        // given.
        let kept = accounts.client_without_secrets(&definition.client_app, given.expose())?;
        if kept.is_some() && secret.is_none() && app.stores.choice != StoreChoice::Env {
            let client = accounts.client(definition, Some(given.expose())).await?;
            return Ok((client.unwrap_or_else(|| OAuthClient::public(given.expose())), false));
        }
        let known = kept.unwrap_or_else(|| OAuthClient::public(given.expose()));
        let mut client = OAuthClient { secret, ..known };
        for field in &definition.client_fields {
            let Some(value) = app.context.input(id, &field.name) else { continue };
            match field.secret {
                true => drop(client.secret_fields.insert(field.name.clone(), value)),
                false => drop(client.fields.insert(field.name.clone(), value.expose().to_owned())),
            }
        }
        return Ok((client, true));
    }
    if let Some(kept) = accounts.client(definition, None).await? {
        return Ok((kept, false));
    }
    match &definition.client_id {
        Some(public) => Ok((OAuthClient::public(public), false)),
        None => {
            let mut error =
                Error::new(Kind::Usage, format!("`{}` needs a client of your own", id.app))
                    .because(format!(
                        "{} knows an app by its client id, and you have not set one",
                        definition.title
                    ))
                    .hint(format!("run `tieline client set {}`; it says what to register", id.app));
            if let Some(docs) = &definition.docs {
                error = error.hint(format!("where to register it: {docs}"));
            }
            let other = definition.authorizations.iter().find(|auth| auth.oauth2().is_none());
            if let Some(other) = other {
                error = error.hint(format!(
                    "or without OAuth: `tieline connect {} --auth {}`",
                    id.app, other.name
                ));
            }
            Err(error)
        }
    }
}

fn session<'a>(
    terminal: &Terminal,
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
    if !hosts.insecure().is_empty() {
        terminal.warn(format!(
            "{} is spoken to without TLS, so anybody on the way can read the credential",
            hosts.insecure().join(", ")
        ));
    }
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
