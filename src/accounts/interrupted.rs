//! What takes several steps, and how the next command finishes it after a kill.

use super::files::{Record, State};
use super::{Accounts, Lock, StoreChoice, file_error, revision, store_error};
use crate::context::now;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::store::{Doing, StoreError};

/// How long what could not be finished is left alone, in seconds: a locked keyring may take its time
/// to say so, and must not cost every command that.
const PAUSE: i64 = 3600;

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
        self.leave_name(from, to, &opened.record).await
    }

    /// The old name goes, now that the new one is there.
    async fn leave_name(&self, from: &AccountId, to: &AccountId, record: &Record) -> Result<()> {
        if self.files.default(&from.app) == Some(from.name.clone()) {
            self.files.set_default(&to.app, Some(to)).map_err(|error| file_error(to, &error))?;
        }
        self.forget(from, record).await
    }

    /// Finishes what a kill interrupted, for every account that no living process holds. What cannot
    /// be finished stands in nobody's way: it is left alone for an hour, and the first reason is
    /// given back.
    pub async fn finish_interrupted(&self) -> Option<Error> {
        let mut failed: Option<Error> = None;
        let mut broken = Vec::new();
        self.sweep_pending().await;
        for (id, record) in self.files.list() {
            if record.is_settled() || record.retry_at.is_some_and(|at| now() < at) {
                continue;
            }
            let Ok(Some(_lock)) = Lock::try_acquire(&self.folders.locks, &id.to_string()) else {
                continue;
            };
            // Under the lock it may look different.
            let Ok(Some(record)) = self.record(&id) else { continue };
            if broken.contains(&record.store) {
                self.postpone(&id);
            } else if let Err(error) = self.finish(&id, record.clone()).await {
                self.postpone(&id);
                broken.push(record.store);
                failed.get_or_insert(error);
            }
        }
        failed
    }

    async fn finish(&self, id: &AccountId, mut record: Record) -> Result<()> {
        match record.state {
            State::Disconnecting => self.forget(id, &record).await,
            State::Connecting => self.finish_connecting(id, &record).await,
            State::Connected if record.moved_to.is_some() => self.finish_renaming(id, record).await,
            State::Connected => self.leave_store(id, &mut record).await,
        }
    }

    /// Notes that finishing failed. The caller holds the account's lock.
    pub fn postpone(&self, id: &AccountId) {
        if let Ok(Some(mut record)) = self.record(id) {
            record.retry_at = Some(now() + PAUSE);
            // Without the note it is merely tried again sooner.
            let _ = self.save_record(id, &record);
        }
    }

    async fn finish_connecting(&self, id: &AccountId, record: &Record) -> Result<()> {
        match self.store_of(record)?.read(&id.to_string()).await {
            // We hold the lock, so the file is ours to write.
            Ok(_) => {
                let opened = self.open(id).await?;
                self.save_record(id, &opened.record)
            }
            Err(StoreError::NotFound { .. }) => {
                self.files.remove(id).map_err(|error| file_error(id, &error))
            }
            Err(error) => Err(store_error(&error, &id.to_string(), Doing::Read)),
        }
    }

    /// The new name is there: the old one goes. It is not: the old one stays.
    async fn finish_renaming(&self, id: &AccountId, mut record: Record) -> Result<()> {
        let to = record.moved_to.take().and_then(|to| AccountId::parse(&to).ok());
        let Some(to) = to else { return self.save_record(id, &record) };
        let Some(_lock) = Lock::try_acquire(&self.folders.locks, &to.to_string())? else {
            return Ok(());
        };
        // Its secret may be there and its file not say so yet: then there are two accounts for one
        // credential, and the new one is whole.
        if let Some(moved) = self.record(&to)?.filter(|moved| moved.state == State::Connecting) {
            self.finish_connecting(&to, &moved).await?;
        }
        let moved = self.record(&to)?.is_some_and(|moved| moved.state == State::Connected);
        match moved {
            true => self.leave_name(id, &to, &record).await,
            false => self.save_record(id, &record),
        }
    }

    /// Removes what an account that moved from one store to another has in the store that it is not
    /// in. The caller holds the account's lock.
    pub(super) async fn leave_store(&self, id: &AccountId, record: &mut Record) -> Result<()> {
        let Some(other) = record.other_store.take() else { return Ok(()) };
        if other != record.store {
            self.delete_entry(self.stores.by_kind(&other)?, id).await?;
        }
        record.retry_at = None;
        self.save_record(id, record)
    }
}
