//! What takes several steps, and how the next command finishes it after a kill.

use super::files::{Record, State};
use super::{Accounts, Lock, StoreChoice, file_error, revision};
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::store::StoreError;

impl Accounts<'_> {
    /// Moves an account to another name.
    ///
    /// # Errors
    /// The new name is taken, or the store or a file cannot be changed.
    pub async fn rename(&self, from: &AccountId, to: &AccountId) -> Result<()> {
        if self.record(to)?.is_some() {
            return Err(Error::new(Kind::Usage, format!("`{to}` exists already"))
                .hint(format!("run `tieline disconnect {to}` first, or take another name")));
        }
        let mut opened = self.open(from).await?;
        // A kill from here on leaves two accounts for one credential: the mark says which one goes.
        let mut marked = opened.record.clone();
        marked.moved_to = Some(to.to_string());
        self.save_record(from, &marked)?;
        let choice = StoreChoice::from_kind(&opened.record.store);
        opened.account.name.clone_from(&to.name);
        opened.account.revision = revision()?;
        self.keep(to, &opened.account, &opened.credential, choice, None).await?;
        if self.files.default(&from.app) == Some(from.name.clone()) {
            self.files.set_default(&to.app, Some(to)).map_err(|error| file_error(to, &error))?;
        }
        self.forget(from, &opened.record).await
    }

    /// Finishes what a kill interrupted, for every account that no living process holds.
    pub async fn finish_interrupted(&self) {
        self.sweep_pending().await;
        for (id, record) in self.files.list() {
            if record.state == State::Connected && record.moved_to.is_none() {
                continue;
            }
            let Ok(Some(_lock)) = Lock::try_acquire(&self.folders.locks, &id.to_string()) else {
                continue;
            };
            // Under the lock it may look different.
            let Ok(Some(record)) = self.record(&id) else { continue };
            match record.state {
                State::Connected => self.finish_renaming(&id, record).await,
                State::Disconnecting => drop(self.forget(&id, &record).await),
                State::Connecting => self.finish_connecting(&id, &record).await,
            }
        }
    }

    async fn finish_connecting(&self, id: &AccountId, record: &Record) {
        let Ok(store) = self.store_of(record) else { return };
        match store.read(&id.to_string()).await {
            // We hold the lock, so the file is ours to write.
            Ok(_) => {
                if let Ok(opened) = self.open(id).await {
                    drop(self.save_record(id, &opened.record));
                }
            }
            Err(StoreError::NotFound { .. }) => drop(self.files.remove(id)),
            Err(_) => {}
        }
    }

    /// The new name is there: the old one goes. It is not: the old one stays.
    async fn finish_renaming(&self, id: &AccountId, mut record: Record) {
        let Some(to) = record.moved_to.take() else { return };
        let moved = AccountId::parse(&to).ok().and_then(|to| self.record(&to).ok().flatten());
        match moved.is_some_and(|record| record.state == State::Connected) {
            true => drop(self.forget(id, &record).await),
            false => drop(self.save_record(id, &record)),
        }
    }
}
