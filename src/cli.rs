//! The command line: what can be typed.

use crate::accounts::StoreChoice;
use crate::commands::{
    accounts, apps, call, client, completions, connect, demo, disconnect, lint, sandbox, test,
};
use crate::error::KINDS;
use crate::terminal::Color;
use clap::{ArgAction, CommandFactory, Parser, Subcommand};
use std::path::PathBuf;

/// Connects your terminal to any app's API.
#[derive(Parser, Debug)]
#[command(name = "tieline", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub global: Global,
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

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    Connect(connect::Arguments),
    Accounts(accounts::Arguments),
    Disconnect(disconnect::Arguments),
    Test(test::Arguments),
    Call(call::Arguments),
    Client(client::Arguments),
    Apps(apps::Arguments),
    Lint(lint::Arguments),
    Completions(completions::Arguments),
    Sandbox(sandbox::Arguments),
    Demo(demo::Arguments),
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
