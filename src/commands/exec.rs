//! `tieline exec`: a command with credentials in its environment, and in nothing else.

use super::App;
use super::handover::{Handed, hand_over, refused};
use crate::context::variable_part;
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::Command;

/// Run a command with an account's credential in its environment
///
/// Without --env it gets APP_TOKEN, or APP_ and the name of each field (as in NOTION_API_KEY), and
/// APP_BASE_URL; variables of tieline's own are not handed on. The command takes the place of tieline:
/// its exit status and its signals are its own.
#[derive(clap::Args, Debug)]
#[command(override_usage = "tieline exec [OPTIONS] <ACCOUNT>... -- <COMMAND>...")]
#[command(after_help = "Examples:\n  \
    tieline exec github -- gh repo list\n  \
    tieline exec openai --env OPENAI_API_KEY -- python summarize.py\n  \
    tieline exec amazon-ses --env AWS_ACCESS_KEY_ID=api_key --env AWS_SECRET_ACCESS_KEY=api_secret \\\n    \
    -- aws ses get-send-quota")]
pub struct Arguments {
    /// `app` or `app/name`
    #[arg(required = true, add = crate::candidates::accounts())]
    pub accounts: Vec<String>,
    /// A variable in place of the usual ones: `token`, `base_url`, `extras.NAME`, `secrets.NAME` or a
    /// field; of several accounts, ACCOUNT:PART
    #[arg(short, long, value_name = "NAME[=PART]")]
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

/// Variables by name.
type Environment = BTreeMap<String, Secret>;

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let wanted = arguments.env.iter().map(|text| Variable::parse(text, &arguments.accounts));
    let wanted = wanted.collect::<Result<Vec<_>>>()?;
    let mut environment = Environment::new();
    for account in &arguments.accounts {
        let handed = hand_over(app, account, arguments.min_validity, arguments.timeout).await?;
        let variables = match wanted.is_empty() {
            true => usual(&handed)?,
            false => {
                let of_this = wanted.iter().filter(|variable| variable.account == *account);
                let pairs = of_this.map(|v| Ok((v.name.clone(), part(&handed, &v.part)?)));
                pairs.collect::<Result<Vec<_>>>()?
            }
        };
        for (name, value) in variables {
            if environment.insert(name.clone(), value).is_some() {
                return Err(Error::new(Kind::Usage, format!("{name} would be set twice"))
                    .hint(format!("name it yourself: `--env OTHER_NAME={account}:token`")));
            }
        }
    }
    let [program, rest @ ..] = arguments.command.as_slice() else { return Ok(()) };
    let mut command = Command::new(program);
    for name in app.context.own_variables() {
        command.env_remove(name);
    }
    command.args(rest).envs(environment.iter().map(|(name, value)| (name, value.expose())));
    become_command(command)
        .map_err(|error| Error::io(format!("`{}` cannot be run", program.display()), &error))
}

/// A variable that was asked for.
struct Variable {
    name: String,
    account: String,
    part: String,
}

impl Variable {
    fn parse(text: &str, accounts: &[String]) -> Result<Self> {
        let (name, value) = text.split_once('=').unwrap_or((text, "token"));
        let of_several = || {
            let (account, part) = value.split_once(':')?;
            accounts.iter().any(|known| known == account).then_some((account, part))
        };
        let (account, part) = match (accounts, of_several()) {
            (_, Some(found)) => found,
            ([only], None) => (only.as_str(), value),
            _ => {
                return Err(Error::new(Kind::Usage, format!("of which account is {name}?"))
                    .hint(format!("write `--env {name}={}:{value}`", accounts[0])));
            }
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty()
            || name.starts_with(|c: char| c.is_ascii_digit())
            || !name.chars().all(is_name)
        {
            return Err(Error::new(Kind::Usage, format!("`{name}` is no name of a variable"))
                .hint("write `--env NAME` or `--env NAME=PART`"));
        }
        Ok(Self { name: name.to_owned(), account: account.to_owned(), part: part.to_owned() })
    }
}

/// Token or fields, and the base URL, each under a name that says whose it is.
fn usual(handed: &Handed) -> Result<Vec<(String, Secret)>> {
    let mut prefix = variable_part(handed.id.app.as_str());
    if prefix.starts_with(|c: char| c.is_ascii_digit()) {
        prefix.insert(0, '_');
    }
    let mut variables = Vec::new();
    let fields = fields(handed);
    if handed.credential.access_token.is_some() {
        variables.push((format!("{prefix}_TOKEN"), part(handed, "token")?));
    } else if fields.is_empty() {
        return Err(Error::new(Kind::Usage, format!("`{}` has nothing to hand over", handed.id)));
    }
    for (name, value) in fields {
        variables.push((format!("{prefix}_{}", variable_part(name)), value));
    }
    if let Some(base_url) = &handed.base_url {
        variables.push((format!("{prefix}_BASE_URL"), Secret::from(base_url.as_str())));
    }
    Ok(variables)
}

/// What was asked for when it was connected.
fn fields(handed: &Handed) -> BTreeMap<&str, Secret> {
    let open =
        handed.account.fields.iter().map(|(name, text)| (name.as_str(), text.as_str().into()));
    let secret =
        handed.credential.fields.iter().map(|(name, secret)| (name.as_str(), secret.clone()));
    open.chain(secret).collect()
}

/// One value by its name.
fn part(handed: &Handed, name: &str) -> Result<Secret> {
    let credential = &handed.credential;
    let found = match name {
        "token" => {
            let token = handed.token.as_ref().map_err(|error| refused(&handed.id, error))?;
            Some(token.clone())
        }
        "base_url" => handed.base_url.as_deref().map(Secret::from),
        "access_token" => credential.access_token.clone(),
        "token_secret" => credential.token_secret.clone(),
        _ => match name.split_once('.') {
            Some(("extras", name)) => {
                handed.account.extras.get(name).map(|text| text.as_str().into())
            }
            Some(("secrets", name)) => credential.secrets.get(name).cloned(),
            _ => fields(handed).remove(name),
        },
    };
    found.ok_or_else(|| {
        let extras = handed.account.extras.keys().map(|name| format!("extras.{name}"));
        let secrets = credential.secrets.keys().map(|name| format!("secrets.{name}"));
        let fields = fields(handed).into_keys().map(ToOwned::to_owned).collect::<Vec<_>>();
        let known: Vec<String> = ["token", "base_url"]
            .map(ToOwned::to_owned)
            .into_iter()
            .chain(fields)
            .chain(extras)
            .chain(secrets)
            .collect();
        Error::new(Kind::Usage, format!("`{}` has no `{name}`", handed.id))
            .hint(format!("it has {}", known.join(", ")))
    })
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
