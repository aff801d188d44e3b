//! `tieline apps show`: an app in words. Everything is read off its definition; nobody is asked.

mod json;
mod page;
mod words;

use super::{connected, list::source};
use crate::catalog::Origin;
use crate::commands::{App, authorization, example};
use crate::context::variable;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, Field};
use crate::error::Result;
use page::Page;

/// What `apps show` takes.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// The app, or a definition's path
    #[arg(add = crate::candidates::apps())]
    pub app: String,
    /// Only this authorization
    #[arg(long, value_name = "NAME")]
    pub auth: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What is shown.
struct Shown<'a> {
    definition: &'a Definition,
    /// Those that were asked for.
    authorizations: Vec<&'a Authorization>,
    origin: Option<Origin>,
    accounts: Vec<AccountId>,
    /// What stands for the app on a command line: its name, or the path that was given.
    word: &'a str,
}

pub(super) fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let definition = app.catalog.load(&arguments.app)?;
    let authorizations = match &arguments.auth {
        Some(name) => vec![authorization(&definition, Some(name))?],
        None => definition.authorizations.iter().collect(),
    };
    let shown = Shown {
        authorizations,
        origin: app.catalog.origin(&arguments.app),
        accounts: connected(app).remove(definition.app.as_str()).unwrap_or_default(),
        word: &arguments.app,
        definition: &definition,
    };
    if arguments.json {
        return app.terminal.print_json(&json::of(&shown));
    }
    let mut page = Page::new(&app.terminal);
    head(&mut page, &shown);
    for auth in &shown.authorizations {
        describe(&mut page, &shown, auth);
    }
    next(&mut page, &shown);
    app.terminal.print(&page.text())
}

fn head(page: &mut Page, shown: &Shown<'_>) {
    let definition = shown.definition;
    page.title(&definition.title, &format!("({})", definition.app));
    page.detail("status", words::status(definition.status));
    if let Some(origin) = &shown.origin {
        page.detail(
            "source",
            &match origin {
                Origin::Embedded => "embedded in tieline".to_owned(),
                Origin::File(_) => format!("your own file {}", source(origin)),
            },
        );
    }
    if let Some(docs) = &definition.docs {
        page.link("docs", docs);
    }
    if definition.client_app != definition.app {
        let parent = &definition.client_app;
        page.detail("family", &format!("extends `{parent}`, whose client serves this app too"));
    }
    let accounts: Vec<String> = shown.accounts.iter().map(ToString::to_string).collect();
    page.detail(
        "connected",
        &match accounts.is_empty() {
            true => "no".to_owned(),
            false => accounts.join(", "),
        },
    );
}

fn describe(page: &mut Page, shown: &Shown<'_>, auth: &Authorization) {
    let first = shown.definition.authorizations.first().is_some_and(|a| a.name == auth.name);
    let default = if first { ", the default" } else { "" };
    page.gap();
    page.title(&auth.name, &format!("- {}{default}", words::way(auth)));
    if !first {
        page.detail("chosen by", &format!("--auth {}", auth.name));
    }
    fields(page, shown, auth);
    if let Some(oauth2) = auth.oauth2() {
        page.detail(
            "scopes",
            &match oauth2.scopes.is_empty() {
                true => "none unless --scope says so".to_owned(),
                false => oauth2.scopes.join(", "),
            },
        );
    }
    page.details("sent as", &words::placements(auth));
    page.detail("base URL", auth.base_url.source());
    page.detail("hosts", &words::hosts(shown.definition, auth).join(", "));
    page.detail("refresh", &words::refresh(auth));
    page.detail("identity", words::identity(auth));
    page.details("exec sets", &words::environment(auth));
    register(page, shown, auth);
}

fn fields(page: &mut Page, shown: &Shown<'_>, auth: &Authorization) {
    if auth.fields.is_empty() {
        page.detail("asks", "nothing here: you agree in the browser");
    }
    for (at, field) in auth.fields.iter().enumerate() {
        page.detail(if at == 0 { "asks" } else { "" }, &words::field(field));
        for line in words::more_of(field) {
            page.more(&line);
        }
        page.more(&sources(shown.definition, field));
    }
}

/// Where a field's value may come from.
fn sources(definition: &Definition, field: &Field) -> String {
    let id = AccountId { app: definition.app.clone(), name: None };
    let flag = match field.secret {
        true => format!("--field {}=@FILE", field.name),
        false => format!("--field {}=...", field.name),
    };
    format!("{flag} or {}", variable(&id, &field.name))
}

fn register(page: &mut Page, shown: &Shown<'_>, auth: &Authorization) {
    if !auth.has_client() {
        return;
    }
    let definition = shown.definition;
    if let Some(id) = &definition.client_id {
        let text =
            format!("nothing: the definition brings the client `{id}`; yours takes its place");
        page.detail("register", &text);
    } else if words::registers_itself(auth) {
        page.detail("register", "nothing: where the provider allows it, a client is registered");
    } else {
        page.detail("register", "a client (developer app) of your own, at the page above:");
    }
    let Some(redirection) = auth.redirection() else { return };
    let port = if redirection.any_port { " (any port)" } else { "" };
    for (at, uri) in redirection.uris.iter().enumerate() {
        page.command(if at == 0 { "redirect" } else { "" }, &format!("{uri}{port}"));
    }
    for field in &definition.client_fields {
        page.more(&format!("`client set` also asks: {}", words::field(field)));
    }
}

fn next(page: &mut Page, shown: &Shown<'_>) {
    let (definition, word) = (shown.definition, shown.word);
    let Some(auth) = shown.authorizations.first() else { return };
    let default = definition.authorizations.first().is_some_and(|a| a.name == auth.name);
    let option = if default { String::new() } else { format!(" --auth {}", auth.name) };
    page.gap();
    page.title("Next", "");
    let brings = definition.client_id.is_some() || words::registers_itself(auth);
    if auth.has_client() && auth.redirection().is_some() && !brings {
        page.step(&format!("tieline client set {word}{option}"));
    }
    page.step(&format!("tieline connect {word}{option}"));
    page.step(&format!("tieline call {} {}", definition.app, example::path(auth)));
}
