//! `tieline apps`: the catalogue. It parses a definition only to show it.

mod import;
mod list;
mod new;
mod own;
mod show;
mod templates;

use super::App;
use crate::accounts::files::State;
use crate::catalog::save;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The version of `--json`.
const SCHEMA: u32 = 1;

/// Find an app, and see what connecting it will ask
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What is listed.
    #[command(flatten)]
    pub list: list::ListArguments,
}

/// What can be done with apps.
#[derive(clap::Subcommand, Debug)]
#[command(defer = true)]
pub enum Command {
    /// Show what connecting an app will ask, where its credential goes, and what to register
    Show(show::Arguments),
    /// Print where a definition lies, or the folder of your own
    Path(own::PathArguments),
    /// Open a definition in your editor, as a copy of your own if need be, and check it
    Edit(own::EditArguments),
    /// Write a definition to begin with
    New(new::NewArguments),
    /// Convert another program's descriptions of apps into definitions
    Import(import::ImportArguments),
}

/// Runs what needs to wait for nothing; `None` for the rest.
pub(crate) fn run_at_once(arguments: &Arguments, app: &App) -> Option<Result<()>> {
    Some(match &arguments.command {
        None => list::run(&arguments.list, app),
        Some(Command::Show(arguments)) => show::run(arguments, app),
        Some(Command::Path(arguments)) => own::path(arguments, app),
        Some(Command::Edit(arguments)) => own::edit(arguments, app),
        Some(Command::New(_)) => return None,
        Some(Command::Import(arguments)) => import::run(arguments, app),
    })
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    match &arguments.command {
        Some(Command::New(arguments)) => new::run(arguments, app).await,
        _ => run_at_once(arguments, app).unwrap_or(Ok(())),
    }
}

/// Writes a definition; without `force` a file that is there is an error.
fn save_new(path: &Path, text: &str, force: bool) -> Result<()> {
    save(path, text, force).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => is_there(path),
        _ => Error::writing(path, &error),
    })
}

/// Reads a file that was named, and of a device or a huge file no more than is looked at.
fn read_given(path: &Path, bound: usize) -> Result<String> {
    let mut text = String::new();
    let read = File::open(path)
        .and_then(|file| file.take(bound as u64 + 1).read_to_string(&mut text))
        .map_err(|error| Error { kind: Kind::Usage, ..Error::reading(path, &error) });
    read.map(|_| text)
}

fn is_there(path: &Path) -> Error {
    Error::new(Kind::Usage, format!("`{}` is there already", path.display()))
        .hint("give `--force` to overwrite it, or `--output FILE` to write another")
}

/// The connected accounts by app.
fn connected(app: &App) -> BTreeMap<String, Vec<AccountId>> {
    let mut by_app: BTreeMap<String, Vec<AccountId>> = BTreeMap::new();
    for (id, record) in app.accounts().files.list() {
        if record.state == State::Connected {
            by_app.entry(id.app.to_string()).or_default().push(id);
        }
    }
    by_app
}
