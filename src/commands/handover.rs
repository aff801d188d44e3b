//! What `token`, `exec` and `git-credential` hand to other programs: an account that was opened, renewed if need be, and
//! taken apart. No browser is ever opened.

use super::{App, authorization_of, trace};
use crate::account::Account;
use crate::accounts::{Accounts, Opened};
use crate::context::now;
use crate::credential::Credential;
use crate::definition::hosts::Hosts;
use crate::definition::names::AccountId;
use crate::definition::{Definition, Variable};
use crate::error::{Error, Kind, Result};
use crate::flow::handover::HandoverError;
use crate::http::Client;
use crate::refresh::Surroundings;
use crate::secret::Secret;

/// An account, ready to be handed over.
pub(super) struct Handed {
    pub(super) id: AccountId,
    pub(super) account: Account,
    pub(super) credential: Credential,
    /// The one secret that stands for it.
    pub(super) token: Result<Secret, HandoverError>,
    /// What authenticates a request.
    pub(super) headers: Result<Vec<(String, Secret)>, HandoverError>,
    /// What the paths of the API are relative to.
    pub(super) base_url: Option<String>,
    /// Where it may be sent.
    pub(super) hosts: Hosts,
    /// The variables that the definition names for it.
    pub(super) environment: Vec<Variable>,
}

/// Opens an account whose access token is good for so many seconds from now on.
pub(super) async fn hand_over(
    app: &App,
    wanted: &str,
    seconds: u32,
    timeout: u64,
) -> Result<Handed> {
    let http = app.http(timeout);
    let handed = open(app, &http, wanted, i64::from(seconds)).await;
    trace::print(&app.terminal, &http);
    handed
}

async fn open(app: &App, http: &Client, wanted: &str, seconds: i64) -> Result<Handed> {
    let accounts = app.accounts();
    let (definition, opened, picked) = app.open(&accounts, &AccountId::parse(wanted)?).await?;
    http.note(format!("account {}, {}", opened.id, picked.reason()));
    let around = around(app, http, &accounts, &definition, &opened)?;
    let (opened, _) = around.fresh_for(seconds, opened, false).await?;
    if opened.account.is_stale(now(), seconds) {
        return Err(too_short(&opened.id, &opened.account, seconds));
    }
    let session = around.session(&opened, false).await?;
    let base_url = session.base_url(&session.scope()).ok();
    Ok(Handed {
        token: session.token(),
        headers: session.credential_headers(),
        base_url,
        hosts: session.hosts,
        environment: around.auth.environment.clone(),
        credential: session.credential,
        id: opened.id,
        account: opened.account,
    })
}

fn around<'a>(
    app: &'a App,
    http: &'a Client,
    accounts: &'a Accounts<'a>,
    definition: &'a Definition,
    opened: &Opened,
) -> Result<Surroundings<'a>> {
    let auth = authorization_of(definition, opened)?;
    Ok(Surroundings { accounts, context: &app.context, http, definition, auth })
}

/// Renews the token of an account that somebody refused, unless another is in use already. One that
/// cannot be renewed stays.
pub(super) async fn renew_refused(
    app: &App,
    wanted: &str,
    token: &Secret,
    timeout: u64,
) -> Result<()> {
    let (http, accounts) = (app.http(timeout), app.accounts());
    let (definition, opened, _) = app.open(&accounts, &AccountId::parse(wanted)?).await?;
    let around = around(app, &http, &accounts, &definition, &opened)?;
    let current = opened.credential.access_token.as_ref();
    if opened.account.renewable && current.is_some_and(|current| token.equals(current.expose())) {
        let renewed = around.fresh(opened, true).await;
        trace::print(&app.terminal, &http);
        renewed?;
    }
    Ok(())
}

fn too_short(id: &AccountId, account: &Account, seconds: i64) -> Error {
    let left = account.expires_at.unwrap_or_default() - now();
    let message = format!("no access token of `{id}` lasts {seconds} s");
    let error = Error::new(Kind::NotConnected, message);
    match account.renewable {
        true => error.because(format!("a new one is good for {left} s")).hint("ask for less"),
        false => error
            .because(format!("this one is good for {left} s, and cannot be renewed"))
            .hint(format!("run `tieline connect {id}`")),
    }
}

/// Why it could not be handed over, and what to do instead.
pub(super) fn refused(id: &AccountId, error: &HandoverError) -> Error {
    let message = format!("the credential of `{id}` cannot be handed over");
    let hint = match error {
        HandoverError::NoToken(_) => format!(
            "`tieline token {id} --header` gives the header, `tieline exec {id} -- COMMAND` the parts"
        ),
        _ => format!("let it be sent by `tieline call {id}`"),
    };
    Error::new(Kind::Usage, message).because(error).hint(hint)
}
