//! The authorization code grant in a browser: listen, open, wait, and read what comes back.

use super::explain::{Doing, explain_refusal};
use super::failure::ProviderError;
use super::redirect::{Listening, listen, start};
use super::session::Session;
use super::telling::tell;
use super::waiting::{open, wait};
use crate::context::Surroundings;
use crate::definition::names::AccountId;
use crate::definition::{Callback, OAuth2};
use crate::error::{Error, Kind, Result};
use crate::oauth2::{AuthorizationRequest, CallbackError, authorization_request, read_callback};
use crate::redirect::Waiting;
use crate::terminal::Terminal;
use crate::text::short;
use std::ffi::OsString;
use std::time::Duration;

/// How to ask.
pub struct Asking<'a> {
    /// The terminal.
    pub terminal: &'a Terminal,
    /// Open a browser.
    pub open: bool,
    /// `$BROWSER`.
    pub browser: Option<&'a OsString>,
    /// Variables that the browser must not inherit.
    pub private_variables: Vec<String>,
    /// How long to wait.
    pub timeout: Duration,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
    /// Where to listen.
    pub listening: &'a Listening,
    /// What this machine is.
    pub surroundings: Surroundings,
}

/// Gets an authorization code into the session. The listener comes back too, so that its page can
/// tell the outcome of what follows.
///
/// # Errors
/// Nobody came back in time, or with a refusal.
pub async fn authorize(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    id: &AccountId,
    asking: &Asking<'_>,
) -> (Option<Waiting>, Result<()>) {
    let mut waiting = None;
    let result = run(session, oauth2, id, asking, &mut waiting).await;
    (waiting, result)
}

async fn run(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    id: &AccountId,
    asking: &Asking<'_>,
    waiting: &mut Option<Waiting>,
) -> Result<()> {
    let (listener, redirect_uri) = listen(session, oauth2, asking)?;
    let request = request(session, oauth2, id, &asking.scopes, &redirect_uri)?;
    if let Some(listener) = listener {
        *waiting = Some(start(listener, &request)?);
    }
    tell(session, asking, &request, waiting.as_ref());
    if asking.open {
        open(asking, &request, waiting.as_ref());
    }
    let params = wait(session, asking, &request.state, waiting, id).await?;
    accept(session, oauth2, &params, id)
}

/// Makes the authorization request, and remembers in the session what its answer needs.
///
/// # Errors
/// The definition gives none.
pub(super) fn request(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    id: &AccountId,
    scopes: &[String],
    redirect_uri: &str,
) -> Result<AuthorizationRequest> {
    let client_id = session.client.as_ref().map(|client| client.id.clone()).unwrap_or_default();
    session.grant.redirect_uri = Some(redirect_uri.to_owned());
    let request =
        authorization_request(oauth2, &client_id, redirect_uri, scopes, &session.public_scope())
            .map_err(|error| {
                Error::new(
                    Kind::Definition,
                    format!("the definition of `{}` gives no authorization request", id.app),
                )
                .because(error)
            })?;
    session.grant.state = Some(request.state.clone());
    session.grant.code_verifier.clone_from(&request.code_verifier);
    session.grant.scope.clone_from(&request.scope);
    session.learn_secrets();
    Ok(request)
}

/// Takes what the redirect brought, once its `state` is known to be ours.
///
/// # Errors
/// It is a refusal, from another issuer, or makes no sense.
pub(super) fn accept(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    params: &[(String, String)],
    id: &AccountId,
) -> Result<()> {
    let issuer = match &oauth2.issuer {
        Some(template) => template.render(&session.public_scope())?,
        None => None,
    };
    let redirect = read_callback(params, &oauth2.callback, issuer.as_deref())
        .map_err(|error| refused(&error, session, id))?;
    session.grant.code = Some(redirect.code);
    keep_callback(session, &oauth2.callback, redirect.params);
    session.learn_secrets();
    Ok(())
}

fn keep_callback(
    session: &mut Session<'_>,
    names: &Callback,
    params: std::collections::BTreeMap<String, String>,
) {
    for (extra, param) in &names.extras {
        if let Some(value) = params.get(param) {
            session.extras.insert(extra.clone(), value.clone());
        }
    }
    session.callback = params;
    session.callback.remove("state");
}

fn refused(error: &CallbackError, session: &Session<'_>, id: &AccountId) -> Error {
    if let CallbackError::Refused { code, description } = error {
        let refusal = ProviderError {
            purpose: "authorization".to_owned(),
            request: "the redirect".to_owned(),
            status: 400,
            code: short(code, 60),
            description: description.as_ref().map(|text| short(&session.http.mask(text), 200)),
            html: false,
            retry_after: None,
        };
        return explain_refusal(&refusal, session.definition, id, Doing::Connect);
    }
    Error::new(Kind::Refused, format!("`{id}` was not connected"))
        .because(short(&error.to_string(), 200))
        .hint("nothing was stored; if this happens again, somebody may be interfering: look with `-vv`")
}
