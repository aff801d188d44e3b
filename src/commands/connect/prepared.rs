//! An authorization that is ready to run: a session, and how the person is asked.

use super::options::Options;
use crate::commands::App;
use crate::definition::names::AccountId;
use crate::definition::{GrantType, OAuth2, Way};
use crate::error::Result;
use crate::flow::authorization_code::Asking;
use crate::flow::obtain::{Obtained, obtain};
use crate::flow::redirect::Listening;
use crate::flow::{Chooser, Session, pending};
use crate::redirect::Waiting;
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// Everything that a whole authorization needs.
pub(in crate::commands) struct Prepared<'a> {
    pub(in crate::commands) session: Session<'a>,
    pub(super) id: AccountId,
    pub(super) terms: Terms,
    pub(super) given: BTreeMap<String, String>,
    pub(super) kept_extras: BTreeMap<String, String>,
    /// Which secrets were typed just now.
    pub(super) typed: Vec<String>,
    /// A client from the environment, to be kept with the account.
    pub(super) new_client: bool,
}

/// What is asked for, and how.
pub(super) struct Terms {
    pub(super) scopes: Vec<String>,
    grant: GrantType,
    open: bool,
    clipboard: bool,
    wait: Duration,
    listening: Listening,
}

impl<'a> Prepared<'a> {
    /// With nothing that was given, kept or typed.
    pub(super) fn new(session: Session<'a>, id: &AccountId, terms: Terms) -> Self {
        Self {
            session,
            id: id.clone(),
            terms,
            given: BTreeMap::new(),
            kept_extras: BTreeMap::new(),
            typed: Vec::new(),
            new_client: false,
        }
    }

    /// Whether a key or password was typed just now, so that it can be typed again.
    pub(super) fn typed_a_key(&self) -> bool {
        !self.typed.is_empty() && matches!(self.session.auth.way, Way::Fields | Way::Login(_))
    }

    /// Asks, and leaves in the session what the answer needs. Nobody waits for it.
    pub(super) async fn begin(&mut self, app: &App, oauth2: &OAuth2) -> Result<Url> {
        let asking = self.terms.asking(app);
        pending::begin(&mut self.session, oauth2, &self.id, &asking).await
    }

    /// Runs the authorization. Nothing is kept.
    pub(in crate::commands) async fn run(
        &mut self,
        app: &App,
    ) -> (Option<Waiting>, Result<Obtained>) {
        let asking = self.terms.asking(app);
        let chooser =
            Chooser { terminal: &app.terminal, given: &self.given, kept: &self.kept_extras };
        obtain(&mut self.session, &self.id, &asking, &chooser).await
    }
}

impl Terms {
    /// The scopes and the grant that were decided on, and what the flags say.
    pub(super) fn new(options: &Options, scopes: Vec<String>, grant: GrantType) -> Self {
        Self {
            scopes,
            grant,
            open: !options.no_browser,
            clipboard: options.clipboard,
            wait: Duration::from_secs(options.timeout.unwrap_or(300)),
            listening: options.listening.listening(),
        }
    }

    fn asking<'a>(&'a self, app: &'a App) -> Asking<'a> {
        Asking {
            terminal: &app.terminal,
            open: self.open,
            clipboard: self.clipboard,
            browser: app.context.browser(),
            private_variables: app.context.own_variables().collect(),
            timeout: self.wait,
            scopes: self.scopes.clone(),
            grant: self.grant,
            listening: &self.listening,
            surroundings: app.context.surroundings(),
        }
    }
}
