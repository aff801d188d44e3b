//! Clients: one's own registrations at apps, kept as long as an account refers to them.

use super::files::{ClientRecord, Clients};
use super::{Accounts, Lock, StoreChoice, store_error};
use crate::credential::Client;
use crate::definition::Definition;
use crate::definition::hosts::Hosts;
use crate::definition::names::AppName;
use crate::error::{Error, Kind, Result};
use crate::store::{Doing, Store, StoreError};

/// No account has this name.
const CLIENTS_LOCK: &str = "@clients";

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
        let user = entry_name(app, &id);
        let entry = self.stores.by_kind(&record.store)?.read(&user).await;
        let entry = entry.map_err(|error| client_error(&error, app, &user, Doing::Read))?;
        let (client, hosts) = Client::open(&id, &entry).map_err(|error| {
            Error::new(Kind::Store, format!("the client `{id}` of `{app}` cannot be read"))
                .because(error)
                .hint(format!("run `tieline client set {app}`"))
        })?;
        // The entry is the truth: a kill between entry and file leaves the file behind.
        self.mend_client(app, record, &client, &hosts)?;
        let new = Hosts::new(hosts).beyond(&definition.client_hosts());
        if !new.is_empty() {
            let message = format!(
                "the definition of `{}` would send your client secret to new hosts",
                definition.app
            );
            return Err(Error::new(Kind::Definition, message).because(new.join(", ")).hint(
                format!("if that is meant, run `tieline client set {}` again", definition.app),
            ));
        }
        Ok(Some(client))
    }

    /// What is kept of a client beside its secrets, as `client set` was told it.
    ///
    /// # Errors
    /// The file of the app's clients cannot be read.
    pub fn client_without_secrets(&self, app: &AppName, id: &str) -> Result<Option<Client>> {
        Ok(self.clients(app)?.known.remove(id).map(|record| Client {
            scopes: record.scopes,
            redirect_uris: record.redirect_uris,
            fields: record.fields,
            ..Client::public(id)
        }))
    }

    /// Writes the file that a kill left behind, unless somebody is at work on the clients.
    fn mend_client(
        &self,
        app: &AppName,
        before: &ClientRecord,
        client: &Client,
        hosts: &[String],
    ) -> Result<()> {
        let set_at = before.set_at;
        let mended = ClientRecord { set_at, ..record(client, hosts, &before.store) };
        if mended == *before {
            return Ok(());
        }
        let Some(_lock) = Lock::try_acquire(&self.folders.locks, CLIENTS_LOCK)? else {
            return Ok(());
        };
        let mut clients = self.clients(app)?;
        match clients.known.get_mut(&client.id) {
            Some(known) if known == before => *known = mended,
            _ => return Ok(()),
        }
        self.save_clients(app, &clients)
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
                let client = Client {
                    scopes: record.scopes,
                    redirect_uris: record.redirect_uris,
                    fields: record.fields,
                    ..client.clone()
                };
                let store = self.stores.by_kind(&record.store)?;
                self.write_entry(app, &client, &record.hosts, store).await
            }
            None => self.write_client(definition, client, choice).await,
        }
    }

    /// A client that is known already changes with its entry, and the file follows. The file of a new
    /// one goes first: a kill in between leaves a client without a secret, which is noticed, and not
    /// a secret that nobody knows of.
    async fn write_client(
        &self,
        definition: &Definition,
        client: &Client,
        choice: StoreChoice,
    ) -> Result<()> {
        let app = &definition.client_app;
        let store = self.stores.get(choice)?;
        let mut clients = self.clients(app)?;
        let hosts = definition.client_hosts();
        let hosts = hosts.patterns();
        let new = record(client, hosts, store.kind());
        let before = clients.known.insert(client.id.clone(), new);
        let Some(before) = before else {
            self.save_clients(app, &clients)?;
            return self.write_entry(app, client, hosts, store).await;
        };
        self.write_entry(app, client, hosts, store).await?;
        self.save_clients(app, &clients)?;
        if before.store != store.kind() {
            // What stands in the store that is no longer used is of no use to anybody.
            let old = self.stores.by_kind(&before.store)?;
            let _ = old.delete(&entry_name(app, &client.id)).await;
        }
        Ok(())
    }

    async fn write_entry(
        &self,
        app: &AppName,
        client: &Client,
        hosts: &[String],
        store: &Store,
    ) -> Result<()> {
        let user = entry_name(app, &client.id);
        let written = store.write(&user, &client.seal(hosts)).await;
        written.map_err(|error| client_error(&error, app, &user, Doing::Store))
    }

    /// The lock of all clients. It is taken after an account's, never before.
    pub(super) async fn lock_clients(&self) -> Result<Lock> {
        Lock::acquire(&self.folders.locks, CLIENTS_LOCK).await
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

/// What the file says of a client.
fn record(client: &Client, hosts: &[String], store: &str) -> ClientRecord {
    ClientRecord {
        store: store.to_owned(),
        scopes: client.scopes.clone(),
        redirect_uris: client.redirect_uris.clone(),
        fields: client.fields.clone(),
        hosts: hosts.to_vec(),
        set_at: crate::context::now(),
    }
}

fn client_error(error: &StoreError, app: &AppName, user: &str, doing: Doing) -> Error {
    let mut shown = store_error(error, user, doing);
    if matches!(error, StoreError::NotFound { .. }) {
        shown.hints = vec![format!("run `tieline client set {app}`")];
    }
    shown
}
