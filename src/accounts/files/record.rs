//! What the files of accounts and clients hold.

use crate::account::Account;
use crate::definition::names::{AccountId, AppName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What stands for no name, in file names and in the defaults. No account name begins with `_`.
pub(super) const UNNAMED: &str = "_";

/// What an account file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// How far connecting or disconnecting has come.
    pub state: State,
    /// Where the secrets are: `keyring` or `file`.
    pub store: String,
    /// When a refresh token that works once was sent and no answer was stored yet, in Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_sent_at: Option<i64>,
    /// The account that this one is being renamed to, as `app/name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<String>,
    /// The store that the account moves from or to: it may hold an entry that is not in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_store: Option<String>,
    /// When to try again what could not be finished, in Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<i64>,
    /// A copy of what the entry says.
    pub account: Account,
}

impl Record {
    /// An account in one store, on no way to anywhere.
    #[must_use]
    pub fn new(state: State, store: &str, account: Account) -> Self {
        let store = store.to_owned();
        let (refresh_sent_at, moved_to, other_store, retry_at) = (None, None, None, None);
        Self { state, store, refresh_sent_at, moved_to, other_store, retry_at, account }
    }

    /// Whether nothing is left to be finished.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.state == State::Connected && self.moved_to.is_none() && self.other_store.is_none()
    }
}

/// How far connecting or disconnecting has come. A kill leaves one of the middle states, and the
/// next command finishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The secret may or may not be written yet.
    Connecting,
    /// All is there.
    Connected,
    /// The secret may or may not be deleted yet.
    Disconnecting,
}

/// What is kept of the clients of one app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clients {
    /// The client that new accounts are connected with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// Every client that is in use, by id.
    #[serde(default)]
    pub known: BTreeMap<String, ClientRecord>,
}

/// What is kept of one client beside its secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRecord {
    /// Where its secret is.
    pub store: String,
    /// Scopes in place of the definition's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// Redirect URIs in place of the definition's, in the order in which they are tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    /// The definition's client fields that are not secret.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// The hosts that the definition named when it was set.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// When it was set, in Unix seconds.
    #[serde(default)]
    pub set_at: i64,
}

/// What is kept beside the entry of a pending authorization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingRecord {
    /// Whose it is, as `app` or `app/name`.
    pub account: String,
    /// Where its entry is.
    pub store: String,
    /// When it was started, in Unix seconds.
    pub started_at: i64,
}

/// The account that each app means, by name.
#[derive(Clone, Debug, Default)]
pub struct Defaults(pub(super) BTreeMap<String, String>);

impl Defaults {
    /// An app's default.
    #[must_use]
    pub fn of(&self, app: &AppName) -> Option<Option<String>> {
        let name = self.0.get(app.as_str())?;
        Some((name != UNNAMED).then(|| name.clone()))
    }

    /// Whether an account is its app's default.
    #[must_use]
    pub fn is(&self, id: &AccountId) -> bool {
        self.of(&id.app) == Some(id.name.clone())
    }
}
