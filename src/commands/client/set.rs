//! `tieline client set`: says what to register, asks for what came of it, keeps it.

use super::super::App;
use super::super::connect::{Options, definition};
use super::client_authorization;
use super::trial::try_it;
use crate::accounts::StoreChoice;
use crate::credential::Client as OAuthClient;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, Field, check_redirect_uri};
use crate::error::{Error, Kind, Result};
use crate::flow::fields::{Sources, parse_given};
use crate::flow::redirect::loopback_endpoint;
use crate::redirect::Endpoint;
use crate::secret::Secret;
use crate::terminal::Style;
use std::collections::BTreeMap;

/// What `client set` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline client set github\n  \
    tieline client set github --id Iv1.8a61f9b3a7aba766 --secret @secret.txt\n  \
    tieline client set hubspot --id abc --secret - --scope oauth --test <secret.txt")]
pub struct Arguments {
    /// The app
    #[arg(add = crate::candidates::apps())]
    pub app: String,
    /// The client id
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Where the client secret is: @FILE, or - for standard input; without it you are asked
    #[arg(long, value_name = "@FILE|-", conflicts_with = "public",
        add = crate::candidates::file_or_input())]
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

pub(super) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
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
    app.terminal.done(format!("{} uses your client {} from now on", definition.title, client.id));
    if let Ok(store) = app.stores.get(app.stores.choice) {
        app.terminal.detail("store", format!("{}, written and read back", store.name()));
    }
    let next = format!("tieline connect {}", definition.app);
    app.terminal.command("next", &next);
    Ok(())
}

fn check_redirect_uris(uris: &[String]) -> Result<()> {
    let wrong = uris.iter().find_map(|uri| check_redirect_uri(uri).err());
    wrong.map_or(Ok(()), |error| {
        Err(Error::new(Kind::Usage, "this is no redirect URI").because(error))
    })
}

fn say_what_to_register(app: &App, definition: &Definition, auth: &Authorization, own: &[String]) {
    let terminal = &app.terminal;
    let say_where = || {
        if let Some(docs) = &definition.docs {
            terminal.say(format!("Where: {}", terminal.paint(Style::Command, docs)));
        }
    };
    let Some(redirection) = auth.redirection() else {
        terminal.say(format!("{} sends no browser back, so there is no redirect URI.", auth.name));
        say_where();
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
    say_where();
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
    arguments: &Arguments,
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
