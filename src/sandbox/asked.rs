//! Defines the consent pages that are waiting for a decision.

use std::collections::HashMap;
use std::sync::Mutex;

use super::lock::lock;
use super::random::random;

/// More consent pages than anybody leaves open.
const MAX_PENDING: usize = 100;

/// What pages ask about, by the id that is on the page.
pub(super) struct Asked<T>(Mutex<HashMap<String, T>>);

impl<T> Default for Asked<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Asked<T> {
    /// Keeps a question until somebody decides; gives its id.
    pub(super) fn ask(&self, question: T) -> String {
        let id = random("");
        let mut pending = lock(&self.0);
        if pending.len() >= MAX_PENDING {
            pending.clear();
        }
        pending.insert(id.clone(), question);
        id
    }

    /// Takes a question out: a page decides once.
    pub(super) fn decided(&self, id: &str) -> Option<T> {
        lock(&self.0).remove(id)
    }
}
