//! Obtaining a credential, whatever the type: the way in, then lookups, then who it is.

use super::authorization_code::{Asking, authorize};
use super::choose::Chooser;
use super::explain::{Doing, explain};
use super::identity::{Identity, identify, look_up};
use super::login;
use super::session::Session;
use super::token::exchange_code;
use super::token_set::TokenSet;
use crate::definition::Way;
use crate::definition::names::AccountId;
use crate::error::{Error, Result};
use crate::redirect::Waiting;

/// What was obtained; the secrets are in the session.
pub struct Obtained {
    /// Who it is.
    pub identity: Identity,
    /// The tokens, where there are any.
    pub token: Option<TokenSet>,
}

/// Runs a whole authorization without storing anything. The listener comes back even after a
/// failure: the page in the browser tells the true outcome.
pub async fn obtain(
    session: &mut Session<'_>,
    id: &AccountId,
    asking: &Asking<'_>,
    chooser: &Chooser<'_>,
) -> (Option<Waiting>, Result<Obtained>) {
    let auth = session.auth;
    let mut waiting = None;
    let token = match &auth.way {
        Way::Fields => Ok(None),
        Way::Login(steps) => {
            let token = login::log_in(session, steps).await;
            token.map(Some).map_err(|error| explain(error, session.definition, id, Doing::Connect))
        }
        Way::OAuth2(oauth2) => {
            let (listener, authorized) = authorize(session, oauth2, id, asking).await;
            waiting = listener;
            match authorized {
                Ok(()) => exchange_code(session, oauth2)
                    .await
                    .map(Some)
                    .map_err(|error| explain(error, session.definition, id, Doing::Connect)),
                Err(error) => Err(error),
            }
        }
    };
    let result = match token {
        Ok(token) => who(session, id, chooser).await.map(|identity| Obtained { identity, token }),
        Err(error) => Err(error),
    };
    (waiting, result)
}

/// What comes after the credential: lookups, and who it is.
pub(super) async fn who(
    session: &mut Session<'_>,
    id: &AccountId,
    chooser: &Chooser<'_>,
) -> Result<Identity, Error> {
    // The grant is over: its code and verifier are of no use to anybody.
    session.grant.code = None;
    session.grant.code_verifier = None;
    let definition = session.definition;
    let connect = |error| explain(error, definition, id, Doing::Connect);
    look_up(session, chooser).await.map_err(connect)?;
    identify(session, chooser).await.map_err(connect)
}
