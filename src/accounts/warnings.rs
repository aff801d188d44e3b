//! What is wrong with an account, or will be soon: told from its file, its definition and the clients
//! that are set, without its secret.

use super::files::{Clients, Record};
use crate::account::Account;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition};
use std::fmt;

/// How long before its end an access token that cannot be renewed is warned of, in seconds: a day.
const SOON: i64 = 24 * 60 * 60;

/// Something that will not work, or not for long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The access token is over, and nothing renews it.
    Over,
    /// The access token ends soon, and nothing renews it.
    EndsSoon,
    /// A refresh token that works once was sent, and no answer was stored.
    RefreshCutOff,
    /// Scopes that were asked for and not granted.
    NotGranted(Vec<String>),
    /// Scopes that the definition, or the client that is set, has come to ask for since.
    NotAskedFor(Vec<String>),
    /// Another client is set than the one it goes on with.
    OtherClient(String),
    /// Its definition is gone or wrong, and why.
    NoDefinition(String),
    /// The definition has no such authorization any more.
    NoAuthorization(String),
}

impl Warning {
    /// A stable name, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::EndsSoon => "ends_soon",
            Self::RefreshCutOff => "refresh_cut_off",
            Self::NotGranted(_) => "scopes_not_granted",
            Self::NotAskedFor(_) => "scopes_not_asked_for",
            Self::OtherClient(_) => "other_client",
            Self::NoDefinition(_) => "no_definition",
            Self::NoAuthorization(_) => "no_authorization",
        }
    }

    /// The command that mends it.
    #[must_use]
    pub fn remedy(&self, id: &AccountId) -> String {
        match self {
            Self::RefreshCutOff => format!("tieline test {id}"),
            Self::NoDefinition(_) => format!("tieline lint {}", id.app),
            _ => format!("tieline connect {id}"),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Over => f.write_str("over, and nothing renews it"),
            Self::EndsSoon => f.write_str("ends within a day, and nothing renews it"),
            Self::RefreshCutOff => f.write_str("its last refresh was cut off"),
            Self::NotGranted(scopes) => write!(f, "not granted: {}", scopes.join(", ")),
            Self::NotAskedFor(scopes) => {
                write!(f, "connected before these were asked for: {}", scopes.join(", "))
            }
            Self::OtherClient(id) => write!(f, "goes on with its own client, and {id} is set"),
            Self::NoDefinition(error) => write!(f, "its definition is of no use: {error}"),
            Self::NoAuthorization(name) => write!(f, "its definition has no `{name}` any more"),
        }
    }
}

/// What the account's file alone tells.
#[must_use]
pub fn of_record(record: &Record, now: i64) -> Vec<Warning> {
    let account = &record.account;
    let mut warnings = Vec::new();
    if is_over(account, now) {
        warnings.push(Warning::Over);
    } else if account.is_stale(now, SOON) && !account.renewable {
        warnings.push(Warning::EndsSoon);
    }
    if record.refresh_sent_at.is_some() {
        warnings.push(Warning::RefreshCutOff);
    }
    let missing: Vec<String> = account.missing_scopes().into_iter().map(str::to_owned).collect();
    if !missing.is_empty() {
        warnings.push(Warning::NotGranted(missing));
    }
    warnings
}

/// What its definition and the clients that are set for it tell.
#[must_use]
pub fn of_definition(
    account: &Account,
    definition: &Definition,
    clients: &Clients,
) -> Vec<Warning> {
    let Some(auth) = definition.authorization(Some(&account.authorization)) else {
        return vec![Warning::NoAuthorization(account.authorization.clone())];
    };
    let mut warnings = Vec::new();
    let new: Vec<String> = asked_for(auth, clients)
        .iter()
        .filter(|scope| {
            !account.requested_scopes.contains(scope) && !account.scopes.contains(scope)
        })
        .cloned()
        .collect();
    if !new.is_empty() {
        warnings.push(Warning::NotAskedFor(new));
    }
    let current = clients.current.as_ref().filter(|_| auth.has_client());
    if let Some(current) = current.filter(|current| account.client_id.as_ref() != Some(current)) {
        warnings.push(Warning::OtherClient(current.clone()));
    }
    warnings
}

/// The scopes that connecting would ask for now.
fn asked_for<'a>(auth: &'a Authorization, clients: &'a Clients) -> &'a [String] {
    let client = clients.current.as_ref().and_then(|id| clients.known.get(id));
    let own = client.and_then(|client| client.scopes.as_deref());
    own.or(auth.oauth2().map(|oauth2| oauth2.scopes.as_slice())).unwrap_or_default()
}

/// Whether the access token has ended and only a person can get another.
#[must_use]
pub fn is_over(account: &Account, now: i64) -> bool {
    account.is_stale(now, 0) && !account.renewable
}
