//! The commands: one file each, which holds its arguments, their help, and what it does.

pub mod accounts;
pub mod apps;
pub mod call;
pub mod client;
pub mod completions;
pub mod connect;
pub mod demo;
pub mod disconnect;
pub mod lint;
pub mod sandbox;
pub mod test;
mod trace;
mod welcome;

use crate::accounts::{Accounts, Opened, Picked, StoreChoice, Stores, environment};
use crate::accounts::files::{Record, State};
use crate::catalog::Catalog;
use crate::cli::{Cli, Command};
use crate::context::Context;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition};
use crate::error::{Error, Kind, Result};
use crate::http::Client;
use crate::refresh::ENVIRONMENT;
use crate::terminal::Terminal;
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
}

/// Runs what was typed.
///
/// # Errors
/// What the command says.
pub async fn run(cli: Cli, app: &App) -> Result<()> {
    match cli.command {
        None => welcome::run(app),
        Some(Command::Connect(arguments)) => connect::run(&arguments, app).await,
        Some(Command::Accounts(arguments)) => accounts::run(&arguments, app).await,
        Some(Command::Disconnect(arguments)) => disconnect::run(&arguments, app).await,
        Some(Command::Test(arguments)) => test::run(&arguments, app).await,
        Some(Command::Call(arguments)) => call::run(&arguments, app).await,
        Some(Command::Client(arguments)) => client::run(&arguments, app).await,
        Some(Command::Apps(arguments)) => apps::run(&arguments, app),
        Some(Command::Lint(arguments)) => lint::run(&arguments, app),
        Some(Command::Completions(arguments)) => completions::run(&arguments, app),
        Some(Command::Sandbox(arguments)) => sandbox::run(&arguments, app).await,
        Some(Command::Demo(arguments)) => demo::run(&arguments, app).await,
    }
}

impl App {
    /// What surrounds a command, from the process and the global flags.
    ///
    /// # Errors
    /// A setting is wrong.
    pub fn new(cli: &Cli) -> Result<Self> {
        let context = Context::from_process()?;
        let global = &cli.global;
        let terminal = Terminal::new(&context, global.color, global.ascii, global.verbose);
        let stores = Stores::new(&context, &terminal, global.store)?;
        let folders = global.apps.iter().cloned().chain([context.folders.apps.clone()]);
        let catalog = Catalog::new(folders.collect());
        Ok(Self { context, terminal, stores, catalog })
    }

    /// The accounts of this user.
    #[must_use]
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts::new(&self.context, &self.stores)
    }

    /// An HTTP client, and its trace when the command ends.
    #[must_use]
    pub fn http(&self, seconds: u64) -> Client {
        Client::new(Duration::from_secs(seconds))
    }

    /// An account that is meant by `app` or `app/name`, opened: from its store, or from the
    /// environment.
    ///
    /// # Errors
    /// It is not connected, or cannot be read.
    pub async fn open(&self, accounts: &Accounts<'_>, wanted: &AccountId) -> Result<(Definition, Opened, Picked)> {
        if self.stores.choice == StoreChoice::Env {
            let definition = self.catalog.load(wanted.app.as_str())?;
            let variable = crate::context::variable(wanted, "auth");
            let auth = authorization(&definition, self.context.variable(&variable))?;
            let (account, credential) = environment::read(&self.context, &definition, auth, wanted)?;
            let record = Record {
                state: State::Connected,
                store: ENVIRONMENT.to_owned(),
                refresh_sent_at: None,
                account: account.clone(),
            };
            let opened = Opened { id: wanted.clone(), record, account, credential };
            return Ok((definition, opened, Picked::Environment));
        }
        accounts.finish_interrupted().await;
        let (id, picked) = accounts.pick(&self.context, wanted)?;
        let definition = self.catalog.load(id.app.as_str())?;
        let opened = accounts.open(&id).await?;
        Ok((definition, opened, picked))
    }
}

/// An authorization by name, or the default.
///
/// # Errors
/// There is none of that name.
pub fn authorization<'d>(definition: &'d Definition, name: Option<&str>) -> Result<&'d Authorization> {
    definition.authorization(name).ok_or_else(|| {
        let names: Vec<&str> = definition.authorizations.iter().map(|auth| auth.name.as_str()).collect();
        let name = name.unwrap_or_default();
        Error::new(Kind::Usage, format!("`{}` has no authorization `{name}`", definition.app))
            .hint(format!("it has {}", names.join(", ")))
    })
}

/// The authorization that a kept account was connected with.
///
/// # Errors
/// The definition does not have it any more.
pub fn authorization_of<'d>(definition: &'d Definition, opened: &Opened) -> Result<&'d Authorization> {
    definition.authorization(Some(&opened.account.authorization)).ok_or_else(|| {
        let name = &opened.account.authorization;
        Error::new(Kind::NotConnected, format!("`{}` was connected with `{name}`, which its definition no longer has", opened.id))
            .hint(format!("run `tieline connect {}`", opened.id))
    })
}
