//! Clients: one's own registrations at apps, kept as long as an account refers to them.

use super::files::{ClientRecord, Clients};
use super::{Accounts, StoreChoice, store_error};
use crate::credential::Client;
use crate::definition::Definition;
use crate::definition::names::AppName;
use crate::error::{Error, Kind, Result};
use crate::store::{Doing, StoreError};

/// A client that is kept, with its secret.
pub struct KeptClient {
    /// The client.
    pub client: Client,
    /// What stands in its file.
    pub record: ClientRecord,
}

/// The definition sends a client's secret to other hosts than when it was set.
#[derive(Debug)]
pub struct HostsChanged(pub Vec<String>);

impl KeptClient {
    /// Whether the definition still names only hosts that it named when the client was set.
    ///
    /// # Errors
    /// The hosts that are new.
    pub fn check_hosts(&self, definition: &Definition) -> Result<(), HostsChanged> {
        let known = &self.record.hosts;
        let new: Vec<String> =
            definition.host_templates().into_iter().filter(|host| !known.contains(host)).collect();
        if new.is_empty() { Ok(()) } else { Err(HostsChanged(new)) }
    }
}

fn entry_name(app: &AppName, id: &str) -> String {
    format!("client:{app}/{id}")
}

impl Accounts<'_> {
    /// The clients of an app.
    ///
    /// # Errors
    /// Their file cannot be read.
    pub fn clients(&self, app: &AppName) -> Result<Clients> {
        let clients = self.files.clients(app);
        clients.map_err(|error| {
            Error::io(format!("the client file of `{app}` cannot be read"), &error)
        })
    }

    /// A client by id, or the current one.
    ///
    /// # Errors
    /// Its secret cannot be read.
    pub async fn client(&self, app: &AppName, id: Option<&str>) -> Result<Option<KeptClient>> {
        let clients = self.clients(app)?;
        let Some(id) = id.map(ToOwned::to_owned).or(clients.current) else { return Ok(None) };
        let Some(record) = clients.known.get(&id) else { return Ok(None) };
        let mut client = Client {
            scopes: record.scopes.clone(),
            redirect_uri: record.redirect_uri.clone(),
            fields: record.fields.clone(),
            ..Client::public(&id)
        };
        let user = entry_name(app, &id);
        let entry = self.stores.by_kind(&record.store)?.read(&user).await;
        let entry = entry.map_err(|error| client_error(&error, app, &user, Doing::Read))?;
        client.open(&entry).map_err(|error| {
            Error::new(Kind::Store, format!("the client `{id}` of `{app}` cannot be read"))
                .because(error)
                .hint(format!("run `tieline client set {app}`"))
        })?;
        Ok(Some(KeptClient { client, record: record.clone() }))
    }

    /// Keeps a client; `current` makes it the one for new accounts.
    ///
    /// # Errors
    /// The store or the file cannot be written.
    pub async fn keep_client(
        &self,
        app: &AppName,
        client: &Client,
        hosts: Vec<String>,
        choice: StoreChoice,
        current: bool,
    ) -> Result<()> {
        let user = entry_name(app, &client.id);
        let store = self.stores.get(choice)?;
        let written = store.write(&user, &client.seal()).await;
        written.map_err(|error| client_error(&error, app, &user, Doing::Store))?;
        let mut clients = self.clients(app)?;
        let record = ClientRecord {
            store: store.kind().to_owned(),
            scopes: client.scopes.clone(),
            redirect_uri: client.redirect_uri.clone(),
            fields: client.fields.clone(),
            hosts,
            set_at: crate::context::now(),
        };
        clients.known.insert(client.id.clone(), record);
        if current {
            clients.current = Some(client.id.clone());
        }
        self.save_clients(app, &clients)?;
        if current {
            // One that is not current is kept for an account that is about to be: no sweep yet.
            self.sweep_clients().await;
        }
        Ok(())
    }

    /// Forgets the current client; accounts that were connected with it keep it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn remove_client(&self, app: &AppName) -> Result<Option<String>> {
        let mut clients = self.clients(app)?;
        let Some(id) = clients.current.take() else { return Ok(None) };
        self.save_clients(app, &clients)?;
        self.sweep_clients().await;
        Ok(Some(id))
    }

    /// Deletes clients that nobody uses any more. A failure is left for the next time.
    pub(super) async fn sweep_clients(&self) {
        // Clients are filed under an app's outermost parent, so every file is looked at.
        for owner in self.files.client_apps() {
            let Ok(mut clients) = self.files.clients(&owner) else { continue };
            let accounts = self.files.list();
            let used = |id: &String| {
                clients.current.as_ref() == Some(id)
                    || accounts
                        .iter()
                        .any(|(_, record)| record.account.client_id.as_ref() == Some(id))
            };
            let unused: Vec<String> =
                clients.known.keys().filter(|id| !used(id)).cloned().collect();
            for id in &unused {
                let Some(record) = clients.known.get(id) else { continue };
                let Ok(store) = self.stores.by_kind(&record.store) else { continue };
                if store.delete(&entry_name(&owner, id)).await.is_ok() {
                    clients.known.remove(id);
                }
            }
            if !unused.is_empty() {
                let _ = self.save_clients(&owner, &clients);
            }
        }
    }

    fn save_clients(&self, app: &AppName, clients: &Clients) -> Result<()> {
        let saved = self.files.save_clients(app, clients);
        saved.map_err(|error| {
            Error::io(format!("the client file of `{app}` cannot be written"), &error)
        })
    }
}

fn client_error(error: &StoreError, app: &AppName, user: &str, doing: Doing) -> Error {
    let mut shown = store_error(error, user, doing);
    if matches!(error, StoreError::NotFound { .. }) {
        shown.hints = vec![format!("run `tieline client set {app}`")];
    }
    shown
}
