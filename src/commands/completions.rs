//! `tieline completions`: what a shell needs to complete. The shell's script asks this program, which
//! answers from the command line's own description, the catalogue's table and the account files:
//! never from the keyring or the network.

use super::App;
use crate::error::{Error, Result};
use clap::ValueEnum;
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

pub(crate) fn run(arguments: &Arguments, app: &App) -> Result<()> {
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
pub fn answer(command: fn() -> clap::Command) -> bool {
    let asks = CompleteEnv::with_factory(command).var(VARIABLE).bin("tieline").completer("tieline");
    asks.try_complete(std::env::args_os(), None).unwrap_or(true)
}
