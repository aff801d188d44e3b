//! Account files that cannot be read as such: how one is replaced, and how it goes.

use super::files::{Record, State};
use super::{Accounts, file_error};
use crate::credential::Credential;
use crate::definition::names::AccountId;
use crate::error::Result;
use std::io;

impl Accounts<'_> {
    /// Whether the file of an account is there and holds something else than an account.
    #[must_use]
    pub fn is_damaged(&self, id: &AccountId) -> bool {
        self.files.load(id).is_err_and(|error| error.kind() == io::ErrorKind::InvalidData)
    }

    /// The file of an account that is about to be replaced: a damaged one counts as none.
    ///
    /// # Errors
    /// It cannot be read at all.
    pub fn replaced(&self, id: &AccountId) -> Result<Option<Record>> {
        if self.is_damaged(id) { Ok(None) } else { self.record(id) }
    }

    /// Mends a damaged account file from its entry in the store, which knows everything but the
    /// store; `false` where there is no such entry, and the file is gone. The caller holds the
    /// account's lock.
    ///
    /// # Errors
    /// The store or the file cannot be changed.
    pub async fn salvage(&self, id: &AccountId) -> Result<bool> {
        let store = match self.files.store_named_by_damaged(id) {
            Some(kind) => self.stores.by_kind(&kind)?,
            None => self.stores.get(self.stores.choice)?,
        };
        let entry = store.read(&id.to_string()).await.ok();
        if let Some((account, _)) = entry.and_then(|entry| Credential::open(&entry).ok()) {
            let record = Record::new(State::Connected, store.kind(), account);
            return self.save_record(id, &record).map(|()| true);
        }
        self.delete_entry(store, id).await?;
        self.files.remove(id).map_err(|error| file_error(id, &error))?;
        Ok(false)
    }
}
