//! `tieline client`: one's own developer app in place of a shared one.

use super::connect::{Ground, Options, definition, prepare};
use super::{App, authorization, trace};
use crate::accounts::{Accounts, StoreChoice};
use crate::credential::Client as OAuthClient;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, Field, check_redirect_uri};
use crate::error::{Error, Kind, Result};
use crate::flow::fields::{Sources, parse_given};
use crate::flow::redirect::loopback_endpoint;
use crate::redirect::{Endpoint, Outcome, Page};
use crate::secret::Secret;
use crate::terminal::Style;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// Set, show or remove your own client (developer app) of an app
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done with a client.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Use your own client for new accounts; kept accounts go on with theirs
    Set(Box<SetArguments>),
    /// Show the client in use and the redirect URI to register
    Show {
        /// The app
        #[arg(add = crate::candidates::apps())]
        app: String,
    },
    /// Forget the client; accounts that were connected with it keep it
    Remove {
        /// The app
        #[arg(add = crate::candidates::apps())]
        app: String,
    },
}

/// What `client set` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline client set github\n  \
    tieline client set github --id Iv1.8a61f9b3a7aba766 --secret @secret.txt\n  \
    tieline client set hubspot --id abc --secret - --scope oauth --test <secret.txt")]
pub struct SetArguments {
    /// The app
    #[arg(add = crate::candidates::apps())]
    pub app: String,
    /// The client id
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Where the client secret is: @FILE, or - for standard input; without it you are asked
    #[arg(long, value_name = "@FILE|-", conflicts_with = "public", add = crate::candidates::file_or_input())]
    pub secret: Option<String>,
    /// The client has no secret
    #[arg(long)]
    pub public: bool,
    /// A redirect URI in place of the definition's, as it is registered; of several, the first whose
    /// port is free is used
    #[arg(long = "redirect-uri", value_name = "URI")]
    pub redirect_uris: Vec<String>,
    /// Run the authorization with this client before it takes effect
    #[arg(long)]
    pub test: bool,
    /// What a whole authorization takes.
    #[command(flatten)]
    pub options: Options,
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    match &arguments.command {
        Command::Set(arguments) => set(arguments, app).await,
        Command::Show { app: word } => show(app, word).await,
        Command::Remove { app: word } => remove(app, word).await,
    }
}

async fn set(arguments: &SetArguments, app: &App) -> Result<()> {
    let accounts = app.accounts();
    let definition = definition(app, &arguments.app)?;
    let auth = client_authorization(&definition, arguments.options.auth.as_deref())?;
    if app.stores.choice == StoreChoice::Env {
        return app.stores.get(StoreChoice::Env).map(|_| ());
    }
    let redirect = &arguments.redirect_uris;
    check_redirect_uris(redirect)?;
    say_what_to_register(app, &definition, auth, redirect);
    let client = collect(arguments, app, &definition, auth).await?;
    if arguments.test {
        try_it(arguments, app, &accounts, &definition, auth, client.clone()).await?;
    }
    accounts.set_client(&definition, &client, app.stores.choice).await?;
    let tick = app.terminal.paint(Style::Good, app.terminal.tick());
    app.terminal
        .say(format!("{tick} {} uses your client {} from now on", definition.title, client.id));
    if let Ok(store) = app.stores.get(app.stores.choice) {
        app.terminal.detail("store", format!("{}, written and read back", store.name()));
    }
    let next = format!("tieline connect {}", definition.app);
    app.terminal.detail("next", app.terminal.paint(Style::Command, &next));
    Ok(())
}

fn client_authorization<'d>(
    definition: &'d Definition,
    name: Option<&str>,
) -> Result<&'d Authorization> {
    if name.is_some() {
        let named = authorization(definition, name)?;
        return Some(named).filter(|auth| auth.has_client()).ok_or_else(|| no_client(definition));
    }
    definition
        .authorizations
        .iter()
        .find(|auth| auth.has_client())
        .ok_or_else(|| no_client(definition))
}

fn no_client(definition: &Definition) -> Error {
    Error::new(
        Kind::Usage,
        format!("`{}` has no OAuth, so there is no client to set", definition.app),
    )
    .hint(format!("run `tieline connect {}`", definition.app))
}

fn check_redirect_uris(uris: &[String]) -> Result<()> {
    let wrong = uris.iter().find_map(|uri| check_redirect_uri(uri).err());
    wrong.map_or(Ok(()), |error| {
        Err(Error::new(Kind::Usage, "this is no redirect URI").because(error))
    })
}

fn say_what_to_register(app: &App, definition: &Definition, auth: &Authorization, own: &[String]) {
    let terminal = &app.terminal;
    if let Some(docs) = &definition.docs {
        terminal.say(format!("Where: {}", terminal.paint(Style::Command, docs)));
    }
    let Some(redirection) = auth.redirection() else {
        terminal.say(format!("{} sends no browser back, so there is no redirect URI.", auth.name));
        return;
    };
    let uris = if own.is_empty() { &redirection.uris } else { own };
    let these = if uris.len() == 1 { "this redirect URI" } else { "these redirect URIs" };
    terminal.say(format!("Register {these} at {}, to the letter:", definition.title));
    terminal.say("");
    for uri in uris {
        terminal.say(format!("  {}", terminal.paint(Style::Command, uri)));
    }
    terminal.say("");
    if redirection.any_port && own.is_empty() {
        terminal.say("The port may be any: this app ignores it, as RFC 8252 asks.");
    }
    let endpoints: Vec<_> = uris.iter().map(|uri| loopback_endpoint(uri, false)).collect();
    if endpoints.contains(&None) {
        terminal
            .say("The browser ends there on a page of yours, or on none; its address is pasted.");
    }
    if endpoints.iter().flatten().any(Endpoint::is_https) {
        terminal
            .say("The browser will warn of the certificate, unless you give `--tls-certificate`.");
    }
}

async fn collect(
    arguments: &SetArguments,
    app: &App,
    definition: &Definition,
    auth: &Authorization,
) -> Result<OAuthClient> {
    let mut given = parse_given(&arguments.options.fields).await?;
    if let Some(id) = &arguments.id {
        given.insert("client_id".to_owned(), Secret::from(id.as_str()));
    }
    if let Some(secret) = &arguments.secret {
        if secret != "-" && !secret.starts_with('@') {
            return Err(Error::new(Kind::Usage, "a secret does not belong on the command line")
                .because("other processes and the shell's history would see it")
                .hint("give `--secret @FILE`, or `--secret -` for standard input"));
        }
        given.extend(parse_given(&[format!("client_secret={secret}")]).await?);
    }
    let mut fields = vec![Field::new("client_id", "Client id")];
    if !arguments.public {
        let mut secret = Field::new("client_secret", "Client secret").secret();
        // A public client has none: an empty answer says so.
        secret.optional = app.terminal.can_ask();
        fields.push(secret);
    }
    fields.extend(definition.client_fields.iter().cloned());
    let id = AccountId { app: definition.app.clone(), name: None };
    let kept = BTreeMap::new();
    let sources = Sources {
        context: &app.context,
        terminal: &app.terminal,
        id: &id,
        given: &given,
        kept: &kept,
        ask_all: app.terminal.can_ask(),
    };
    // For the test, the account's own fields may be given as well.
    let of_account: Vec<String> = auth.fields.iter().map(|field| field.name.clone()).collect();
    let mut collected = sources.collect(&fields, &of_account)?;
    let client_id = collected.plain.remove("client_id").unwrap_or_default();
    Ok(OAuthClient {
        secret: collected.secret.remove("client_secret"),
        scopes: (!arguments.options.scopes.is_empty()).then(|| arguments.options.scopes.clone()),
        redirect_uris: arguments.redirect_uris.clone(),
        fields: collected.plain,
        secret_fields: collected.secret,
        ..OAuthClient::public(&client_id)
    })
}

/// Runs the authorization with a client that is not kept yet.
async fn try_it(
    arguments: &SetArguments,
    app: &App,
    accounts: &Accounts<'_>,
    definition: &Definition,
    auth: &Authorization,
    client: OAuthClient,
) -> Result<()> {
    let id = AccountId { app: definition.app.clone(), name: None };
    let http = app.http(arguments.options.request_seconds());
    // Fields of the client were given as `--field` too, and are not the account's.
    let options = Options {
        auth: Some(auth.name.clone()),
        fields: arguments
            .options
            .fields
            .iter()
            .filter(|text| {
                !definition.client_fields.iter().any(|f| text.starts_with(&format!("{}=", f.name)))
            })
            .cloned()
            .collect(),
        scopes: arguments.options.scopes.clone(),
        no_browser: arguments.options.no_browser,
        timeout: arguments.options.timeout,
        ask: arguments.options.ask,
        device: arguments.options.device,
        listening: arguments.options.listening.clone(),
    };
    let ground = Ground {
        app,
        accounts,
        definition,
        auth,
        id: &id,
        http: &http,
        again: false,
        keeps: false,
        completed: &OnceCell::new(),
    };
    let mut prepared = prepare(&options, ground, Some(client)).await?;
    let (waiting, result) = prepared.run(app).await;
    if let Some(waiting) = waiting {
        let works = result.is_ok();
        waiting
            .finish(Page {
                outcome: if works { Outcome::Connected } else { Outcome::Failed },
                heading: format!("Your client {}", if works { "works" } else { "does not work" }),
                lead: format!("tieline tried it with {}. Nothing was connected.", definition.title),
                initial: definition.title.clone(),
                rows: Vec::new(),
                next: "Close this tab and go back to your terminal.".to_owned(),
            })
            .await;
    }
    trace::print(&app.terminal, &http);
    result.map(|_| ()).map_err(|mut error| {
        error.message =
            format!("this client of `{}` does not work, so nothing was changed", definition.app);
        error
    })
}

async fn show(app: &App, word: &str) -> Result<()> {
    let accounts = app.accounts();
    let definition = definition(app, word)?;
    let auth = client_authorization(&definition, None)?;
    let clients = accounts.clients(&definition.client_app)?;
    let current = clients.current.as_ref().and_then(|id| Some((id, clients.known.get(id)?)));
    let mut out = vec![app.terminal.paint_output(Style::Strong, definition.app.as_str())];
    let mut detail = |label: &str, value: String| {
        out.push(format!(
            "  {} {value}",
            app.terminal.paint_output(Style::Dim, &format!("{label:<9}"))
        ));
    };
    match (current, &definition.client_id) {
        (Some((id, record)), _) => {
            detail("client", format!("{id} (yours)"));
            detail(
                "secret",
                format!(
                    "in the {}",
                    if record.store == "file" { "sealed file" } else { "keyring" }
                ),
            );
            if let Some(scopes) = &record.scopes {
                detail("scopes", scopes.join(", "));
            }
            for (name, value) in &record.fields {
                detail("field", format!("{name}: {value}"));
            }
        }
        (None, Some(public)) => detail("client", format!("{public} (the definition's)")),
        (None, None) => {
            detail("client", format!("none yet: run `tieline client set {}`", definition.app))
        }
    }
    let own = current.map_or(&[][..], |(_, record)| &record.redirect_uris);
    if let Some(redirection) = auth.redirection() {
        let port = if redirection.any_port && own.is_empty() { " (any port)" } else { "" };
        for uri in if own.is_empty() { &redirection.uris } else { own } {
            detail("redirect", format!("{uri}{port}"));
        }
    }
    if let Some(docs) = &definition.docs {
        detail("register", docs.clone());
    }
    let list = accounts.files.list();
    let users = list.iter().filter(|(id, _)| id.app == definition.app).map(|(id, record)| {
        format!("{id} ({})", record.account.client_id.as_deref().unwrap_or("no client"))
    });
    let users: Vec<String> = users.collect();
    if !users.is_empty() {
        detail("accounts", users.join(", "));
    }
    app.terminal.print(&(out.join("\n") + "\n"))
}

async fn remove(app: &App, word: &str) -> Result<()> {
    let accounts = app.accounts();
    let definition = definition(app, word)?;
    match accounts.remove_client(&definition.client_app).await? {
        Some(id) => {
            let tick = app.terminal.paint(Style::Good, app.terminal.tick());
            app.terminal
                .say(format!("{tick} {} no longer uses your client {id}", definition.title));
            let kept = accounts
                .files
                .list()
                .into_iter()
                .filter(|(_, record)| record.account.client_id.as_ref() == Some(&id));
            let kept: Vec<String> = kept.map(|(id, _)| id.to_string()).collect();
            if !kept.is_empty() {
                app.terminal.detail("kept for", kept.join(", "));
            }
            Ok(())
        }
        None => {
            Err(Error::new(Kind::Usage, format!("`{}` has no client of yours", definition.app))
                .hint(format!("run `tieline client set {}` to set one", definition.app)))
        }
    }
}
