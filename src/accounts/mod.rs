//! The accounts on this machine: files beside store entries, and the order in which both are
//! written so that a kill at any instant leaves the old or the new state whole.

mod clients;
mod damaged;
pub mod directory;
pub mod environment;
pub mod files;
mod interrupted;
pub mod json_file;
mod lock;
pub mod orphans;
mod pending;
mod pick;
mod stores;
pub mod warnings;

pub use lock::Lock;
pub use pick::Picked;
pub use stores::{StoreChoice, Stores};

use crate::account::Account;
use crate::context::{Context, Folders};
use crate::credential::{Client, Credential};
use crate::definition::Definition;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::store::{Doing, Store, StoreError};
use crate::text::hex;
use directory::Directory;
use files::{Files, Record, State};
use ring::rand::{SecureRandom, SystemRandom};
use std::io;

/// The accounts of this user.
pub struct Accounts<'a> {
    /// Account and client files.
    pub files: Files,
    stores: &'a Stores,
    folders: &'a Folders,
    directory: Option<&'a Directory>,
}

/// A kept account, opened.
#[derive(Clone)]
pub struct Opened {
    /// Its id.
    pub id: AccountId,
    /// Its file.
    pub record: Record,
    /// What its entry says.
    pub account: Account,
    /// Its secrets.
    pub credential: Credential,
}

impl<'a> Accounts<'a> {
    /// The accounts of this user.
    #[must_use]
    pub fn new(context: &'a Context, stores: &'a Stores) -> Self {
        let files = Files::new(&context.folders);
        Self { files, stores, folders: &context.folders, directory: None }
    }

    /// The same, with what the directory says of which account is meant.
    #[must_use]
    pub fn in_directory(self, directory: &'a Directory) -> Self {
        Self { directory: Some(directory), ..self }
    }

    /// Opens an account: reads its entry, and mends what a kill left.
    ///
    /// # Errors
    /// It is not there, or the store fails.
    pub async fn open(&self, id: &AccountId) -> Result<Opened> {
        let record = self.record(id)?.ok_or_else(|| self.not_connected(id, &[]))?;
        let store = self.store_of(&record)?;
        let entry = store.read(&id.to_string()).await;
        let entry = entry.map_err(|error| store_error(&error, &id.to_string(), Doing::Read))?;
        let (account, credential) = Credential::open(&entry).map_err(|error| {
            Error::new(Kind::Store, format!("the credential of `{id}` cannot be read"))
                .because(error)
                .hint(format!("run `tieline connect {id}`"))
        })?;
        let mut opened = Opened { id: id.clone(), record, account, credential };
        // The entry is the truth: a kill between entry and file leaves the file behind.
        if opened.record.state == State::Connecting
            || opened.record.account.revision != opened.account.revision
        {
            let before = opened.record.clone();
            opened.record.state = State::Connected;
            opened.record.refresh_sent_at = None;
            opened.record.account = opened.account.clone();
            self.mend(id, &before, &opened.record)?;
        }
        Ok(opened)
    }

    /// Writes the file that a kill left behind, unless somebody is at work on the account: then
    /// the file is theirs, and may be gone by now.
    fn mend(&self, id: &AccountId, before: &Record, mended: &Record) -> Result<()> {
        let Ok(Some(_lock)) = Lock::try_acquire(&self.folders.locks, &id.to_string()) else {
            return Ok(());
        };
        if self.record(id)?.as_ref() == Some(before) {
            self.save_record(id, mended)?;
        }
        Ok(())
    }

    /// The file of an account, if it has one.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn record(&self, id: &AccountId) -> Result<Option<Record>> {
        self.files.load(id).map_err(|error| {
            Error::io(format!("the account file of `{id}` cannot be read"), &error)
                .hint(format!("run `tieline connect {id}` to replace it"))
                .hint(format!("or `tieline disconnect {id}` to remove it"))
        })
    }

    /// Writes the file of an account.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save_record(&self, id: &AccountId, record: &Record) -> Result<()> {
        self.files.save(id, record).map_err(|error| file_error(id, &error))
    }

    /// Keeps a new or reconnected account, and a client from the environment that it was connected
    /// with. The caller holds the account's lock.
    ///
    /// # Errors
    /// The store or the file cannot be written; then the account is as it was.
    pub async fn keep(
        &self,
        id: &AccountId,
        account: &Account,
        credential: &Credential,
        choice: StoreChoice,
        client: Option<(&Definition, &Client)>,
    ) -> Result<()> {
        // Held until the account refers to the client: nobody may sweep it away in between.
        let _clients = self.lock_clients().await?;
        if let Some((definition, client)) = client {
            self.keep_client(definition, client, choice).await?;
        }
        let user = id.to_string();
        let store = self.stores.get(choice)?;
        let before = self.replaced(id)?;
        let mut record = Record::new(State::Connecting, store.kind(), account.clone());
        let old_store = match &before {
            Some(before) => Some(before.store.clone()),
            None => self.files.store_named_by_damaged(id),
        };
        record.other_store = old_store.filter(|old| *old != record.store);
        match &before {
            None => self.save_record(id, &record)?,
            Some(before) if record.other_store.is_some() => {
                // A kill must not leave an entry in the new store that nobody knows of.
                let other_store = Some(record.store.clone());
                self.save_record(id, &Record { other_store, ..before.clone() })?;
            }
            Some(before) => record.other_store.clone_from(&before.other_store),
        }
        if let Err(error) = store.write(&user, &credential.seal(account)).await {
            self.undo(id, store, before.as_ref()).await;
            return Err(store_error(&error, &user, Doing::Store));
        }
        record.state = State::Connected;
        self.save_record(id, &record)?;
        // Where that fails, the next command tries again.
        let _ = self.leave_store(id, &mut record).await;
        self.sweep_clients().await;
        Ok(())
    }

    /// What could not be stored leaves the account as it was.
    async fn undo(&self, id: &AccountId, store: &Store, before: Option<&Record>) {
        match before {
            Some(before) if before.store == store.kind() => {}
            Some(before) => {
                if store.delete(&id.to_string()).await.is_ok() {
                    let _ = self.save_record(id, before);
                }
            }
            None => {
                let _ = store.delete(&id.to_string()).await;
                let _ = self.files.remove(id);
            }
        }
    }

    /// Replaces the credential of an account after a refresh. The caller holds its lock.
    ///
    /// # Errors
    /// As [`Accounts::keep`].
    pub async fn renew(&self, opened: &mut Opened) -> Result<()> {
        opened.account.revision = revision()?;
        let user = opened.id.to_string();
        let store = self.store_of(&opened.record)?;
        let entry = opened.credential.seal(&opened.account);
        let written = store.write(&user, &entry).await;
        written.map_err(|error| store_error(&error, &user, Doing::Store))?;
        opened.record.refresh_sent_at = None;
        opened.record.account = opened.account.clone();
        self.save_record(&opened.id, &opened.record)
    }

    /// The store that an account is in.
    ///
    /// # Errors
    /// Its file names none that we know.
    pub fn store_of(&self, record: &Record) -> Result<&Store> {
        self.stores.by_kind(&record.store)
    }

    /// Marks an account as being disconnected, before anything is revoked.
    ///
    /// # Errors
    /// Its file cannot be written.
    pub fn mark_disconnecting(&self, id: &AccountId, record: &mut Record) -> Result<()> {
        record.state = State::Disconnecting;
        self.save_record(id, record)
    }

    /// Forgets an account: secret, then file.
    ///
    /// # Errors
    /// The store or the file cannot be changed.
    pub async fn forget(&self, id: &AccountId, record: &Record) -> Result<()> {
        self.delete_entry(self.store_of(record)?, id).await?;
        if let Some(other) = &record.other_store {
            self.delete_entry(self.stores.by_kind(other)?, id).await?;
        }
        self.files.remove(id).map_err(|error| file_error(id, &error))?;
        if self.files.default(&id.app) == Some(id.name.clone()) {
            self.files.set_default(&id.app, None).map_err(|error| file_error(id, &error))?;
        }
        let _clients = self.lock_clients().await?;
        self.sweep_clients().await;
        Ok(())
    }

    async fn delete_entry(&self, store: &Store, id: &AccountId) -> Result<()> {
        let user = id.to_string();
        store.delete(&user).await.map_err(|error| store_error(&error, &user, Doing::Delete))
    }

    /// Waits for the lock of an account.
    ///
    /// # Errors
    /// As [`Lock::acquire`].
    pub async fn lock(&self, id: &AccountId) -> Result<Lock> {
        Lock::acquire(&self.folders.locks, &id.to_string()).await
    }
}

/// A random mark for a version of an entry.
///
/// # Errors
/// The system has no randomness.
pub fn revision() -> Result<String> {
    let mut bytes = [0_u8; 12];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Error::new(Kind::Failed, "the system gives no random numbers"))?;
    Ok(hex(&bytes))
}

/// A failure of the store, with what to do.
#[must_use]
pub fn store_error(error: &StoreError, account: &str, doing: Doing) -> Error {
    let mut shown = Error::new(Kind::Store, error.describe(account, doing));
    shown.causes.extend(error.cause());
    shown.hints = error.hints(account);
    if matches!(error, StoreError::NotFound { .. }) {
        shown.kind = Kind::NotConnected;
    }
    shown
}

fn file_error(id: &AccountId, error: &io::Error) -> Error {
    Error::unwritable(format!("the account file of `{id}` cannot be written"), error)
}
