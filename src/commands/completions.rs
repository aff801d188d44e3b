//! `tieline completions`: what a shell needs to complete. The shell's script asks this program, which
//! answers from the command line's own description, the catalogue's table and the account files:
//! never from the keyring or the network.

use super::App;
use crate::accounts::files::Files;
use crate::catalog::Catalog;
use crate::context::Context;
use crate::error::{Error, Result};
use clap::ValueEnum;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};

/// The variable by which a shell's script asks.
const VARIABLE: &str = "TIELINE_COMPLETE";

/// Print the completion script of a shell
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline completions bash > ~/.local/share/bash-completion/completions/tieline\n  \
    tieline completions zsh > \"${fpath[1]}/_tieline\"\n  \
    tieline completions fish > ~/.config/fish/completions/tieline.fish")]
pub struct Arguments {
    /// The shell
    pub shell: Shell,
}

/// The shells that are completed.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[allow(missing_docs)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

pub(super) fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let name = match arguments.shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
    };
    let shells = Shells::builtins();
    let mut script = Vec::new();
    if let Some(shell) = shells.completer(name) {
        // By name and not by path: the script outlives the place of this executable.
        shell
            .write_registration(VARIABLE, "tieline", "tieline", "tieline", &mut script)
            .map_err(|error| Error::io("the script cannot be made", &error))?;
    }
    app.terminal.print_bytes(&script)
}

/// Answers a shell that asks for completions; `false` where none does.
#[must_use]
pub fn answer() -> bool {
    let asks = CompleteEnv::with_factory(crate::cli::command).var(VARIABLE).bin("tieline").completer("tieline");
    asks.try_complete(std::env::args_os(), None).unwrap_or(true)
}

/// Every app, with its title.
#[must_use]
pub fn apps() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let Ok(context) = Context::from_process() else { return Vec::new() };
        let apps = Catalog::new(vec![context.folders.apps]).list();
        apps.into_iter()
            .map(|(name, title)| CompletionCandidate::new(name).help(Some(title.into())))
            .collect()
    })
}

/// Every connected account, with who it is.
#[must_use]
pub fn accounts() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let Ok(context) = Context::from_process() else { return Vec::new() };
        let accounts = Files::new(&context.folders).list();
        accounts
            .into_iter()
            .map(|(id, record)| {
                let who = record.account.identity.unwrap_or_default();
                CompletionCandidate::new(id.to_string()).help(Some(who.into()))
            })
            .collect()
    })
}
