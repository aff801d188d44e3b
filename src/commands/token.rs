//! `tieline token`: the access token or key of an account, for a script.

use super::App;
use super::handover::{Handed, hand_over, refused};
use crate::error::{Error, Kind, Result};
use serde_json::{Map, Value, json};

/// The version of `--json`.
const SCHEMA: u32 = 1;

/// Print an account's access token or key, renewed if need be
///
/// It never opens a browser. The token is as good as a password: whoever reads the output has it.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline token github | gh auth login --with-token\n  \
    curl -H @<(tieline token github --header) https://api.github.com/user\n  \
    tieline token google --min-validity 600 --json")]
pub struct Arguments {
    /// `app` or `app/name`
    #[arg(add = crate::candidates::accounts())]
    pub account: String,
    /// Print the header that carries it, a line each, as `curl -H @FILE` takes them
    #[arg(long, conflicts_with = "json")]
    pub header: bool,
    /// Print JSON: token, headers, expiry, scopes
    #[arg(long)]
    pub json: bool,
    /// Renew an access token that ends sooner than this
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub min_validity: u32,
    /// How long to wait for the provider, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub timeout: u64,
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let handed =
        hand_over(app, &arguments.account, arguments.min_validity, arguments.timeout).await?;
    let text = match (arguments.header, arguments.json) {
        (true, _) => header_lines(&handed)?,
        (_, true) => as_json(&handed)?,
        _ => match &handed.token {
            Ok(token) => format!("{}\n", token.expose()),
            Err(error) => return Err(refused(&handed.id, error)),
        },
    };
    app.terminal.print(&text)
}

fn header_lines(handed: &Handed) -> Result<String> {
    let headers = handed.headers.as_ref().map_err(|error| refused(&handed.id, error))?;
    if headers.is_empty() {
        return Err(Error::new(
            Kind::Usage,
            format!("requests to `{}` carry no header", handed.id),
        )
        .hint("`tieline call` makes them"));
    }
    Ok(headers.iter().map(|(name, value)| format!("{name}: {}\n", value.expose())).collect())
}

/// What can be handed over; where neither token nor headers can, that is the answer.
fn as_json(handed: &Handed) -> Result<String> {
    if let (Err(error), Err(_)) = (&handed.token, &handed.headers) {
        return Err(refused(&handed.id, error));
    }
    let headers = handed.headers.as_ref().ok().map(|headers| {
        let pairs = headers.iter().map(|(name, value)| (name.clone(), value.expose().into()));
        pairs.collect::<Map<String, Value>>()
    });
    let account = &handed.account;
    let value = json!({
        "schema": SCHEMA,
        "account": handed.id.to_string(),
        "token": handed.token.as_ref().ok().map(|token| token.expose()),
        "headers": headers,
        "base_url": handed.base_url,
        "expires_at": account.expires_at,
        "scopes": account.scopes,
    });
    Ok(format!("{value:#}\n"))
}
