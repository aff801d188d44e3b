//! `tieline client`: one's own developer app in place of a shared one.

mod set;
mod show;
mod trial;

use super::connect::definition;
use super::{App, authorization};
use crate::definition::{Authorization, Definition};
use crate::error::{Error, Kind, Result};

/// Set, show or remove your own client (developer app) of an app
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done with a client. Described at once, unlike what lies beneath other commands: the
/// settings of all commands must find the flags of `set`.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Use your own client for new accounts; kept accounts go on with theirs
    Set(Box<set::Arguments>),
    /// Show the client in use and the redirect URI to register
    Show {
        /// The app
        #[arg(add = crate::candidates::apps())]
        app: String,
    },
    /// Forget the client; accounts that were connected with it keep it
    Remove {
        /// The app
        #[arg(add = crate::candidates::apps())]
        app: String,
    },
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    match &arguments.command {
        Command::Set(arguments) => set::run(arguments, app).await,
        Command::Show { app: word } => show::run(app, word),
        Command::Remove { app: word } => remove(app, word).await,
    }
}

fn client_authorization<'d>(
    definition: &'d Definition,
    name: Option<&str>,
) -> Result<&'d Authorization> {
    if name.is_some() {
        let named = authorization(definition, name)?;
        return Some(named).filter(|auth| auth.has_client()).ok_or_else(|| no_client(definition));
    }
    definition
        .authorizations
        .iter()
        .find(|auth| auth.has_client())
        .ok_or_else(|| no_client(definition))
}

fn no_client(definition: &Definition) -> Error {
    Error::new(
        Kind::Usage,
        format!("`{}` has no OAuth, so there is no client to set", definition.app),
    )
    .hint(format!("run `tieline connect {}`", definition.app))
}

async fn remove(app: &App, word: &str) -> Result<()> {
    let accounts = app.accounts();
    let definition = definition(app, word)?;
    match accounts.remove_client(&definition.client_app).await? {
        Some(id) => {
            app.terminal.done(format!("{} no longer uses your client {id}", definition.title));
            let kept = accounts
                .files
                .list()
                .into_iter()
                .filter(|(_, record)| record.account.client_id.as_ref() == Some(&id));
            let kept: Vec<String> = kept.map(|(id, _)| id.to_string()).collect();
            if !kept.is_empty() {
                app.terminal.detail("kept for", kept.join(", "));
            }
            Ok(())
        }
        None => {
            Err(Error::new(Kind::Usage, format!("`{}` has no client of yours", definition.app))
                .hint(format!("run `tieline client set {}` to set one", definition.app)))
        }
    }
}
