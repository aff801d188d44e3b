//! Pending authorizations: a file each that says where the entry is, and the entry with everything.
//!
//! The file is written before the entry and removed after it, so that no kill leaves a secret that
//! nobody knows of. The entry is the truth.

use super::files::PendingRecord;
use super::{Accounts, Lock, StoreChoice, store_error};
use crate::context::now;
use crate::definition::names::{AccountId, AppName};
use crate::error::{Error, Kind, Result};
use crate::pending::{LIFETIME, Pending};
use crate::store::{Doing, StoreError};
use std::io;

fn entry_name(id: &AccountId) -> String {
    format!("pending:{id}")
}

impl Accounts<'_> {
    /// The lock of an account's pending authorization. It is taken before the account's own.
    ///
    /// # Errors
    /// As [`Lock::acquire`].
    pub async fn lock_pending(&self, id: &AccountId) -> Result<Lock> {
        Lock::acquire(&self.folders.locks, &lock_name(id)).await
    }

    /// Keeps a pending authorization, in place of an earlier one. The caller holds its lock.
    ///
    /// # Errors
    /// The store or the file cannot be written.
    pub async fn keep_pending(
        &self,
        id: &AccountId,
        pending: &Pending,
        choice: StoreChoice,
    ) -> Result<()> {
        let store = self.stores.get(choice)?;
        let before = self.files.pending(id).map_err(|error| file_error(id, &error))?;
        if before.is_some_and(|before| before.store != store.kind()) {
            self.forget_pending(id).await?;
        }
        let record = PendingRecord {
            account: id.to_string(),
            store: store.kind().to_owned(),
            started_at: pending.about.started_at,
        };
        self.files.save_pending(id, &record).map_err(|error| file_error(id, &error))?;
        let user = entry_name(id);
        if let Err(error) = store.write(&user, &pending.seal()).await {
            let _ = self.forget_pending(id).await;
            return Err(store_error(&error, &user, Doing::Store));
        }
        Ok(())
    }

    /// The pending authorization of an account. The caller holds its lock.
    ///
    /// # Errors
    /// There is none, it is over, or the store fails.
    pub async fn pending(&self, id: &AccountId) -> Result<Pending> {
        let record = self.files.pending(id).map_err(|error| file_error(id, &error))?;
        let record = record.ok_or_else(|| {
            again(id, Error::new(Kind::Usage, format!("no connect of `{id}` was started")))
        })?;
        let store = self.stores.by_kind(&record.store)?;
        let user = entry_name(id);
        let entry = match store.read(&user).await {
            Ok(entry) => entry,
            Err(StoreError::NotFound { .. }) => {
                self.forget_pending(id).await?;
                let message = format!("the start of connecting `{id}` was interrupted");
                return Err(again(id, Error::new(Kind::Usage, message)));
            }
            Err(error) => return Err(store_error(&error, &user, Doing::Read)),
        };
        let pending = Pending::open(&entry).map_err(|error| {
            let message = format!("what `--start` kept of `{id}` cannot be read");
            again(id, Error::new(Kind::Store, message).because(error))
        })?;
        if pending.is_over(now()) {
            self.forget_pending(id).await?;
            let message = format!("it is too late to finish connecting `{id}`");
            let why = format!("it was started more than {} minutes ago", LIFETIME / 60);
            return Err(again(id, Error::new(Kind::Usage, message).because(why)));
        }
        Ok(pending)
    }

    /// The accounts of an app that have a pending authorization.
    #[must_use]
    pub fn pending_of(&self, app: &AppName) -> Vec<AccountId> {
        let all = self.files.list_pending().into_iter();
        all.map(|(id, _)| id).filter(|id| id.app == *app).collect()
    }

    /// Forgets a pending authorization: entry, then file. The caller holds its lock.
    ///
    /// # Errors
    /// The store or the file cannot be changed.
    pub async fn forget_pending(&self, id: &AccountId) -> Result<()> {
        let record = self.files.pending(id).map_err(|error| file_error(id, &error))?;
        let Some(record) = record else { return Ok(()) };
        let user = entry_name(id);
        let deleted = self.stores.by_kind(&record.store)?.delete(&user).await;
        deleted.map_err(|error| store_error(&error, &user, Doing::Delete))?;
        self.files.remove_pending(id).map_err(|error| file_error(id, &error))
    }

    /// Forgets those that are over, unless somebody is at work on them. A failure is left for the
    /// next time.
    pub(super) async fn sweep_pending(&self) {
        for (id, record) in self.files.list_pending() {
            if now() - record.started_at <= LIFETIME {
                continue;
            }
            if let Ok(Some(_lock)) = Lock::try_acquire(&self.folders.locks, &lock_name(&id)) {
                let _ = self.forget_pending(&id).await;
            }
        }
    }
}

/// No account's lock begins with `@`.
fn lock_name(id: &AccountId) -> String {
    format!("@pending/{id}")
}

fn again(id: &AccountId, error: Error) -> Error {
    error.hint(format!("run `tieline connect {id} --start`"))
}

fn file_error(id: &AccountId, error: &io::Error) -> Error {
    Error::io(format!("the pending file of `{id}` cannot be used"), error)
        .hint("if it is damaged, remove it and run `--start` again")
}
