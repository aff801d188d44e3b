//! `tieline apps [SEARCH]`: the list.

use super::{SCHEMA, connected};
use crate::catalog::{Entry, Fit, Origin};
use crate::commands::App;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::terminal::{Style, table};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What the list takes.
#[derive(clap::Args, Debug)]
pub struct ListArguments {
    /// Only apps whose name, title or type has this in it; the best fit comes first
    pub search: Option<String>,
    /// Also families that others extend, the sandbox's, and services that have ended
    #[arg(long)]
    pub all: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print a table in Markdown
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,
}

pub(super) fn run(arguments: &ListArguments, app: &App) -> Result<()> {
    let search = arguments.search.as_deref().unwrap_or_default().trim();
    let (shown, hidden) = find(app.catalog.entries(), search, arguments.all);
    let connected = connected(app);
    if arguments.json {
        let list: Vec<Value> = shown.iter().map(|entry| as_json(entry, &connected)).collect();
        return app.terminal.print_json(&json!({ "schema": SCHEMA, "apps": list }));
    }
    if shown.is_empty() {
        return Err(Error::new(Kind::Usage, format!("no app fits `{search}`"))
            .hint("`tieline apps --all` lists every one")
            .hint("to connect one that nobody has described, run `tieline apps new NAME`"));
    }
    if arguments.markdown {
        return app.terminal.print(&markdown(&shown));
    }
    print(app, &shown, &connected)?;
    if app.terminal.terminals.output {
        footer(app, hidden);
    }
    Ok(())
}

/// What is shown, the best fit first, and how many are not. A search that names what is hidden, or
/// that fits nothing else, shows it.
fn find(entries: Vec<Entry>, search: &str, all: bool) -> (Vec<Entry>, usize) {
    let fits = entries.into_iter().map(|entry| (entry.fit(search), entry));
    let mut found: Vec<(Fit, Entry)> = match search {
        "" => fits.map(|(_, entry)| (Fit::Name, entry)).collect(),
        _ => fits.filter_map(|(fit, entry)| Some((fit?, entry))).collect(),
    };
    if found.iter().any(|(fit, _)| !fit.is_guess()) {
        found.retain(|(fit, _)| !fit.is_guess());
    }
    found.sort_by_key(|(fit, _)| *fit);
    let before = found.len();
    if !all && found.iter().any(|(_, entry)| !entry.is_hidden()) {
        found.retain(|(fit, entry)| !entry.is_hidden() || !search.is_empty() && *fit == Fit::Name);
    }
    let hidden = before - found.len();
    (found.into_iter().map(|(_, entry)| entry).collect(), hidden)
}

fn print(app: &App, shown: &[Entry], connected: &BTreeMap<String, Vec<AccountId>>) -> Result<()> {
    // Without a connected app among them, its column would only take the place of the titles.
    let any = shown.iter().any(|entry| connected.contains_key(&entry.name));
    let row = |entry: &Entry| {
        let mut cells = vec![
            entry.name.clone(),
            entry.title.clone(),
            entry.types().join(", "),
            entry.status.clone(),
        ];
        if any {
            let mark = if connected.contains_key(&entry.name) { "connected" } else { "" };
            cells.push(mark.to_owned());
        }
        cells
    };
    let rows: Vec<Vec<String>> = shown.iter().map(row).collect();
    let header = ["APP", "TITLE", "TYPES", "STATUS", ""];
    let header = &header[..if any { 5 } else { 4 }];
    let mut lines = table(header, &rows, app.terminal.width()).into_iter();
    let head = lines.next().unwrap_or_default();
    let mut text = format!("{}\n", app.terminal.paint_output(Style::Strong, &head));
    lines.for_each(|line| text.extend([line.as_str(), "\n"]));
    app.terminal.print(&text)
}

fn footer(app: &App, hidden: usize) {
    let command = |text: &str| app.terminal.paint(Style::Command, text);
    app.terminal.say("");
    if hidden > 0 {
        app.terminal.say(format!(
            "{hidden} more (practice, families, services that have ended): {}",
            command("tieline apps --all")
        ));
    }
    app.terminal.say(format!(
        "What an app asks, and what to register: {}",
        command("tieline apps show APP")
    ));
}

/// The table of the README.
fn markdown(shown: &[Entry]) -> String {
    let mut text = String::from("| app | title | authorizations | status |\n|---|---|---|---|\n");
    for entry in shown {
        let ways: Vec<String> = entry
            .authorizations
            .iter()
            .map(|(name, kind)| match name == kind {
                true => format!("`{kind}`"),
                false => format!("{name} (`{kind}`)"),
            })
            .collect();
        let title = entry.title.replace('|', "\\|");
        let (name, status) = (&entry.name, &entry.status);
        text.push_str(&format!("| `{name}` | {title} | {} | {status} |\n", ways.join(", ")));
    }
    text
}

fn as_json(entry: &Entry, connected: &BTreeMap<String, Vec<AccountId>>) -> Value {
    let ways = entry.authorizations.iter();
    let ways: Vec<Value> = ways.map(|(name, kind)| json!({ "name": name, "type": kind })).collect();
    let accounts = connected.get(&entry.name).into_iter().flatten();
    let accounts: Vec<String> = accounts.map(ToString::to_string).collect();
    json!({
        "app": entry.name,
        "title": entry.title,
        "status": entry.status,
        "authorizations": ways,
        "accounts": accounts,
        "hidden": entry.is_hidden(),
        "source": source(&entry.origin),
    })
}

/// `embedded`, or the path.
pub(super) fn source(origin: &Origin) -> String {
    match origin {
        Origin::Embedded => "embedded".to_owned(),
        Origin::File(path) => path.display().to_string(),
    }
}
