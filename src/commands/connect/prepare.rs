//! What a whole authorization needs before it runs: definition, client, fields, scopes.

use super::client::{
    client_of_fields, find_client, needs_client, register_or_refuse, wanted_fields,
};
use super::grant::{check_device, choose_grant};
use super::listening::ListeningOptions;
use crate::account::Account;
use crate::accounts::Accounts;
use crate::candidates;
use crate::catalog::Catalog;
use crate::commands::{App, authorization};
use crate::credential::{Client as OAuthClient, Credential};
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, GrantType, OAuth2, Way};
use crate::error::Result;
use crate::flow::authorization_code::Asking;
use crate::flow::discovery::{Wanted, complete as complete_definition};
use crate::flow::explain::{Doing, explain};
use crate::flow::fields::{Collected, Sources, parse_given};
use crate::flow::obtain::{Obtained, obtain};
use crate::flow::redirect::Listening;
use crate::flow::{Chooser, Grant, Session, pending};
use crate::http::Client;
use crate::redirect::Waiting;
use crate::secret::Secret;
use crate::template::{Moment, Scope};
use crate::terminal::{Style, Terminal};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// What a whole authorization takes, for `test --fresh` and `client set --test` too.
#[derive(clap::Args, Debug, Default)]
pub struct Options {
    /// Which of the app's ways in [default: the first]
    #[arg(long, value_name = "NAME", add = candidates::authorizations())]
    pub auth: Option<String>,
    /// A field's value; `=@FILE` reads a file, `=-` standard input
    #[arg(long = "field", short = 'f', value_name = "NAME=VALUE", add = candidates::fields())]
    pub fields: Vec<String>,
    /// A scope to ask for in place of the default ones
    #[arg(long = "scope", value_name = "SCOPE", add = candidates::scopes())]
    pub scopes: Vec<String>,
    /// Print the address and open no browser
    #[arg(long)]
    pub no_browser: bool,
    /// Copy the address or the code to the clipboard, where the terminal can
    #[arg(long)]
    pub clipboard: bool,
    /// How long to wait for the browser [default: 300] and for each request [default: 30], in seconds
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// Ask for every field, those with a default too
    #[arg(long)]
    pub ask: bool,
    /// Agree on another device, with a code (OAuth 2.0 device grant)
    #[arg(long)]
    pub device: bool,
    /// Where to listen.
    #[command(flatten)]
    pub listening: ListeningOptions,
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
    pub(super) given: BTreeMap<String, String>,
    pub(super) kept_extras: BTreeMap<String, String>,
    typed: Vec<String>,
    /// A client from the environment, to be kept with the account.
    pub(super) new_client: bool,
    open: bool,
    clipboard: bool,
    wait: Duration,
    grant: GrantType,
    listening: Listening,
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
    /// Where the definition goes once the provider has filled in what it leaves open.
    pub(in crate::commands) completed: &'a OnceCell<Definition>,
}

/// Collects fields and client, and says what is about to happen. A client that is given takes the
/// place of the kept one.
pub(in crate::commands) async fn prepare<'a>(
    options: &Options,
    ground: Ground<'a>,
    own_client: Option<OAuthClient>,
) -> Result<Prepared<'a>> {
    let Ground { app, accounts, definition, auth, id, http, again, keeps, .. } = ground;
    check_device(options, auth)?;
    let given = parse_given(&options.fields).await?;
    let before = match keeps {
        true => accounts.replaced(id)?.map(|record| record.account),
        false => None,
    };
    let kept = before.as_ref().map(|account| kept_fields(account, auth)).unwrap_or_default();
    let chosen: Vec<String> = auth
        .lookups
        .iter()
        .chain(&auth.user_info)
        .filter(|endpoint| endpoint.choose.is_some())
        .flat_map(|endpoint| endpoint.response.extras.iter().map(|(name, _)| name.clone()))
        .collect();
    let found = match own_client {
        Some(client) => Some((client, false)),
        // One that is given with the account's fields goes first.
        None if given.contains_key("client_id") && auth.field("client_id").is_some() => None,
        None if auth.has_client() => find_client(app, accounts, definition, auth, id).await?,
        None => None,
    };
    if !again {
        announce(app, definition, auth, found.as_ref().map(|(client, _)| client));
    }
    let sources = Sources {
        context: &app.context,
        terminal: &app.terminal,
        id,
        given: &given,
        kept: &kept,
        ask_all: options.ask,
    };
    let asked = wanted_fields(definition, auth, found.is_some());
    let mut collected = sources.collect(&asked, &chosen)?;
    let given_client = client_of_fields(definition, auth, &mut collected);
    let found = found.or(given_client.map(|client| (client, true)));
    let fields = fields_scope(auth, &collected);
    let scopes = scopes(options, found.as_ref().map(|(client, _)| client), auth);
    let wanted = Wanted { scopes: &scopes, device: options.device };
    let definition = complete(ground, &fields, wanted).await?;
    let auth = authorization(definition, Some(&auth.name))?;
    let ground = Ground { definition, auth, ..ground };
    note_choices(ground, found.as_ref());
    let client = match found {
        Some(found) => Some(found),
        None if needs_client(auth) => Some((register_or_refuse(ground, &fields).await?, false)),
        None => None,
    };
    let (client, new_client) = client.map_or((None, false), |(client, new)| (Some(client), new));
    let given = given.into_iter().map(|(name, value)| (name, value.expose().to_owned())).collect();
    let typed = collected.typed.clone();
    let grant = choose_grant(app, options, auth)?;
    let session = session(&app.terminal, definition, auth, client, collected, http)?;
    session.make_ready().map_err(|error| explain(error, definition, id, Doing::Connect))?;
    Ok(Prepared {
        scopes,
        given,
        kept_extras: before.map(|account| account.extras).unwrap_or_default(),
        typed,
        new_client,
        grant,
        ..Prepared::new(session, id, options)
    })
}

/// What is kept of the account, and the id of the client that it was connected with.
fn kept_fields(account: &Account, auth: &Authorization) -> BTreeMap<String, String> {
    let mut kept = account.fields.clone();
    if let Some(id) = account.client_id.clone().filter(|_| account.authorization == auth.name) {
        kept.insert("client_id".to_owned(), id);
    }
    kept
}

impl<'a> Prepared<'a> {
    /// With nothing but a session and what the flags say.
    pub(super) fn new(session: Session<'a>, id: &AccountId, options: &Options) -> Self {
        Self {
            session,
            id: id.clone(),
            scopes: Vec::new(),
            given: BTreeMap::new(),
            kept_extras: BTreeMap::new(),
            typed: Vec::new(),
            new_client: false,
            grant: GrantType::AuthorizationCode,
            open: !options.no_browser,
            clipboard: options.clipboard,
            wait: Duration::from_secs(options.timeout.unwrap_or(300)),
            listening: options.listening.listening(),
        }
    }

    /// Whether a key or password was typed just now, so that it can be typed again.
    pub(super) fn typed_a_key(&self) -> bool {
        !self.typed.is_empty() && matches!(self.session.auth.way, Way::Fields | Way::Login(_))
    }

    /// Asks, and leaves in the session what the answer needs. Nobody waits for it.
    pub(super) async fn begin(&mut self, app: &App, oauth2: &OAuth2) -> Result<Url> {
        let how = (self.open, self.clipboard, self.wait);
        let asking = asking(app, how, &self.scopes, self.grant, &self.listening);
        pending::begin(&mut self.session, oauth2, &self.id, &asking).await
    }

    /// Runs the authorization. Nothing is kept.
    pub(in crate::commands) async fn run(
        &mut self,
        app: &App,
    ) -> (Option<Waiting>, Result<Obtained>) {
        let how = (self.open, self.clipboard, self.wait);
        let asking = asking(app, how, &self.scopes, self.grant, &self.listening);
        let chooser =
            Chooser { terminal: &app.terminal, given: &self.given, kept: &self.kept_extras };
        obtain(&mut self.session, &self.id, &asking, &chooser).await
    }
}

fn asking<'a>(
    app: &'a App,
    (open, clipboard, timeout): (bool, bool, Duration),
    scopes: &[String],
    grant: GrantType,
    listening: &'a Listening,
) -> Asking<'a> {
    Asking {
        terminal: &app.terminal,
        open,
        clipboard,
        browser: app.context.browser(),
        private_variables: app.context.own_variables().map(ToOwned::to_owned).collect(),
        timeout,
        scopes: scopes.to_vec(),
        grant,
        listening,
        surroundings: app.context.surroundings(),
    }
}

fn scopes(options: &Options, client: Option<&OAuthClient>, auth: &Authorization) -> Vec<String> {
    if !options.scopes.is_empty() {
        return options.scopes.clone();
    }
    let own = client.and_then(|client| client.scopes.clone());
    own.unwrap_or_else(|| auth.oauth2().map(|oauth2| oauth2.scopes.clone()).unwrap_or_default())
}

/// Asks the provider for what the definition leaves open.
async fn complete<'a>(
    ground: Ground<'a>,
    fields: &Scope,
    wanted: Wanted<'_>,
) -> Result<&'a Definition> {
    let Ground { definition, auth, id, http, completed, .. } = ground;
    if let Some(done) = completed.get() {
        return Ok(done);
    }
    let found = complete_definition(http, definition, auth, fields, wanted).await;
    let found = found.map_err(|error| explain(error, definition, id, Doing::Connect))?;
    Ok(match found {
        Some(found) => completed.get_or_init(|| found),
        None => definition,
    })
}

/// Why it is this client, and whose word the endpoints are.
fn note_choices(ground: Ground<'_>, client: Option<&(OAuthClient, bool)>) {
    let Ground { definition, auth, id, http, .. } = ground;
    http.note(format!("authorization {} of the definition of {}", auth.name, id.app));
    if let Some((client, given)) = client {
        let origin = match given {
            true => "given in the environment or as a field",
            false if definition.client_id.as_ref() == Some(&client.id) => "the definition's own",
            false => "kept by `client set`",
        };
        http.note(format!("client {}, {origin}", client.id));
    }
    if let Some(oauth2) = auth.oauth2() {
        http.note(match &oauth2.metadata {
            Some(metadata) => {
                format!("endpoints as {} says, where none is written", metadata.issuer)
            }
            None => "endpoints as the definition writes them".to_owned(),
        });
    }
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
    app.terminal.sentence(format!("Connecting {title} ({}){with}.", auth.kind.name()));
    if !auth.has_client()
        && app.terminal.can_ask()
        && let Some(docs) = &definition.docs
    {
        app.terminal.say(format!("Where to find it: {}", app.terminal.paint(Style::Command, docs)));
    }
    app.terminal.say("");
}

pub(super) fn session<'a>(
    terminal: &Terminal,
    definition: &'a Definition,
    auth: &'a Authorization,
    client: Option<OAuthClient>,
    collected: Collected,
    http: &'a Client,
) -> Result<Session<'a>> {
    let hosts = definition.hosts(auth, &fields_scope(auth, &collected))?;
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
        credential: credential(collected.secret),
        callback: BTreeMap::new(),
        grant: Grant::default(),
        hosts,
        dpop: None,
        id_token: None,
        identity: None,
    };
    session.learn_secrets();
    Ok(session)
}

/// A ready token is what other types obtain, and is kept as that.
fn credential(mut fields: BTreeMap<String, Secret>) -> Credential {
    let access_token = fields.remove("access_token");
    let token_secret = fields.remove("token_secret");
    Credential { fields, access_token, token_secret, ..Credential::default() }
}

/// The fields that are not secret, as templates see them.
fn fields_scope(auth: &Authorization, collected: &Collected) -> Scope {
    let mut scope = Scope::new(Moment::default());
    for field in &auth.fields {
        scope.set(&field.name, None);
    }
    for (name, value) in &collected.plain {
        scope.set(name, Some(value));
    }
    scope
}
