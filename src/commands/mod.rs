//! The commands: one file each, which holds its arguments, their help, and what it does.

pub mod accounts;
pub mod apps;
pub mod call;
pub mod client;
pub mod completions;
pub mod config;
pub mod connect;
pub mod demo;
pub mod disconnect;
pub mod doctor;
mod editor;
mod example;
pub mod exec;
pub mod git_credential;
mod handover;
pub mod lint;
pub mod man;
mod own;
pub mod proxy;
mod report;
pub mod sandbox;
pub mod schema;
pub mod test;
pub mod token;
mod trace;
pub mod welcome;

use crate::account::Account;
use crate::accounts::directory::Directory;
use crate::accounts::files::{Record, State};
use crate::accounts::{Accounts, Opened, Picked, StoreChoice, Stores, environment};
use crate::catalog::Catalog;
use crate::context::Context;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition};
use crate::error::{Error, Kind, Result};
use crate::http::{Client, Network};
use crate::refresh::ENVIRONMENT;
use crate::terminal::{Color, Terminal};
use clap::ArgAction;
use std::path::PathBuf;
use std::time::Duration;

/// What every command works with.
pub struct App {
    /// The environment.
    pub context: Context,
    /// The terminal.
    pub terminal: Terminal,
    /// The stores.
    pub stores: Stores,
    /// The definitions.
    pub catalog: Catalog,
    /// What the directory says of which account is meant.
    pub directory: Directory,
}

/// What every command takes.
#[derive(clap::Args, Debug, Clone)]
pub struct Global {
    /// Show each request and answer on standard error, secrets masked; twice with headers and bodies
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Where secrets are kept [default: keyring, or what TIELINE_STORE says]
    #[arg(long, global = true, value_enum, value_name = "STORE", hide_possible_values = false)]
    pub store: Option<StoreChoice>,
    /// Look for definitions in this folder first
    #[arg(long, global = true, value_name = "DIR")]
    pub apps: Option<PathBuf>,
    /// When to color
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    pub color: Color,
    /// Print ASCII only
    #[arg(long, global = true)]
    pub ascii: bool,
}

impl App {
    /// What surrounds a command, from its context and the global flags.
    ///
    /// # Errors
    /// A setting is wrong.
    pub fn new(context: Context, global: &Global) -> Result<Self> {
        let terminal = Terminal::new(&context, global.color, global.ascii, global.verbose);
        let stores = Stores::new(&context, &terminal, global.store)?;
        let folders = global.apps.iter().cloned().chain([context.folders.apps.clone()]);
        let catalog = Catalog::new(folders.collect());
        let directory = Directory::new(&context, &terminal);
        Ok(Self { context, terminal, stores, catalog, directory })
    }

    /// The accounts of this user.
    #[must_use]
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts::new(&self.context, &self.stores).in_directory(&self.directory)
    }

    /// An HTTP client, and its trace when the command ends.
    #[must_use]
    pub fn http(&self, seconds: u64) -> Client {
        Client::new(Duration::from_secs(seconds), Network::of(&self.context))
    }

    /// An account that is meant by `app` or `app/name`, opened: from its store, or from the
    /// environment.
    ///
    /// # Errors
    /// It is not connected, or cannot be read.
    pub async fn open(
        &self,
        accounts: &Accounts<'_>,
        wanted: &AccountId,
    ) -> Result<(Definition, Opened, Picked)> {
        if self.stores.choice == StoreChoice::Env {
            let (definition, opened) = self.open_from_environment(wanted)?;
            return Ok((definition, opened, Picked::Environment));
        }
        self.finish_interrupted(accounts).await;
        let (id, picked) = self.pick(accounts, wanted)?;
        let (definition, opened) = self.open_this(accounts, &id).await?;
        Ok((definition, opened, picked))
    }

    /// Which kept account is meant by `app` or `app/name`.
    ///
    /// # Errors
    /// There is none, or it is not clear which.
    pub fn pick(&self, accounts: &Accounts<'_>, wanted: &AccountId) -> Result<(AccountId, Picked)> {
        accounts.pick(&self.context, wanted).map_err(|error| {
            // Perhaps there is no such app at all: then that is what to say.
            self.catalog.load(wanted.app.as_str()).map_or_else(Into::into, |_| error)
        })
    }

    /// An account whose credential is in the environment.
    ///
    /// # Errors
    /// Something of it is not set, or its definition is wrong.
    pub fn open_from_environment(&self, id: &AccountId) -> Result<(Definition, Opened)> {
        let definition = self.catalog.load(id.app.as_str())?;
        let variable = crate::context::variable(id, "auth");
        let auth = authorization(&definition, self.context.variable(&variable).as_deref())?;
        let (account, credential) = environment::read(&self.context, &definition, auth, id)?;
        let record = Record::new(State::Connected, ENVIRONMENT, account.clone());
        let opened = Opened { id: id.clone(), record, account, credential };
        Ok((definition, opened))
    }

    /// Opens exactly this account.
    ///
    /// # Errors
    /// It is not there, or its definition is wrong.
    pub async fn open_this(
        &self,
        accounts: &Accounts<'_>,
        id: &AccountId,
    ) -> Result<(Definition, Opened)> {
        let opened = accounts.open(id).await?;
        let definition = self.definition_of(&opened)?;
        Ok((definition, opened))
    }

    /// Finishes what a kill interrupted; what cannot be finished is a note and no more.
    pub async fn finish_interrupted(&self, accounts: &Accounts<'_>) {
        let Some(error) = accounts.finish_interrupted().await else { return };
        self.terminal.warn(format!("{}; it is tried again in an hour", error.message));
        for cause in &error.causes {
            self.terminal.say(format!("  caused by: {cause}"));
        }
    }

    /// The definition that an account was connected with. It may have been edited since: the hosts
    /// that are kept with the credential hold it to where it could send then.
    ///
    /// # Errors
    /// It is gone, or has errors.
    pub fn definition_of(&self, opened: &Opened) -> Result<Definition> {
        self.definition_of_account(&opened.id, &opened.account)
    }

    /// The same for an account whose secrets were not read.
    ///
    /// # Errors
    /// As [`App::definition_of`].
    pub fn definition_of_account(&self, id: &AccountId, account: &Account) -> Result<Definition> {
        let definition = match &account.definition {
            None => self.catalog.load(id.app.as_str())?,
            Some(path) => self.catalog.load(path).map_err(|error| {
                Error::from(error).hint(format!("`{id}` was connected with this file"))
            })?,
        };
        Ok(match &account.server_metadata {
            Some(metadata) => definition.completed(&account.authorization, metadata),
            None => definition,
        })
    }
}

/// An authorization by name, or the default.
///
/// # Errors
/// There is none of that name.
pub fn authorization<'d>(
    definition: &'d Definition,
    name: Option<&str>,
) -> Result<&'d Authorization> {
    definition.authorization(name).ok_or_else(|| {
        let names: Vec<&str> =
            definition.authorizations.iter().map(|auth| auth.name.as_str()).collect();
        let name = name.unwrap_or_default();
        Error::new(Kind::Usage, format!("`{}` has no authorization `{name}`", definition.app))
            .hint(format!("it has {}", names.join(", ")))
    })
}

/// The authorization that a kept account was connected with.
///
/// # Errors
/// The definition does not have it any more.
pub fn authorization_of<'d>(
    definition: &'d Definition,
    opened: &Opened,
) -> Result<&'d Authorization> {
    definition.authorization(Some(&opened.account.authorization)).ok_or_else(|| {
        let name = &opened.account.authorization;
        Error::new(
            Kind::NotConnected,
            format!(
                "`{}` was connected with `{name}`, which its definition no longer has",
                opened.id
            ),
        )
        .hint(format!("run `tieline connect {}`", opened.id))
    })
}
