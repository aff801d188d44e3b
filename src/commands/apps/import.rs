//! `tieline apps import`: another program's descriptions of apps as definitions.

use super::{SCHEMA, read_given};
use crate::catalog::save;
use crate::commands::App;
use crate::error::{Error, Kind, Result};
use crate::nango::{self, Converted, MAX_BYTES};
use crate::terminal::Style;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

/// What `apps import` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline apps import nango providers.yaml --output ./imported\n  \
    tieline --apps ./imported apps show NAME")]
pub struct ImportArguments {
    /// The format of the file
    #[arg(value_enum)]
    pub format: Format,
    /// The file
    #[arg(value_hint = clap::ValueHint::FilePath)]
    pub file: PathBuf,
    /// Where the definitions go [default: the folder of your own]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub output: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Formats that are read.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Format {
    /// A providers file of Nango
    Nango,
}

/// An entry, and whether its file was there already.
struct Written {
    entry: Converted,
    there: bool,
}

pub(super) fn run(arguments: &ImportArguments, app: &App) -> Result<()> {
    let Format::Nango = arguments.format;
    let shown = arguments.file.display();
    let text = read_given(&arguments.file, MAX_BYTES)?;
    let all = nango::convert(&text).map_err(|why| {
        Error::new(Kind::Definition, format!("`{shown}` is no providers file")).because(why)
    })?;
    let folder = arguments.output.as_ref().unwrap_or(&app.context.folders.apps);
    let all = write(all, folder)?;
    if arguments.json {
        app.terminal.print_json(&as_json(&all))?;
    } else {
        report(app, &all)?;
    }
    summary(app, &all, folder)
}

fn write(all: Vec<Converted>, folder: &Path) -> Result<Vec<Written>> {
    all.into_iter()
        .map(|entry| {
            let Ok(text) = &entry.definition else { return Ok(Written { entry, there: false }) };
            let path = folder.join(format!("{}.yaml", entry.app));
            match save(&path, text, false) {
                Ok(()) => Ok(Written { entry, there: false }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    Ok(Written { entry, there: true })
                }
                Err(error) => Err(Error::writing(&path, &error)),
            }
        })
        .collect()
}

/// What could not be converted: whole entries last, where the eye is.
fn report(app: &App, all: &[Written]) -> Result<()> {
    let mut text = String::new();
    let strong = |text: &str| app.terminal.paint_output(Style::Strong, text);
    let (failed, fine): (Vec<_>, Vec<_>) =
        all.iter().partition(|written| written.entry.definition.is_err());
    for written in fine.iter().filter(|written| written.there || !written.entry.notes.is_empty()) {
        text.push_str(&format!("{}\n", strong(&written.entry.entry)));
        if written.there {
            text.push_str("  not written: there is a file of that name\n");
        }
        written.entry.notes.iter().for_each(|note| text.push_str(&format!("  {note}\n")));
    }
    if !failed.is_empty() {
        text.push_str("\nNot converted:\n");
    }
    for Written { entry, .. } in failed {
        let why = entry.definition.as_ref().err().map_or("", String::as_str);
        text.push_str(&format!("{}\n  {why}\n", strong(&entry.entry)));
    }
    app.terminal.print(&text)
}

fn summary(app: &App, all: &[Written], folder: &Path) -> Result<()> {
    let converted = all.iter().filter(|written| written.entry.definition.is_ok()).count();
    let there = all.iter().filter(|written| written.there).count();
    let share = converted * 1000 / all.len().max(1);
    if converted == 0 {
        return Err(Error::new(Kind::Failed, "no entry could be converted"));
    }
    app.terminal.done(format!(
        "Converted {converted} of {} entries ({}.{} %)",
        all.len(),
        share / 10,
        share % 10
    ));
    app.terminal.detail("written", format!("{} to {}", converted - there, folder.display()));
    if there > 0 {
        app.terminal.detail("kept", format!("{there} that were there already"));
    }
    app.terminal.detail("status", "unverified: no fact of the file was checked");
    Ok(())
}

fn as_json(all: &[Written]) -> Value {
    let entry = |written: &Written| {
        let Converted { entry, app, definition, notes } = &written.entry;
        json!({
            "entry": entry,
            "app": app,
            "converted": definition.is_ok(),
            "written": definition.is_ok() && !written.there,
            "reason": definition.as_ref().err(),
            "notes": notes,
        })
    };
    json!({ "schema": SCHEMA, "entries": all.iter().map(entry).collect::<Vec<_>>() })
}
