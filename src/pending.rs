//! A pending authorization: what `connect --start` leaves for `connect --finish`.

use crate::credential::{EntryError, exposed, hidden, parse, text};
use crate::definition::ServerMetadata;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// How long it can be finished, in seconds: longer than any provider keeps a code, or a person a page
/// open.
pub const LIFETIME: i64 = 3600;

const VERSION: u32 = 1;

/// An authorization between its two halves.
pub struct Pending {
    /// Everything that is not secret.
    pub about: About,
    /// The state that was sent (RFC 6749 section 10.12).
    pub state: Secret,
    /// The code verifier (RFC 7636 section 4.1).
    pub code_verifier: Option<Secret>,
    /// What the ID token must repeat.
    pub nonce: Option<Secret>,
    /// The key that the tokens will be bound to (RFC 9449).
    pub dpop_key: Option<Secret>,
    /// Secret fields of the account.
    pub fields: BTreeMap<String, Secret>,
    /// What was given as `--field`, for choices that come later.
    pub given: BTreeMap<String, Secret>,
}

/// What of it is not secret. It stands in the entry all the same: what decides where a code goes must
/// not be changed behind its back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct About {
    /// The file of the definition, where it was given by path.
    pub definition: Option<String>,
    /// Which of the app's authorizations.
    pub authorization: String,
    /// The client that asked.
    pub client_id: String,
    /// The redirect URI that was sent.
    pub redirect_uri: Option<String>,
    /// The scopes asked for.
    pub scopes: Vec<String>,
    /// The same, joined as they were sent.
    pub scope: Option<String>,
    /// Fields that are not secret.
    pub fields: BTreeMap<String, String>,
    /// The hosts that anything may be sent to.
    pub hosts: Vec<String>,
    /// The hosts that may be spoken to without TLS.
    pub insecure_hosts: Vec<String>,
    /// What the authorization server said of itself.
    #[serde(default)]
    pub server_metadata: Option<ServerMetadata>,
    /// When it was started, in Unix seconds.
    pub started_at: i64,
}

impl Pending {
    /// Whether it is too late to finish it.
    #[must_use]
    pub fn is_over(&self, now: i64) -> bool {
        now - self.about.started_at > LIFETIME
    }

    /// The entry that is kept.
    #[must_use]
    pub fn seal(&self) -> Secret {
        let value = json!({
            "version": VERSION,
            "about": self.about,
            "state": self.state.expose(),
            "code_verifier": self.code_verifier.as_ref().map(Secret::expose),
            "nonce": self.nonce.as_ref().map(Secret::expose),
            "dpop_key": self.dpop_key.as_ref().map(Secret::expose),
            "fields": exposed(&self.fields),
            "given": exposed(&self.given),
        });
        Secret::from(value.to_string())
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// It is not ours or from a later version. The error never quotes it.
    pub fn open(entry: &Secret) -> Result<Self, EntryError> {
        let mut value = parse(entry)?;
        let about = serde_json::from_value(value["about"].take());
        Ok(Self {
            about: about.map_err(|_| EntryError::Malformed)?,
            state: text(value["state"].take()).ok_or(EntryError::Malformed)?,
            code_verifier: text(value["code_verifier"].take()),
            nonce: text(value["nonce"].take()),
            dpop_key: text(value["dpop_key"].take()),
            fields: hidden(value["fields"].take()),
            given: hidden(value["given"].take()),
        })
    }
}
