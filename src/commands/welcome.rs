//! `tieline` alone: what to do next, which depends on what there is.

use super::{App, accounts, example};
use crate::accounts::files::{Record, State};
use crate::accounts::warnings::{Warning, of_record};
use crate::context::now;
use crate::definition::names::AccountId;
use crate::error::Result;
use crate::pending::LIFETIME;
use crate::terminal::Style;
use unicode_width::UnicodeWidthStr;

/// So many lines of advice are read.
const MOST: usize = 5;

/// A command, and what it is good for now.
type Step = (String, String);

pub(crate) fn run(app: &App) -> Result<()> {
    let files = app.accounts().files;
    let all = files.list();
    app.terminal.print("tieline connects your terminal to any app's API.\n\n")?;
    if all.is_empty() {
        app.terminal.print("Nothing is connected yet.\n")?;
    } else {
        accounts::print_table(app)?;
    }
    let mut steps = waiting(app);
    steps.extend(all.iter().filter_map(|(id, record)| mending(id, record)));
    if steps.is_empty() {
        steps = ordinary(app, &all);
    }
    print(app, &steps)?;
    app.terminal.print("\ntieline --help lists every command.\n")
}

/// What was begun and not ended.
fn waiting(app: &App) -> Vec<Step> {
    let files = app.accounts().files;
    let mut steps = Vec::new();
    for (id, record) in files.list_pending() {
        let left = record.started_at + LIFETIME - now();
        if left > 0 {
            let why = format!("waits for the address, for {} more min", left / 60 + 1);
            steps.push((format!("tieline connect {id} --finish -"), why));
        }
    }
    if !files.damaged().is_empty() {
        let why = "files of accounts are damaged".to_owned();
        steps.push(("tieline doctor --fix".to_owned(), why));
    }
    steps
}

/// What an account needs, if it does not work as it is.
fn mending(id: &AccountId, record: &Record) -> Option<Step> {
    if record.state == State::Disconnecting {
        return Some((format!("tieline disconnect {id}"), "was cut off".to_owned()));
    }
    let mut warnings = of_record(record, now()).into_iter();
    // A scope that was not granted is a thing to know and not to do.
    let warning = warnings.find(|warning| !matches!(warning, Warning::NotGranted(_)))?;
    Some((warning.remedy(id), warning.to_string()))
}

fn ordinary(app: &App, all: &[(AccountId, Record)]) -> Vec<Step> {
    let step = |command: &str, why: &str| (command.to_owned(), why.to_owned());
    let Some((id, record)) = all.first() else {
        let mut steps = vec![
            step("tieline demo", "watch the whole story in a minute, nothing is kept"),
            step("tieline apps", "find your app"),
        ];
        // Whoever has set a client wants to use it.
        let clients = app.accounts().files.client_apps();
        let connect = |name: &str| format!("tieline connect {name}");
        match clients.first() {
            Some(name) => steps.insert(0, (connect(name.as_str()), "its client is set".to_owned())),
            None => steps.push(step("tieline connect", "pick one and connect it")),
        }
        return steps;
    };
    let definition = app.catalog.load(id.app.as_str()).ok();
    let auth = definition.as_ref();
    let auth = auth.and_then(|it| it.authorization(Some(&record.account.authorization)));
    let path = auth.map_or_else(|| "/".to_owned(), example::path);
    vec![
        step(&format!("tieline call {id} {path}"), "make a request"),
        step("tieline test --all", "see whether everything works"),
        step("tieline connect", "connect another app"),
    ]
}

fn print(app: &App, steps: &[Step]) -> Result<()> {
    let shown = &steps[..steps.len().min(MOST)];
    let width = shown.iter().map(|(command, _)| command.width()).max().unwrap_or_default();
    let mut text = String::from("\nNext:\n\n");
    for (command, why) in shown {
        let gap = " ".repeat(width - command.width() + 2);
        text += &format!("  {}{gap}{why}\n", app.terminal.paint_output(Style::Command, command));
    }
    if steps.len() > MOST {
        text += &format!("  and {} more: `tieline accounts`\n", steps.len() - MOST);
    }
    app.terminal.print(&text)
}
