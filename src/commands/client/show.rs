//! `tieline client show`: the client in use, and what to register.

use super::super::App;
use super::super::connect::definition;
use super::client_authorization;
use crate::accounts::files::ClientRecord;
use crate::definition::{Authorization, Definition};
use crate::error::Result;
use crate::terminal::Style;

pub(super) fn run(app: &App, word: &str) -> Result<()> {
    let definition = definition(app, word)?;
    let auth = client_authorization(&definition, None)?;
    let clients = app.accounts().clients(&definition.client_app)?;
    let current = clients.current.as_ref().and_then(|id| Some((id, clients.known.get(id)?)));
    let mut rows = client(&definition, current);
    rows.extend(redirect_uris(auth, current.map(|(_, record)| record)));
    rows.extend(definition.docs.iter().map(|docs| ("register", docs.clone())));
    rows.extend(accounts(app, &definition, current.map(|(id, _)| id.as_str())));
    let mut out = app.terminal.paint_output(Style::Strong, definition.app.as_str()) + "\n";
    for (label, value) in rows {
        let label = app.terminal.paint_output(Style::Dim, &format!("{label:<9}"));
        out.push_str(&format!("  {label} {value}\n"));
    }
    app.terminal.print(&out)
}

type Row = (&'static str, String);

fn client(definition: &Definition, current: Option<(&String, &ClientRecord)>) -> Vec<Row> {
    let Some((id, record)) = current else {
        let client = match &definition.client_id {
            Some(public) => format!("{public} (the definition's)"),
            None => format!("none yet: run `tieline client set {}`", definition.app),
        };
        return vec![("client", client)];
    };
    let parent = &definition.client_app;
    let whose = match *parent == definition.app {
        true => "yours".to_owned(),
        false => format!("yours, set for `{parent}`"),
    };
    let store = if record.store == "file" { "sealed file" } else { "keyring" };
    let mut rows =
        vec![("client", format!("{id} ({whose})")), ("secret", format!("in the {store}"))];
    rows.extend(record.scopes.iter().map(|scopes| ("scopes", scopes.join(", "))));
    rows.extend(record.fields.iter().map(|(name, value)| ("field", format!("{name}: {value}"))));
    rows
}

fn redirect_uris(auth: &Authorization, record: Option<&ClientRecord>) -> Vec<Row> {
    let Some(redirection) = auth.redirection() else { return Vec::new() };
    let own = record.map_or(&[][..], |record| &record.redirect_uris);
    let port = if redirection.any_port && own.is_empty() { " (any port)" } else { "" };
    let uris = if own.is_empty() { &redirection.uris } else { own };
    uris.iter().map(|uri| ("redirect", format!("{uri}{port}"))).collect()
}

/// The app's accounts with the clients that they go on with, and those of its family with this one.
fn accounts(app: &App, definition: &Definition, current: Option<&str>) -> Option<Row> {
    let list = app.accounts().files.list();
    let users = list.iter().filter_map(|(id, record)| {
        let client = record.account.client_id.as_deref();
        let with_this = client.is_some() && client == current;
        let shown = id.app == definition.app || with_this;
        shown.then(|| format!("{id} ({})", client.unwrap_or("no client")))
    });
    let users: Vec<String> = users.collect();
    (!users.is_empty()).then(|| ("accounts", users.join(", ")))
}
