//! What a whole authorization needs before it runs: definition, client, fields, scopes.

use super::client::{
    client_of_fields, find_client, needs_client, register_or_refuse, wanted_fields,
};
use super::grant::{check_device, choose_grant};
use super::options::Options;
use super::prepared::{Prepared, Terms};
use super::session::{fields_scope, session};
use crate::account::Account;
use crate::accounts::Accounts;
use crate::catalog::Catalog;
use crate::commands::{App, authorization};
use crate::credential::Client as OAuthClient;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition};
use crate::error::Result;
use crate::flow::discovery::{Wanted, complete as complete_definition};
use crate::flow::explain::{Doing, explain};
use crate::flow::fields::{Sources, parse_given};
use crate::http::Client;
use crate::template::Scope;
use crate::terminal::Style;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// The definition behind an app's name, `app/name`, or a path.
pub(in crate::commands) fn definition(app: &App, word: &str) -> Result<Definition> {
    let word = match Catalog::is_path(word) {
        true => word,
        false => word.split('/').next().unwrap_or_default(),
    };
    let definition = app.catalog.load(word)?;
    Ok(definition)
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
    let mut collected = sources.collect(&asked, &chosen_names(auth))?;
    let given_client = client_of_fields(definition, auth, &mut collected);
    let found = found.or(given_client.map(|client| (client, true)));
    let fields = fields_scope(auth, &collected);
    let scopes = options.wanted_scopes(found.as_ref().map(|(client, _)| client), auth);
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
        given,
        kept_extras: before.map(|account| account.extras).unwrap_or_default(),
        typed,
        new_client,
        ..Prepared::new(session, id, Terms::new(options, scopes, grant))
    })
}

/// What a choice among an answer's rows gives: it can be given as a field, too.
fn chosen_names(auth: &Authorization) -> Vec<String> {
    let endpoints = auth.lookups.iter().chain(&auth.user_info);
    let choices = endpoints.filter(|endpoint| endpoint.choose.is_some());
    let names = choices.flat_map(|endpoint| endpoint.response.extras.iter().map(|(name, _)| name));
    names.cloned().collect()
}

/// What is kept of the account, and the id of the client that it was connected with.
fn kept_fields(account: &Account, auth: &Authorization) -> BTreeMap<String, String> {
    let mut kept = account.fields.clone();
    if let Some(id) = account.client_id.clone().filter(|_| account.authorization == auth.name) {
        kept.insert("client_id".to_owned(), id);
    }
    kept
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
