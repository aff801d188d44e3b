//! A kept account, tested.

use super::{KEPT_SECONDS, Testing, failed};
use crate::accounts::{Opened, StoreChoice};
use crate::commands::authorization_of;
use crate::context::now;
use crate::definition::Definition;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::flow::Chooser;
use crate::refresh::Surroundings;
use crate::report::Tested;
use crate::report::recording::Recorded;
use crate::trial::test;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::time::timeout;

impl Testing<'_> {
    /// An account, within its time.
    pub(super) async fn test_kept(&self, id: &AccountId) -> Tested {
        let tested = self.try_kept(id).await;
        tested.unwrap_or_else(|error| failed(&id.to_string(), error, Vec::new()))
    }

    async fn try_kept(&self, id: &AccountId) -> Result<Tested> {
        let started = Instant::now();
        let limit = Duration::from_secs(self.arguments.options.timeout.unwrap_or(KEPT_SECONDS));
        // To read changes nothing, so that it can be dropped halfway.
        let opened = timeout(limit, self.open(id)).await;
        let (definition, opened) = opened.unwrap_or_else(|_| Err(not_read(id, limit)))?;
        let read_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let auth = authorization_of(&definition, &opened)?;
        let http = match auth.tls {
            // A certificate goes with its connections, and none of the others'.
            Some(_) => self.app.http(self.arguments.options.request_seconds()),
            None => self.http.sibling(),
        };
        let http = http.until(started + limit);
        http.note(format!("account {id}, authorization {}", auth.name));
        if let Some(client) = &opened.account.client_id {
            http.note(format!("client {client}, with which it was connected"));
        }
        let basis = Recorded::new(&opened.account, &opened.credential, now());
        let store = match self.accounts.store_of(&opened.record) {
            Ok(store) => store.name(),
            Err(_) => "the environment".to_owned(),
        };
        let (none, kept) = (BTreeMap::new(), opened.account.extras.clone());
        let chooser = Chooser { terminal: &self.terminal, given: &none, kept: &kept };
        let around = Surroundings {
            accounts: &self.accounts,
            context: &self.app.context,
            http: &http,
            definition: &definition,
            auth,
        };
        let verdict = test(around, opened, read_ms, &store, &chooser).await;
        let exchanges = http.exchanges();
        if self.arguments.record.is_some() {
            match basis.with(&exchanges) {
                Some(recorded) => drop(self.recorded.borrow_mut().insert(id.clone(), recorded)),
                None => self.app.terminal.warn(format!("`{id}` speaks FTP, which is not recorded")),
            }
        }
        Ok(Tested { id: id.to_string(), auth: auth.name.clone(), verdict, exchanges })
    }

    async fn open(&self, id: &AccountId) -> Result<(Definition, Opened)> {
        match self.app.stores.choice {
            StoreChoice::Env => self.app.open_from_environment(id),
            _ => self.app.open_this(&self.accounts, id).await,
        }
    }
}

fn not_read(id: &AccountId, limit: Duration) -> Error {
    let message =
        format!("the credential of `{id}` could not be read within {} s", limit.as_secs());
    Error::new(Kind::Store, message)
        .hint("the keyring may be waiting to be unlocked; `--timeout` gives it longer")
}
