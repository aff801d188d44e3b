//! The caller's end of a running listener: receive the callback, tell the outcome.

use super::event::{Callback, Event, Events};
use super::page::Page;
use super::server::Server;
use std::future;
use std::time::Duration;

/// How long the browser may take to follow the redirect to the outcome and to receive it.
const FAREWELL: Duration = Duration::from_secs(3);

/// A running listener. Dropping it closes every socket at once and ends its thread.
#[derive(Debug)]
pub struct Waiting {
    short_link: String,
    events: Events,
    strays: Vec<String>,
    accepted: bool,
    server: Server,
}

impl Waiting {
    pub(super) fn new(short_link: String, events: Events, server: Server) -> Self {
        Self { short_link, events, strays: Vec::new(), accepted: false, server }
    }

    /// See [`super::Listener::short_link`]. It works until the callback has been accepted.
    #[must_use]
    pub fn short_link(&self) -> &str {
        &self.short_link
    }

    /// The next thing that arrives. Waits without end: the caller has the deadline. Nothing is lost
    /// when the future is dropped.
    pub async fn event(&mut self) -> Event {
        match self.events.recv().await {
            Some(event) => {
                self.accepted |= matches!(event, Event::Accepted(_));
                event
            }
            None => future::pending().await,
        }
    }

    /// Waits for the accepted callback; what else arrives is kept for [`Self::take_strays`].
    pub async fn callback(&mut self) -> Callback {
        loop {
            match self.event().await {
                Event::Accepted(callback) => return callback,
                Event::Stray(reason) => self.strays.push(reason),
            }
        }
    }

    /// Why callbacks were rejected while [`Self::callback`] waited.
    pub fn take_strays(&mut self) -> Vec<String> {
        std::mem::take(&mut self.strays)
    }

    /// Tells the browser the outcome and closes. Returns when the browser has it, or after three
    /// seconds if it does not come for it.
    pub async fn finish(mut self, page: Page) {
        self.server.outcome.send_replace(Some(page.render().into()));
        // Without a callback no browser was sent to the outcome.
        if self.accepted {
            let delivered = self.server.delivery.wait_for(|delivery| delivery.complete());
            let _late = tokio::time::timeout(FAREWELL, delivered).await;
        }
    }
}
