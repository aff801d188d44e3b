//! An authorization in two halves: `begin` asks, and `complete` takes the answer, in another process
//! and at another time.

use super::authorization_code::{Asking, accept, request};
use super::choose::Chooser;
use super::explain::{Doing, explain};
use super::obtain::{Obtained, bind_to_a_key, redeem, who};
use super::redirect::listen;
use super::session::Session;
use crate::definition::names::AccountId;
use crate::definition::{OAuth2, ResponseMode};
use crate::error::{Error, Kind, Result};
use url::Url;

/// Where the browser has to go. What must be remembered until it comes back is in the session.
///
/// # Errors
/// Another program listens where the browser comes back to, or the answer would be in no address.
pub async fn begin(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    id: &AccountId,
    asking: &Asking<'_>,
) -> Result<Url> {
    if oauth2.redirection.response_mode == ResponseMode::FormPost {
        let title = &session.definition.title;
        let message = format!("connecting `{id}` cannot be finished later");
        return Err(Error::new(Kind::Usage, message)
            .because(format!("{title} posts its answer, so that no address has it"))
            .hint(format!("run `tieline connect {id}`")));
    }
    let definition = session.definition;
    bind_to_a_key(session, oauth2)
        .map_err(|error| explain(error, definition, id, Doing::Connect))?;
    // The port is only tried: a program that listens there would get the code.
    let (_free, redirect_uri) = listen(session, &oauth2.redirection, asking)?;
    let request = request(session, oauth2, id, &asking.scopes, &redirect_uri).await?;
    Ok(request.url)
}

/// Takes the redirect's parameters, whose `state` is known to be ours, and obtains the credential.
///
/// # Errors
/// It is a refusal or from another issuer, or a later request fails.
pub async fn complete(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    id: &AccountId,
    params: &[(String, String)],
    chooser: &Chooser<'_>,
) -> Result<Obtained> {
    accept(session, oauth2, params, id)?;
    let token = redeem(session, oauth2).await;
    let token = token.map_err(|error| explain(error, session.definition, id, Doing::Connect))?;
    let identity = who(session, id, chooser).await?;
    Ok(Obtained { identity, token: Some(token) })
}
