//! `tieline apps`: the catalogue. It parses a definition only to show it.

mod list;
mod show;

use super::App;
use crate::accounts::files::State;
use crate::definition::names::AccountId;
use crate::error::Result;
use std::collections::BTreeMap;

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
pub enum Command {
    /// Show what connecting an app will ask, where its credential goes, and what to register
    Show(show::Arguments),
}

pub(crate) fn run(arguments: &Arguments, app: &App) -> Result<()> {
    match &arguments.command {
        None => list::run(&arguments.list, app),
        Some(Command::Show(arguments)) => show::run(arguments, app),
    }
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
