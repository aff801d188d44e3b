//! An open keyring: reading, writing and removing entries, by calls that may block.

use super::error::StoreError;
use super::parts::{self, Step};
use super::{platform, random};
use crate::secret::Secret;
use crate::text::hex;
use keyring_core::{CredentialStore, Entry, Error};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const SERVICE: &str = "tieline";
/// The entry that [`Session::probe`] makes and removes.
const PROBE: &str = "probe:";

/// An open keyring, on the thread that may block.
pub(super) struct Session {
    store: Arc<CredentialStore>,
    state: Arc<State>,
}

impl Session {
    pub(super) fn new(store: Arc<CredentialStore>, state: &Arc<State>) -> Self {
        state.opened.store(true, Ordering::Relaxed);
        Self { store, state: Arc::clone(state) }
    }

    pub(super) fn read(&self, limit: Option<usize>, user: &str) -> Result<Secret, StoreError> {
        if limit.is_none() {
            return self.get(user);
        }
        // Another process may replace the value between its head and its parts: look again then
        let mut tries = 3;
        loop {
            tries -= 1;
            match self.read_split(user) {
                Err(Gone::Part(_)) if tries > 0 => {}
                Err(Gone::Part(part)) => {
                    let cause = format!("{}: no item for its part `{part}`", platform::NAME);
                    return Err(StoreError::Corrupt { cause });
                }
                Err(Gone::Other(error)) => return Err(error),
                Ok(value) => return Ok(value),
            }
        }
    }

    fn read_split(&self, user: &str) -> Result<Secret, Gone> {
        let main = self.get(user)?;
        let Some(head) = parts::head(&main)? else { return Ok(main) };
        let parts = head.parts(user).into_iter().map(|part| match self.get(&part) {
            Err(StoreError::NotFound { .. }) => Err(Gone::Part(part)),
            other => Ok(other?),
        });
        Ok(head.join(&parts.collect::<Result<Vec<_>, Gone>>()?)?)
    }

    pub(super) fn write(
        &self,
        limit: Option<usize>,
        user: &str,
        value: &Secret,
    ) -> Result<(), StoreError> {
        match self.apply(self.plan_write(limit, user, value)?) {
            Err(StoreError::NoCollection { .. }) => {
                platform::create_default()?;
                self.apply(self.plan_write(limit, user, value)?)?;
            }
            other => other?,
        }
        match self.read(limit, user) {
            Ok(kept) if kept.equals(value.expose()) => Ok(()),
            Ok(_) | Err(StoreError::NotFound { .. } | StoreError::Corrupt { .. }) => {
                Err(StoreError::VerifyFailed)
            }
            Err(error) => Err(error),
        }
    }

    fn plan_write(
        &self,
        limit: Option<usize>,
        user: &str,
        value: &Secret,
    ) -> Result<Vec<Step>, StoreError> {
        let Some(limit) = limit else {
            return Ok(vec![Step::Set(user.to_owned(), value.clone())]);
        };
        parts::plan_write(limit, user, value, &self.entries()?, &hex(&random::<8>()?))
    }

    pub(super) fn delete(&self, limit: Option<usize>, user: &str) -> Result<(), StoreError> {
        let entries = if limit.is_some() { self.entries()? } else { Vec::new() };
        self.apply(parts::plan_delete(user, &entries))
    }

    pub(super) fn probe(&self) -> Result<(), StoreError> {
        let probe = || {
            self.set(PROBE, &Secret::from("probe"))?;
            self.remove(PROBE)
        };
        // another process may remove the probe between our finding it and our writing it
        match probe() {
            Err(StoreError::NotFound { .. } | StoreError::Backend { .. }) => probe(),
            other => other,
        }
    }

    fn apply(&self, steps: Vec<Step>) -> Result<(), StoreError> {
        steps.into_iter().try_for_each(|step| match step {
            Step::Set(user, value) => self.set(&user, &value),
            Step::Delete(user) => self.remove(&user),
        })
    }

    fn get(&self, user: &str) -> Result<Secret, StoreError> {
        let bytes = self.call(user, |entry| entry.get_secret())?;
        let text = String::from_utf8(bytes)
            .map_err(|error| platform::explain(Error::BadEncoding(error.into_bytes()), user))?;
        Ok(Secret::from(text))
    }

    fn set(&self, user: &str, value: &Secret) -> Result<(), StoreError> {
        let size = value.expose().len();
        self.call(user, |entry| entry.set_secret(value.expose().as_bytes())).map_err(|error| {
            match error {
                StoreError::TooLarge { limit, store, .. } => {
                    StoreError::TooLarge { limit, size, store }
                }
                other => other,
            }
        })
    }

    fn remove(&self, user: &str) -> Result<(), StoreError> {
        let removed = self.call(user, |entry| match entry.delete_credential() {
            Err(Error::Ambiguous(entries)) => entries.iter().try_for_each(Entry::delete_credential),
            other => other,
        });
        match removed {
            Err(StoreError::NotFound { .. }) => Ok(()),
            other => other,
        }
    }

    /// All our entries, parts and all.
    pub(super) fn entries(&self) -> Result<Vec<String>, StoreError> {
        let terms = HashMap::from_iter(platform::search_terms().iter().copied());
        let found = self.store.search(&terms).map_err(|error| platform::explain(error, ""))?;
        let ours = found.iter().filter_map(Entry::get_specifiers);
        Ok(ours.filter(|(service, _)| service == SERVICE).map(|(_, user)| user).collect())
    }

    fn call<T>(
        &self,
        user: &str,
        action: impl FnOnce(&Entry) -> keyring_core::Result<T>,
    ) -> Result<T, StoreError> {
        if self.state.is_abandoned() {
            return Err(backend("nobody waits for it any more"));
        }
        let label = format!("tieline {user}");
        let modifiers = HashMap::from_iter(platform::modifiers(&label));
        self.store
            .build(SERVICE, user, Some(&modifiers))
            .and_then(|entry| action(&entry))
            .map_err(|error| platform::explain(error, user))
    }
}

/// What the waiting side and the thread know of each other.
#[derive(Default)]
pub(super) struct State {
    pub(super) opened: AtomicBool,
    pub(super) abandoned: AtomicBool,
}

impl State {
    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }
}

/// Why a value of several parts could not be put together.
enum Gone {
    Part(String),
    Other(StoreError),
}

impl From<StoreError> for Gone {
    fn from(error: StoreError) -> Self {
        Self::Other(error)
    }
}

pub(super) fn backend(text: &str) -> StoreError {
    StoreError::Backend { cause: format!("{}: {text}", platform::NAME) }
}
