//! What arrives at the redirect URI, on its way from the thread to the caller.

use std::fmt;
use tokio::sync::{mpsc, oneshot};

/// The authorization response, or the error response, that passed the check.
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    /// Decoded, in the order they came in; a name may occur twice.
    pub params: Vec<(String, String)>,
}

impl fmt::Debug for Callback {
    /// The names only: the values hold the code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.params.iter().map(|(name, _)| name)).finish()
    }
}

/// Something that arrived at the redirect URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The answer that is waited for.
    Accepted(Callback),
    /// A request that is not it, and why. The text holds nothing of the query.
    Stray(String),
}

/// What arrived, for the caller.
#[derive(Debug)]
pub(super) struct Events {
    /// Apart from the strays, so that a flood of them cannot push it out.
    accepted: Option<oneshot::Receiver<Callback>>,
    strays: mpsc::Receiver<Event>,
}

impl Events {
    pub(super) fn new(
        accepted: oneshot::Receiver<Callback>,
        strays: mpsc::Receiver<Event>,
    ) -> Self {
        Self { accepted: Some(accepted), strays }
    }

    /// The next event, strays that came first first. Cancel safe. `None` when the listener ended.
    pub(super) async fn recv(&mut self) -> Option<Event> {
        let Some(accepted) = &mut self.accepted else {
            return self.strays.recv().await;
        };
        tokio::select! {
            biased;
            Some(stray) = self.strays.recv() => Some(stray),
            callback = accepted => {
                self.accepted = None;
                callback.ok().map(Event::Accepted)
            }
        }
    }
}
