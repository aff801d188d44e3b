//! A credential: the secrets of one account or client, and how an entry in a store is written.

use crate::account::{Account, VERSION};
use crate::definition::Field;
use crate::secret::Secret;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The secrets of one account.
#[derive(Clone, Debug, Default)]
pub struct Credential {
    /// Secret fields: passwords, keys.
    pub fields: BTreeMap<String, Secret>,
    /// RFC 6749 section 1.4.
    pub access_token: Option<Secret>,
    /// RFC 6749 section 1.5.
    pub refresh_token: Option<Secret>,
    /// The secret half of an OAuth 1.0a token (RFC 5849 section 1.1).
    pub token_secret: Option<Secret>,
    /// The private key that the tokens are bound to (RFC 9449): PKCS#8 in Base64.
    pub dpop_key: Option<Secret>,
    /// Secret values that answers gave.
    pub secrets: BTreeMap<String, Secret>,
}

/// One's registration at an app.
#[derive(Clone, Debug)]
pub struct Client {
    /// The client identifier.
    pub id: String,
    /// The client secret; a public client has none.
    pub secret: Option<Secret>,
    /// Scopes in place of the definition's.
    pub scopes: Option<Vec<String>>,
    /// Redirect URIs in place of the definition's, in the order in which they are tried.
    pub redirect_uris: Vec<String>,
    /// The definition's client fields.
    pub fields: BTreeMap<String, String>,
    /// The same, secret.
    pub secret_fields: BTreeMap<String, Secret>,
}

/// Why an entry cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Not ours, or damaged.
    #[error("the stored value is not what tieline writes")]
    Malformed,
    /// Written by a later version.
    #[error("the stored value has version {0}, and this tieline knows {VERSION}")]
    Version(u64),
}

impl Client {
    /// A client that a definition brings.
    #[must_use]
    pub fn public(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: None,
            scopes: None,
            redirect_uris: Vec::new(),
            fields: BTreeMap::new(),
            secret_fields: BTreeMap::new(),
        }
    }

    /// The same with the values of the definition's client fields that `value` knows.
    #[must_use]
    pub fn with_fields(mut self, fields: &[Field], value: impl Fn(&str) -> Option<Secret>) -> Self {
        for field in fields {
            let Some(value) = value(&field.name) else { continue };
            match field.secret {
                true => drop(self.secret_fields.insert(field.name.clone(), value)),
                false => drop(self.fields.insert(field.name.clone(), value.expose().to_owned())),
            }
        }
        self
    }
}

impl Credential {
    /// Every secret with its name, for masking.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Secret)> {
        let fields = self.fields.iter().map(|(name, secret)| (name.as_str(), secret));
        let secrets = self.secrets.iter().map(|(name, secret)| (name.as_str(), secret));
        let access = self.access_token.iter().map(|secret| ("access_token", secret));
        let refresh = self.refresh_token.iter().map(|secret| ("refresh_token", secret));
        let token_secret = self.token_secret.iter().map(|secret| ("token_secret", secret));
        let key = self.dpop_key.iter().map(|secret| ("dpop_key", secret));
        fields.chain(secrets).chain(access).chain(refresh).chain(token_secret).chain(key)
    }

    /// The entry that is kept: account and secrets together, so that they are replaced together.
    #[must_use]
    pub fn seal(&self, account: &Account) -> Secret {
        let value = json!({
            "version": VERSION,
            "account": account,
            "secrets": {
                "fields": exposed(&self.fields),
                "access_token": self.access_token.as_ref().map(Secret::expose),
                "refresh_token": self.refresh_token.as_ref().map(Secret::expose),
                "token_secret": self.token_secret.as_ref().map(Secret::expose),
                "dpop_key": self.dpop_key.as_ref().map(Secret::expose),
                "secrets": exposed(&self.secrets),
            },
        });
        Secret::from(value.to_string())
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// It is not ours or from a later version. The error never quotes it.
    pub fn open(entry: &Secret) -> Result<(Account, Self), EntryError> {
        let mut value = parse(entry)?;
        let account = serde_json::from_value(value["account"].take());
        let account = account.map_err(|_| EntryError::Malformed)?;
        let mut secrets = value["secrets"].take();
        let credential = Self {
            fields: hidden(secrets["fields"].take()),
            access_token: text(secrets["access_token"].take()),
            refresh_token: text(secrets["refresh_token"].take()),
            token_secret: text(secrets["token_secret"].take()),
            dpop_key: text(secrets["dpop_key"].take()),
            secrets: hidden(secrets["secrets"].take()),
        };
        Ok((account, credential))
    }
}

impl Client {
    /// The entry that is kept: secrets and all else together, so that they are replaced together,
    /// with the hosts that the secret may go to.
    #[must_use]
    pub fn seal(&self, hosts: &[String]) -> Secret {
        let value = json!({
            "version": VERSION,
            "client": {
                "scopes": self.scopes,
                "redirect_uris": self.redirect_uris,
                "fields": self.fields,
                "hosts": hosts,
            },
            "secrets": {
                "client_secret": self.secret.as_ref().map(Secret::expose),
                "fields": exposed(&self.secret_fields),
            },
        });
        Secret::from(value.to_string())
    }

    /// Reads the entry of the client `id`, and the hosts that its secret may go to.
    ///
    /// # Errors
    /// As [`Credential::open`].
    pub fn open(id: &str, entry: &Secret) -> Result<(Self, Vec<String>), EntryError> {
        let mut value = parse(entry)?;
        let kept: Kept =
            serde_json::from_value(value["client"].take()).map_err(|_| EntryError::Malformed)?;
        let mut secrets = value["secrets"].take();
        let client = Self {
            id: id.to_owned(),
            secret: text(secrets["client_secret"].take()),
            scopes: kept.scopes,
            redirect_uris: kept.redirect_uris,
            fields: kept.fields,
            secret_fields: hidden(secrets["fields"].take()),
        };
        Ok((client, kept.hosts))
    }
}

/// What an entry says of a client beside its secrets.
#[derive(Deserialize)]
struct Kept {
    scopes: Option<Vec<String>>,
    redirect_uris: Vec<String>,
    fields: BTreeMap<String, String>,
    hosts: Vec<String>,
}

pub(crate) fn parse(entry: &Secret) -> Result<Value, EntryError> {
    let value: Value = serde_json::from_str(entry.expose()).map_err(|_| EntryError::Malformed)?;
    match value["version"].as_u64() {
        Some(version) if version == u64::from(VERSION) => Ok(value),
        Some(version) => Err(EntryError::Version(version)),
        None => Err(EntryError::Malformed),
    }
}

pub(crate) fn exposed(secrets: &BTreeMap<String, Secret>) -> Map<String, Value> {
    secrets.iter().map(|(name, secret)| (name.clone(), secret.expose().into())).collect()
}

pub(crate) fn hidden(value: Value) -> BTreeMap<String, Secret> {
    let Value::Object(map) = value else { return BTreeMap::new() };
    map.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
}

pub(crate) fn text(value: Value) -> Option<Secret> {
    match value {
        Value::String(text) => Some(Secret::from(Zeroizing::new(text).as_str())),
        _ => None,
    }
}
