//! `tieline completions`: what a shell needs to complete. The shell's script asks this program, which
//! answers from the command line's own description, the catalogue's table and the account files:
//! never from the keyring or the network.

mod install;

use super::App;
use crate::error::{Error, Kind, Result};
use clap::ValueEnum;
use clap_complete::env::{CompleteEnv, EnvCompleter, Fish, Powershell};

/// The variable by which a shell's script asks.
const VARIABLE: &str = "TIELINE_COMPLETE";

/// Our own where the library's falls short: bash takes words apart at `=` and `:`; zsh and elvish put a
/// space behind what goes on, such as `NAME=`; there is none that asks for nushell.
const BASH: &str = include_str!("../../../completions/tieline.bash");
const ZSH: &str = include_str!("../../../completions/_tieline");
const ELVISH: &str = include_str!("../../../completions/tieline.elv");
const NUSHELL: &str = include_str!("../../../completions/tieline.nu");

/// Print the completion script of a shell, or install it
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline completions --install\n  \
    tieline completions zsh --install\n  \
    tieline completions bash > ~/.local/share/bash-completion/completions/tieline")]
pub struct Arguments {
    /// The shell [with --install, default: that of $SHELL]
    #[arg(required_unless_present = "install")]
    pub shell: Option<Shell>,
    /// Put the script where the shell looks for it, and say what was done
    #[arg(long)]
    pub install: bool,
}

/// The shells that are completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    Elvish,
    Nushell,
    Powershell,
}

pub(crate) fn run(arguments: &Arguments, app: &App) -> Result<()> {
    if arguments.install {
        let shell = arguments.shell.map_or_else(|| shell_of_the_user(app), Ok)?;
        return install::run(shell, app);
    }
    arguments.shell.map_or(Ok(()), |shell| app.terminal.print(&script(shell)?))
}

/// Answers a shell that asks for completions; `false` where none does.
#[must_use]
pub fn answer(command: fn() -> clap::Command) -> bool {
    let asks = CompleteEnv::with_factory(command).var(VARIABLE).bin("tieline").completer("tieline");
    let folder = std::env::current_dir().ok();
    asks.try_complete(std::env::args_os(), folder.as_deref()).unwrap_or(true)
}

fn script(shell: Shell) -> Result<String> {
    let asks: &dyn EnvCompleter = match shell {
        Shell::Bash => return Ok(BASH.to_owned()),
        Shell::Zsh => return Ok(ZSH.to_owned()),
        Shell::Elvish => return Ok(ELVISH.to_owned()),
        Shell::Nushell => return Ok(NUSHELL.to_owned()),
        Shell::Fish => &Fish,
        Shell::Powershell => &Powershell,
    };
    let mut script = Vec::new();
    // By name and not by path: the script outlives the place of this executable.
    asks.write_registration(VARIABLE, "tieline", "tieline", "tieline", &mut script)
        .map_err(|error| Error::io("the script cannot be made", &error))?;
    Ok(format!("{}\n", String::from_utf8_lossy(&script).trim()))
}

fn shell_of_the_user(app: &App) -> Result<Shell> {
    let path = app.context.variable("SHELL").unwrap_or_default();
    let name = std::path::Path::new(&path).file_stem().unwrap_or_default().to_string_lossy();
    Ok(match name.as_ref() {
        "bash" => Shell::Bash,
        "zsh" => Shell::Zsh,
        "fish" => Shell::Fish,
        "elvish" => Shell::Elvish,
        "nu" => Shell::Nushell,
        "pwsh" | "powershell" => Shell::Powershell,
        _ => {
            return Err(Error::new(Kind::Usage, "it is not clear which shell is yours")
                .because(match path.as_str() {
                    "" => "SHELL is not set".to_owned(),
                    path => format!("SHELL is `{path}`, for which there is no script"),
                })
                .hint("name it, such as `tieline completions bash --install`"));
        }
    })
}
