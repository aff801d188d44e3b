//! Clients: one's own registrations at apps, kept as long as an account refers to them.

use super::files::{ClientRecord, Clients};
use super::{Accounts, Lock, StoreChoice, store_error};
use crate::credential::Client;
use crate::definition::Definition;
use crate::definition::hosts::Hosts;
use crate::definition::names::AppName;
use crate::error::{Error, Kind, Result};
use crate::store::{Doing, Store, StoreError};

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

    /// A client by id, or the current one. This is the only way to its secret, and it is given only
    /// to a definition that sends it where it could be sent when it was set.
    ///
    /// # Errors
    /// The definition would send it elsewhere, or it cannot be read.
    pub async fn client(
        &self,
        definition: &Definition,
        id: Option<&str>,
    ) -> Result<Option<Client>> {
        let app = &definition.client_app;
        let clients = self.clients(app)?;
        let Some(id) = id.map(ToOwned::to_owned).or(clients.current) else { return Ok(None) };
        let Some(record) = clients.known.get(&id) else { return Ok(None) };
        let new = Hosts::new(record.hosts.iter().cloned()).beyond(&definition.client_hosts());
        if !new.is_empty() {
            let message = format!(
                "the definition of `{}` would send your client secret to new hosts",
                definition.app
            );
            return Err(Error::new(Kind::Definition, message).because(new.join(", ")).hint(
                format!("if that is meant, run `tieline client set {}` again", definition.app),
            ));
        }
        let mut client = Client {
            scopes: record.scopes.clone(),
            redirect_uris: record.redirect_uris.clone(),
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
        Ok(Some(client))
    }

    /// Keeps a client and makes it the one for new accounts.
    ///
    /// # Errors
    /// The store or the file cannot be written.
    pub async fn set_client(
        &self,
        definition: &Definition,
        client: &Client,
        choice: StoreChoice,
    ) -> Result<()> {
        let _lock = self.lock_clients().await?;
        self.write_client(definition, client, choice).await?;
        let app = &definition.client_app;
        let mut clients = self.clients(app)?;
        clients.current = Some(client.id.clone());
        self.save_clients(app, &clients)?;
        self.sweep_clients().await;
        Ok(())
    }

    /// Keeps a client that came from the environment for the account that is being connected with
    /// it. What is known of it already stays, but for a secret that is given. The caller holds the
    /// clients' lock until the account refers to it.
    pub(super) async fn keep_client(
        &self,
        definition: &Definition,
        client: &Client,
        choice: StoreChoice,
    ) -> Result<()> {
        let app = &definition.client_app;
        let known = self.clients(app)?.known.get(&client.id).cloned();
        match known {
            Some(_) if client.secret.is_none() => Ok(()),
            Some(record) => {
                let store = self.stores.by_kind(&record.store)?;
                self.write_entry(app, client, store).await
            }
            None => self.write_client(definition, client, choice).await,
        }
    }

    /// The record first and then the secret: a kill in between leaves a record without a secret,
    /// which is noticed, and not a secret that nobody knows of.
    async fn write_client(
        &self,
        definition: &Definition,
        client: &Client,
        choice: StoreChoice,
    ) -> Result<()> {
        let app = &definition.client_app;
        let store = self.stores.get(choice)?;
        let mut clients = self.clients(app)?;
        let record = ClientRecord {
            store: store.kind().to_owned(),
            scopes: client.scopes.clone(),
            redirect_uris: client.redirect_uris.clone(),
            fields: client.fields.clone(),
            hosts: definition.client_hosts().patterns().to_vec(),
            set_at: crate::context::now(),
        };
        clients.known.insert(client.id.clone(), record);
        self.save_clients(app, &clients)?;
        self.write_entry(app, client, store).await
    }

    async fn write_entry(&self, app: &AppName, client: &Client, store: &Store) -> Result<()> {
        let user = entry_name(app, &client.id);
        let written = store.write(&user, &client.seal()).await;
        written.map_err(|error| client_error(&error, app, &user, Doing::Store))
    }

    /// The lock of all clients. It is taken after an account's, never before.
    pub(super) async fn lock_clients(&self) -> Result<Lock> {
        Lock::acquire(&self.folders.locks, "@clients").await
    }

    /// Forgets the current client; accounts that were connected with it keep it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn remove_client(&self, app: &AppName) -> Result<Option<String>> {
        let _lock = self.lock_clients().await?;
        let mut clients = self.clients(app)?;
        let Some(id) = clients.current.take() else { return Ok(None) };
        self.save_clients(app, &clients)?;
        self.sweep_clients().await;
        Ok(Some(id))
    }

    /// Deletes clients that nobody uses any more. A failure is left for the next time. The caller
    /// holds the clients' lock.
    pub(super) async fn sweep_clients(&self) {
        // An account whose file cannot be read may use any of them.
        if !self.files.all_readable() {
            return;
        }
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
