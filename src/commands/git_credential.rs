//! `tieline git-credential`: a credential helper of git's, so that a clone or push needs no token in
//! a URL or a file.

use super::App;
use super::handover::{Handed, hand_over, refused, renew_refused};
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use crate::text::short;
use std::collections::BTreeMap;
use std::io::Read;
use url::Url;
use zeroize::Zeroizing;

/// How long a token has to be good for, in seconds.
const MIN_VALIDITY: u32 = 60;

/// The most that git may say, in bytes: a few lines.
const MAX_INPUT: u64 = 64 * 1024;

/// What servers take for the user's name where a token is the password. GitHub takes any, GitLab this.
const ANY_USER: &str = "oauth2";

/// Answer git when it asks for a password with an account's token
///
/// The account has to be good for the host that git names: its definition lists it under `hosts`.
/// A token that the server refused is renewed for the next time.
#[derive(clap::Args, Debug)]
#[command(after_help = "Set up, once for each host:\n  \
    git config --global credential.https://github.com.helper '!tieline git-credential github'\n\n\
    Then, as ever:\n  \
    git clone https://github.com/OWNER/PRIVATE.git")]
pub struct Arguments {
    /// `app` or `app/name`
    #[arg(add = crate::candidates::accounts())]
    pub account: String,
    /// What git wants; it adds this word itself
    pub action: Action,
    /// The user's name, where the server asks for a certain one, such as x-token-auth at Bitbucket
    #[arg(long, value_name = "NAME")]
    pub username: Option<String>,
    /// How long to wait for the provider, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub timeout: u64,
}

/// What git asks of a helper (gitcredentials(7)).
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A user name and password.
    Get,
    /// To keep what worked: it is kept already.
    Store,
    /// To forget what was refused.
    Erase,
}

/// What git says of the credential it wants: `name=value` in lines (git-credential(1)).
struct Described {
    url: Url,
    username: Option<String>,
    password: Option<Secret>,
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let described = read_description(std::io::stdin().lock())?;
    match arguments.action {
        Action::Get => get(arguments, app, described).await,
        Action::Store => Ok(()),
        Action::Erase => match &described.password {
            Some(password) => {
                renew_refused(app, &arguments.account, password, arguments.timeout).await
            }
            None => Ok(()),
        },
    }
}

async fn get(arguments: &Arguments, app: &App, described: Described) -> Result<()> {
    let handed = hand_over(app, &arguments.account, MIN_VALIDITY, arguments.timeout).await?;
    handed.hosts.check(&described.url).map_err(|error| {
        Error::new(Kind::Usage, format!("git gets no credential of `{}`", handed.id))
            .because(error)
            .hint("the hosts that an account is good for are under `hosts` in its definition")
    })?;
    let (username, password) = pair(&handed, arguments.username.clone().or(described.username))?;
    let mut answer =
        Zeroizing::new(format!("username={username}\npassword={}\n", password.expose()));
    if let Some(at) = handed.account.expires_at {
        answer.push_str(&format!("password_expiry_utc={at}\n"));
    }
    app.terminal.print(&answer)
}

/// A name and a password of the account's own, or its token under a name that servers take.
fn pair(handed: &Handed, wanted: Option<String>) -> Result<(String, Secret)> {
    let own = handed.account.fields.get("username").cloned();
    let password = handed.credential.fields.get("password");
    let (username, password) = match (&handed.token, own, password) {
        (Err(_), Some(own), Some(password)) => (own, password.clone()),
        (Ok(token), own, _) => {
            (wanted.or(own).unwrap_or_else(|| ANY_USER.to_owned()), token.clone())
        }
        (Err(error), ..) => return Err(refused(&handed.id, error)),
    };
    // A line break would let a value say more than one thing to git.
    match username.contains(['\n', '\r', '\0']) || password.expose().contains(['\n', '\r', '\0']) {
        true => Err(Error::new(Kind::Usage, "git takes no credential with a line break in it")),
        false => Ok((username, password)),
    }
}

fn read_description(input: impl Read) -> Result<Described> {
    let mut text = Zeroizing::new(String::new());
    let wrong = |reason: String| {
        Error::new(Kind::Usage, "this is not how git asks for a credential")
            .because(reason)
            .hint("git runs this command itself: see `tieline git-credential --help`")
    };
    let read = input.take(MAX_INPUT).read_to_string(&mut text);
    read.map_err(|error| wrong(error.to_string()))?;
    let lines = text.lines().take_while(|line| !line.is_empty());
    let mut said: BTreeMap<&str, &str> = lines.filter_map(|line| line.split_once('=')).collect();
    let mut part = |name: &str| {
        said.remove(name).ok_or_else(|| wrong(format!("it says no `{name}` on standard input")))
    };
    let address = format!("{}://{}/", part("protocol")?, part("host")?);
    let url = Url::parse(&address)
        .map_err(|error| wrong(format!("`{}` is no address: {error}", short(&address, 80))))?;
    Ok(Described {
        url,
        username: said.get("username").map(|&name| name.to_owned()),
        password: said.get("password").map(|&password| Secret::from(password)),
    })
}
