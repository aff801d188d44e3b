//! `tieline apps`: the catalogue.

use super::App;
use crate::accounts::files::State;
use crate::error::{Error, Kind, Result};
use crate::terminal::{Style, table};
use std::collections::BTreeSet;

/// List the apps that can be connected
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Only apps whose name or title has this in it
    pub search: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let connected: BTreeSet<String> = app
        .accounts()
        .files
        .list()
        .into_iter()
        .filter(|(_, record)| record.state == State::Connected)
        .map(|(id, _)| id.app.to_string())
        .collect();
    let wanted = arguments.search.as_deref().unwrap_or_default().to_lowercase();
    let fits =
        |name: &str, title: &str| name.contains(&wanted) || title.to_lowercase().contains(&wanted);
    let mut rows = Vec::new();
    for (name, title) in app.catalog.list() {
        if !fits(&name, &title) {
            continue;
        }
        let (types, status) = match app.catalog.load(&name) {
            Ok(definition) => {
                let types: Vec<&str> =
                    definition.authorizations.iter().map(|auth| auth.kind.name()).collect();
                (types.join(", "), definition.status.name())
            }
            Err(_) => ("run `tieline lint`".to_owned(), "wrong"),
        };
        let mark = if connected.contains(&name) { "connected" } else { "" };
        rows.push(vec![name, title, types, status.to_owned(), mark.to_owned()]);
    }
    if rows.is_empty() {
        return Err(Error::new(Kind::Usage, format!("no app has `{wanted}` in its name"))
            .hint("write a definition of your own: see the README"));
    }
    let lines = table(&["APP", "TITLE", "TYPES", "STATUS", ""], &rows, app.terminal.width());
    for (at, line) in lines.iter().enumerate() {
        let line =
            if at == 0 { app.terminal.paint_output(Style::Strong, line) } else { line.clone() };
        app.terminal.print(&format!("{line}\n"))?;
    }
    Ok(())
}
