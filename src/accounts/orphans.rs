//! Orphans: account files and entries of a store of which one is there and the other is not.

use super::files::{Record, State};
use super::{Accounts, StoreChoice, file_error, store_error};
use crate::credential::Credential;
use crate::definition::names::AccountId;
use crate::error::{Error, Result};
use crate::store::{Doing, Store, StoreError};

/// What belongs together and is not together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// Whose it is.
    pub id: AccountId,
    /// Which half is left.
    pub left: Left,
}

/// The half that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// The file; the secrets are gone.
    File,
    /// The entry in the store, which knows everything that the file said.
    Entry,
    /// The file, and it cannot be read.
    Damaged,
}

impl Accounts<'_> {
    /// Looks for orphans in one store and in the account files. An account that is being connected or
    /// disconnected is none.
    ///
    /// # Errors
    /// The store cannot be listed.
    pub async fn orphans(&self, choice: StoreChoice) -> Result<Vec<Orphan>> {
        let store = self.stores.get(choice)?;
        let entries = store.entries().await;
        let entries = entries.map_err(|error| {
            let shown = store_error(&error, "it", Doing::Read);
            Error { message: format!("{error}, so the store cannot be looked into"), ..shown }
        })?;
        let kept = self.files.list();
        let damaged = self.files.damaged();
        let mut orphans: Vec<Orphan> = Vec::new();
        for (id, record) in &kept {
            let is_here = record.store == store.kind() && record.state == State::Connected;
            if is_here && record.is_settled() && !entries.contains(&id.to_string()) {
                orphans.push(Orphan { id: id.clone(), left: Left::File });
            }
        }
        // The entries of clients, of pending connects and of parts are no accounts' names.
        let accounts = entries.iter().filter(|user| !user.contains([':', '#']));
        for id in accounts.filter_map(|user| AccountId::parse(user).ok()) {
            if !kept.iter().any(|(known, _)| *known == id) && !damaged.contains(&id) {
                orphans.push(Orphan { id, left: Left::Entry });
            }
        }
        orphans.extend(damaged.into_iter().map(|id| Orphan { id, left: Left::Damaged }));
        Ok(orphans)
    }

    /// Puts together what can be, and removes what is worth nothing. Tells what became of it.
    ///
    /// # Errors
    /// The store or a file cannot be changed.
    pub async fn adopt(&self, orphan: &Orphan, choice: StoreChoice) -> Result<&'static str> {
        let id = &orphan.id;
        let _lock = self.lock(id).await?;
        let store = self.stores.get(choice)?;
        match orphan.left {
            Left::Damaged => Ok(match self.salvage(id).await? {
                true => "its file was written anew from its entry",
                false => "its file was removed: it had no entry",
            }),
            Left::Entry => self.restore(id, store).await,
            Left::File => match store.read(&id.to_string()).await {
                Err(StoreError::NotFound { .. }) => {
                    self.files.remove(id).map_err(|error| file_error(id, &error))?;
                    Ok("its file was removed: the secret is gone")
                }
                Ok(_) => Ok("its secret is there by now"),
                Err(error) => Err(store_error(&error, &id.to_string(), Doing::Read)),
            },
        }
    }

    async fn restore(&self, id: &AccountId, store: &Store) -> Result<&'static str> {
        let entry = store.read(&id.to_string()).await;
        let entry = entry.map_err(|error| store_error(&error, &id.to_string(), Doing::Read))?;
        match Credential::open(&entry) {
            Ok((account, _)) if account.id().as_ref() == Ok(id) => {
                self.save_record(id, &Record::new(State::Connected, store.kind(), account))?;
                Ok("its file was written anew from its entry")
            }
            _ => Ok("left alone: its entry is not what this tieline writes"),
        }
    }
}
