//! Obtaining a credential, whatever the type: the way in, then lookups, then who it is.

use super::authorization_code::{Asking, authorize};
use super::choose::Chooser;
use super::device_code::authorize_device;
use super::dpop::Dpop;
use super::explain::{Doing, explain};
use super::failure::FlowError;
use super::id_token::accept_id_token;
use super::identity::{Identity, identify, look_up};
use super::login;
use super::oauth1::three_legs;
use super::session::Session;
use super::token::obtain_token;
use super::token_set::TokenSet;
use crate::definition::names::AccountId;
use crate::definition::{GrantType, OAuth2, Way};
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
    let definition = session.definition;
    let explained = |error| explain(error, definition, id, Doing::Connect);
    let mut waiting = None;
    let token = match &auth.way {
        Way::Fields => Ok(None),
        Way::Login(steps) => login::log_in(session, steps).await.map(Some).map_err(explained),
        Way::OAuth1(oauth1) => {
            let (listener, result) = three_legs(session, oauth1, id, asking).await;
            waiting = listener;
            result.map(|()| None)
        }
        Way::OAuth2(oauth2) => {
            let (listener, result) = by_grant(session, oauth2, id, asking).await;
            waiting = listener;
            result.map(Some)
        }
    };
    let result = match token {
        Ok(token) => who(session, id, chooser).await.map(|identity| Obtained { identity, token }),
        Err(error) => Err(error),
    };
    (waiting, result)
}

/// Runs the grant that was chosen.
async fn by_grant(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    id: &AccountId,
    asking: &Asking<'_>,
) -> (Option<Waiting>, Result<TokenSet>) {
    let definition = session.definition;
    let explained = |error| explain(error, definition, id, Doing::Connect);
    if let Err(error) = bind_to_a_key(session, oauth2) {
        return (None, Err(explained(error)));
    }
    let joined = asking.scopes.join(&oauth2.scope_separator);
    session.grant.scope = (!joined.is_empty()).then_some(joined);
    match asking.grant {
        GrantType::AuthorizationCode => {
            let (waiting, authorized) = authorize(session, oauth2, id, asking).await;
            let token = match authorized {
                Ok(()) => redeem(session, oauth2).await.map_err(explained),
                Err(error) => Err(error),
            };
            (waiting, token)
        }
        GrantType::DeviceCode => {
            let token = match authorize_device(session, oauth2, id, asking).await {
                Ok(token) => checked(session, oauth2, token).await.map_err(explained),
                Err(error) => Err(error),
            };
            (None, token)
        }
        grant => (None, obtain_token(session, oauth2, grant).await.map_err(explained)),
    }
}

/// Trades the code in the session for tokens, and checks the ID token that came with them.
///
/// # Errors
/// The provider refused, or its ID token is not to be believed.
pub(super) async fn redeem(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
) -> Result<TokenSet, FlowError> {
    let token = obtain_token(session, oauth2, GrantType::AuthorizationCode).await?;
    checked(session, oauth2, token).await
}

/// Checks the ID token, if one came along: a person agreed, and it says who.
async fn checked(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    token: TokenSet,
) -> Result<TokenSet, FlowError> {
    if let Some(id_token) = &token.id_token {
        accept_id_token(session, oauth2, id_token).await?;
    }
    Ok(token)
}

/// Makes the key that tokens are bound to, where that is asked for.
pub(super) fn bind_to_a_key(session: &mut Session<'_>, oauth2: &OAuth2) -> Result<(), FlowError> {
    if !oauth2.dpop {
        return Ok(());
    }
    let (dpop, kept) = Dpop::generate()?;
    session.dpop = Some(dpop);
    session.credential.dpop_key = Some(kept);
    session.learn_secrets();
    Ok(())
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
    session.grant.device_code = None;
    let definition = session.definition;
    let connect = |error| explain(error, definition, id, Doing::Connect);
    look_up(session, chooser).await.map_err(connect)?;
    identify(session, chooser).await.map_err(connect)
}
