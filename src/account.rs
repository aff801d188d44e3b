//! A connected account: everything about it that is not secret.

use crate::definition::ServerMetadata;
use crate::definition::hosts::Hosts;
use crate::definition::names::{AccountId, AppName, NameError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of what is kept.
pub const VERSION: u32 = 1;

/// What is known of a connected account. It stands twice: in the keyring entry, beside the secrets,
/// where it is the truth; and in the account file, for lists and completion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// [`VERSION`] when it was written.
    pub version: u32,
    /// Changes with every write: tells whether file and entry agree.
    pub revision: String,
    /// The app.
    pub app: String,
    /// The account's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The file of its definition, where it was connected with one of the user's own by path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Which of the app's authorizations.
    pub authorization: String,
    /// Who is connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// Whether somebody was asked: an identity can also come from the fields.
    #[serde(default)]
    pub verified: bool,
    /// Fields that are not secret.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Values that answers gave.
    #[serde(default)]
    pub extras: BTreeMap<String, String>,
    /// The scopes asked for.
    #[serde(default)]
    pub requested_scopes: Vec<String>,
    /// The scopes granted: those asked for, where the provider says nothing (RFC 6749 section 5.1).
    #[serde(default)]
    pub scopes: Vec<String>,
    /// When the access token ends, in Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// Whether it can be renewed without a person.
    #[serde(default)]
    pub renewable: bool,
    /// What the authorization server said of itself, where the definition leaves that open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_metadata: Option<ServerMetadata>,
    /// The client it was connected with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The redirect URI it was connected with: some providers want it again on every refresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// The hosts that the credential may go to.
    pub hosts: Vec<String>,
    /// The hosts that may be spoken to without TLS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub insecure_hosts: Vec<String>,
    /// When it was connected, in Unix seconds.
    pub connected_at: i64,
    /// When the credential was last renewed, in Unix seconds.
    pub renewed_at: i64,
}

impl Account {
    /// Its id.
    ///
    /// # Errors
    /// What was kept is no name: the file was changed by hand.
    pub fn id(&self) -> Result<AccountId, NameError> {
        AccountId::new(AppName::parse(&self.app)?, self.name.as_deref())
    }

    /// The hosts that the credential may go to.
    #[must_use]
    pub fn host_list(&self) -> Hosts {
        let mut hosts = Hosts::new(self.hosts.iter().cloned());
        self.insecure_hosts.iter().for_each(|host| hosts.add_insecure(host.clone()));
        hosts
    }

    /// The scopes that were asked for and not granted.
    #[must_use]
    pub fn missing_scopes(&self) -> Vec<&str> {
        let missing = |scope: &&String| !self.scopes.contains(scope);
        self.requested_scopes.iter().filter(missing).map(String::as_str).collect()
    }

    /// Whether the access token is over, or will be within `margin` seconds.
    #[must_use]
    pub fn is_stale(&self, now: i64, margin: i64) -> bool {
        self.expires_at.is_some_and(|at| at - margin <= now)
    }
}
