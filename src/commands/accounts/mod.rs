//! `tieline accounts`: what is connected. It reads no secret.

mod attention;
mod list;
mod meant;
mod refresh;
mod show;

pub(crate) use list::list;
pub(super) use list::print_table;

use super::App;
use crate::definition::names::AccountId;
use crate::error::{Error, Result};
use meant::Meant;

/// The version of `--json`.
const SCHEMA: u32 = 1;

/// List accounts; show, rename, refresh one, make it the default
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How they are listed.
    #[command(flatten)]
    pub list: ListArguments,
}

/// What the list takes.
#[derive(clap::Args, Debug)]
pub struct ListArguments {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What can be done with accounts.
#[derive(clap::Subcommand, Debug)]
#[command(defer = true)]
pub enum Command {
    /// Show one account: authorization, scopes, expiry, store, hosts
    Show {
        /// `app` or `app/name`
        #[arg(add = crate::candidates::accounts())]
        account: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Ask the provider what it knows of the access token, too
        #[arg(long)]
        live: bool,
    },
    /// Give an account another name
    Rename {
        /// `app` or `app/name`
        #[arg(add = crate::candidates::accounts())]
        account: String,
        /// The new name
        name: String,
    },
    /// Make an account the one that is used where only the app is named
    Default {
        /// `app/name`
        #[arg(add = crate::candidates::accounts())]
        account: String,
    },
    /// Renew the credential and look everything up again
    Refresh {
        /// `app` or `app/name`
        #[arg(add = crate::candidates::accounts())]
        account: String,
    },
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    match &arguments.command {
        None => list(app, arguments.list.json),
        Some(Command::Show { account, json, live }) => show::show(app, account, *json, *live).await,
        Some(Command::Rename { account, name }) => rename(app, account, name).await,
        Some(Command::Default { account }) => set_default(app, account),
        Some(Command::Refresh { account }) => refresh::refresh(app, account).await,
    }
}

async fn rename(app: &App, word: &str, name: &str) -> Result<()> {
    let accounts = app.accounts();
    app.finish_interrupted(&accounts).await;
    let (from, _) = accounts.pick(&app.context, &AccountId::parse(word)?)?;
    let name = name.strip_prefix(&format!("{}/", from.app)).unwrap_or(name);
    let to = AccountId::new(from.app.clone(), Some(name))?;
    // In one order, so that two renames never wait for each other.
    let (first, second) = if from <= to { (&from, &to) } else { (&to, &from) };
    let _lock = accounts.lock(first).await?;
    let _other = if to == from { None } else { Some(accounts.lock(second).await?) };
    accounts.rename(&from, &to).await?;
    app.terminal.done(format!("Renamed {from} to {to}"));
    Ok(())
}

fn set_default(app: &App, word: &str) -> Result<()> {
    let accounts = app.accounts();
    let id = AccountId::parse(word)?;
    if accounts.record(&id)?.is_none() {
        return Err(accounts.missing(&id));
    }
    let saved = accounts.files.set_default(&id.app, Some(&id));
    saved.map_err(|error| Error::unwritable("the defaults cannot be written", &error))?;
    app.terminal.done(format!("`{}` means {id} from now on", id.app));
    if let Some(path) = Meant::here(app).file_for([&id].into_iter()) {
        app.terminal.warn(format!("`{path}` is followed here, and goes before the default"));
    }
    Ok(())
}
