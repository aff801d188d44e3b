//! The command line: what can be typed, and which command it runs.

use crate::commands::{
    App, Global, accounts, apps, call, client, completions, connect, demo, disconnect, doctor,
    exec, git_credential, lint, proxy, sandbox, test, token, welcome,
};
use crate::error::{KINDS, Result};
use clap::{CommandFactory, Parser, Subcommand};

/// Connects your terminal to any app's API.
#[derive(Parser, Debug)]
#[command(name = "tieline", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// The command; none says what to do next.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
}

/// The commands; the help of each stands at its arguments.
#[derive(Subcommand, Debug)]
#[allow(missing_docs, reason = "a comment here would replace the help that stands there")]
pub enum Command {
    Connect(connect::Arguments),
    Accounts(accounts::Arguments),
    Disconnect(disconnect::Arguments),
    Test(test::Arguments),
    Call(call::Arguments),
    Token(token::Arguments),
    Exec(exec::Arguments),
    Proxy(proxy::Arguments),
    GitCredential(git_credential::Arguments),
    Client(client::Arguments),
    Apps(apps::Arguments),
    Lint(lint::Arguments),
    Completions(completions::Arguments),
    Sandbox(sandbox::Arguments),
    Demo(demo::Arguments),
    Doctor(doctor::Arguments),
}

/// The command line with the table of exit statuses.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command().after_help(statuses())
}

fn statuses() -> String {
    let rows = KINDS.iter().map(|(_, status, meaning)| format!("  {status:<4} {meaning}"));
    let rows: Vec<String> = std::iter::once("  0    done".to_owned()).chain(rows).collect();
    format!("Exit status:\n{}", rows.join("\n"))
}

/// Runs what needs to wait for nothing: without a runtime, whose setting up would cost more than the
/// work. `None` for everything else.
#[must_use]
pub fn run_at_once(cli: &Cli, app: &App) -> Option<Result<()>> {
    match &cli.command {
        None => Some(welcome::run(app)),
        Some(Command::Accounts(arguments)) if arguments.command.is_none() => {
            Some(accounts::list(app, arguments.json))
        }
        Some(Command::Apps(arguments)) => Some(apps::run(arguments, app)),
        Some(Command::Lint(arguments)) => Some(lint::run(arguments, app)),
        Some(Command::Completions(arguments)) => Some(completions::run(arguments, app)),
        _ => None,
    }
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
        Some(Command::Token(arguments)) => token::run(&arguments, app).await,
        Some(Command::Exec(arguments)) => exec::run(&arguments, app).await,
        Some(Command::Proxy(arguments)) => proxy::run(&arguments, app).await,
        Some(Command::GitCredential(arguments)) => git_credential::run(&arguments, app).await,
        Some(Command::Client(arguments)) => client::run(&arguments, app).await,
        Some(Command::Apps(arguments)) => apps::run(&arguments, app),
        Some(Command::Lint(arguments)) => lint::run(&arguments, app),
        Some(Command::Completions(arguments)) => completions::run(&arguments, app),
        Some(Command::Sandbox(arguments)) => sandbox::run(&arguments, app).await,
        Some(Command::Demo(arguments)) => demo::run(&arguments, app).await,
        Some(Command::Doctor(arguments)) => doctor::run(&arguments, app).await,
    }
}
