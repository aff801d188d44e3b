//! `tieline exec`: a command with credentials in its environment, and in nothing else.

mod environment;

use super::App;
use super::handover::hand_over;
use crate::error::{Error, Result};
use environment::{Asked, Environment};
use std::ffi::OsString;
use std::process::Command;

/// Run a command with an account's credential in its environment
///
/// It gets the variables that the definition names (`tieline apps show APP` lists them), such as
/// GITHUB_TOKEN; and for every app APP_TOKEN, or APP_ and the name of each field, and APP_BASE_URL.
/// With --env an account gives what that names, and nothing else. Variables of tieline's own are not
/// handed on. The command takes the place of tieline: its exit status and its signals are its own.
#[derive(clap::Args, Debug)]
#[command(override_usage = "tieline exec [OPTIONS] <ACCOUNT>... -- <COMMAND>...")]
#[command(after_help = "Examples:\n  \
    tieline exec github -- gh repo list\n  \
    tieline exec amazon-ses -- aws sesv2 get-account\n  \
    tieline exec openai --env LLM_KEY -- python summarize.py\n  \
    tieline exec gitlab/old gitlab/new --env FROM=gitlab/old:token --env TO=gitlab/new:token \\\n    \
    -- ./move.sh")]
pub struct Arguments {
    /// `app` or `app/name`
    #[arg(required = true, add = crate::candidates::accounts())]
    pub accounts: Vec<String>,
    /// A variable in place of the usual ones: `token`, `base_url`, `extras.NAME`, `secrets.NAME` or a
    /// field; of several accounts, ACCOUNT:PART
    #[arg(short, long, value_name = "NAME[=PART]", add = crate::candidates::environment())]
    pub env: Vec<String>,
    /// Renew an access token that ends sooner than this
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub min_validity: u32,
    /// How long to wait for the provider, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub timeout: u64,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let asked = arguments.env.iter().map(|text| Asked::parse(text, &arguments.accounts));
    let asked = asked.collect::<Result<Vec<_>>>()?;
    let mut environment = Environment::default();
    for account in &arguments.accounts {
        let handed = hand_over(app, account, arguments.min_validity, arguments.timeout).await?;
        environment.add(account, &handed, &asked)?;
    }
    let [program, rest @ ..] = arguments.command.as_slice() else { return Ok(()) };
    let mut command = Command::new(program);
    for name in app.context.own_variables() {
        command.env_remove(name);
    }
    environment.apply(command.args(rest));
    become_command(command)
        .map_err(|error| Error::io(format!("`{}` cannot be run", program.display()), &error))
}

/// The command takes our place: nothing stands between it and its signals. Comes back only with an
/// error.
#[cfg(unix)]
fn become_command(mut command: Command) -> std::io::Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

/// Where a process cannot become another: its exit status is ours.
#[cfg(not(unix))]
fn become_command(mut command: Command) -> std::io::Result<()> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1));
}
