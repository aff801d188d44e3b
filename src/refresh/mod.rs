//! Refresh: renewing a credential once, however many processes want it, and losing none.

mod session;

use crate::account::Account;
use crate::accounts::{Accounts, Opened};
use crate::context::{Context, now};
use crate::credential::Credential;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, Endpoint, RefreshPolicy, Way};
use crate::error::{Error, Kind, Result};
use crate::flow::explain::{Doing, explain};
use crate::flow::oauth1::renew_token;
use crate::flow::token::{is_renewable, refresh};
use crate::flow::token_set::TokenSet;
use crate::flow::{FlowError, Session, login};
use crate::http::Client;
use crate::terminal::duration;

/// How long before its end an access token is renewed, in seconds: a slow request must not end
/// with an expired one.
pub const MARGIN: i64 = 60;

/// Where credentials are kept in this run.
pub const ENVIRONMENT: &str = "env";

/// The same where nothing is real: a run that was recorded is gone through again.
pub const RECORDING: &str = "recording";

/// An app and everything that is needed to act on behalf of an account.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The accounts.
    pub accounts: &'a Accounts<'a>,
    /// The environment.
    pub context: &'a Context,
    /// The HTTP client.
    pub http: &'a Client,
    /// The app.
    pub definition: &'a Definition,
    /// The way in.
    pub auth: &'a Authorization,
}

/// What became of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// It was good.
    NotNeeded,
    /// We renewed it.
    Renewed,
    /// Another process renewed it while we waited.
    ByAnother,
}

impl Surroundings<'_> {
    /// Renews a credential that is over or about to be; `refused` says that the app did not accept
    /// it, whatever its lifetime.
    ///
    /// # Errors
    /// It cannot be renewed: connect again, or the provider, the network or the store failed.
    pub async fn fresh(&self, opened: Opened, refused: bool) -> Result<(Opened, Renewal)> {
        self.fresh_for(MARGIN, opened, refused).await
    }

    /// The same for somebody who needs the access token for `seconds` from now on.
    ///
    /// # Errors
    /// As [`Self::fresh`].
    pub async fn fresh_for(
        &self,
        seconds: i64,
        opened: Opened,
        refused: bool,
    ) -> Result<(Opened, Renewal)> {
        let stale = opened.account.is_stale(now(), seconds);
        if !(stale || refused) || matches!(self.auth.way, Way::Fields) {
            return Ok((opened, Renewal::NotNeeded));
        }
        self.http.note(why_renew(&opened.account, refused));
        if !self.can_renew(&opened) {
            return if refused || opened.account.is_stale(now(), 0) {
                Err(over(&opened.id))
            } else {
                Ok((opened, Renewal::NotNeeded))
            };
        }
        if !is_kept(&opened) {
            return self.renew_in_memory(opened).await.map(|opened| (opened, Renewal::Renewed));
        }
        let _lock = self.accounts.lock(&opened.id).await?;
        let mut again = self.accounts.open(&opened.id).await?;
        let changed = again.account.revision != opened.account.revision;
        // What another process renewed while we waited is new, however short it lives.
        if changed && (refused || !again.account.is_stale(now(), 0)) {
            self.http.note("another tieline has refreshed it meanwhile");
            return Ok((again, Renewal::ByAnother));
        }
        self.renew(&mut again).await?;
        Ok((again, Renewal::Renewed))
    }

    fn can_renew(&self, opened: &Opened) -> bool {
        match &self.auth.way {
            Way::OAuth2(oauth2) if oauth2.refresh.iter().any(needs_code) => false,
            Way::Fields => false,
            Way::Login(_) => true,
            Way::OAuth1(oauth1) => oauth1.refresh.is_some(),
            Way::OAuth2(oauth2) => is_renewable(oauth2, opened.credential.refresh_token.is_some()),
        }
    }

    /// Under the lock: make sure that the store can be written, note that the token is on its way,
    /// send it, store what came before anything uses it.
    async fn renew(&self, opened: &mut Opened) -> Result<()> {
        let once = self.works_once(opened);
        let interrupted = opened.record.refresh_sent_at.is_some();
        if once {
            let store = self.accounts.store_of(&opened.record)?;
            let id = opened.id.to_string();
            store.check_writable().await.map_err(|error| {
                crate::accounts::store_error(&error, &id, crate::store::Doing::Store)
            })?;
            opened.record.refresh_sent_at = Some(now());
            self.accounts.save_record(&opened.id, &opened.record)?;
        }
        let mut session = self.session(opened, true).await?;
        self.recall(&mut session, &opened.account);
        match run(&mut session, self.auth).await {
            Ok(token) => {
                let (extras, credential) = (session.extras, session.credential);
                note(opened, &token, extras, credential);
                self.accounts.renew(opened).await
            }
            Err(error) => {
                // Only a silence leaves it open whether the token was used up.
                let silent = matches!(&error, FlowError::Http(error) if !error.never_sent());
                if once && !silent {
                    opened.record.refresh_sent_at = None;
                    self.accounts.save_record(&opened.id, &opened.record)?;
                }
                Err(self.explain(error, &opened.id, once && interrupted))
            }
        }
    }

    /// What a renewal sends of the first request again: the redirect URI where the refresh names it,
    /// and the scopes where a grant is run again. A refresh token carries its own.
    fn recall(&self, session: &mut Session<'_>, account: &Account) {
        let Some(oauth2) = self.auth.oauth2() else { return };
        if oauth2.refresh_names_redirect_uri {
            session.grant.redirect_uri.clone_from(&account.redirect_uri);
        }
        if oauth2.runs_again() {
            let joined = account.requested_scopes.join(&oauth2.scope_separator);
            session.grant.scope = (!joined.is_empty()).then_some(joined);
        }
    }

    /// Whether sending the refresh token could use it up.
    fn works_once(&self, opened: &Opened) -> bool {
        let rotates =
            self.auth.oauth2().is_some_and(|o| o.refresh_policy == RefreshPolicy::Rotates);
        rotates && opened.credential.refresh_token.is_some()
    }

    async fn renew_in_memory(&self, mut opened: Opened) -> Result<Opened> {
        if opened.record.store == ENVIRONMENT && self.works_once(&opened) {
            return Err(Error::new(
                Kind::NotConnected,
                format!("`{}` cannot be refreshed from the environment", opened.id),
            )
            .because("its refresh token works once, and the next one could not be kept")
            .hint("use `TIELINE_STORE=file` with TIELINE_KEY, or give a fresh access token"));
        }
        let mut session = self.session(&opened, true).await?;
        self.recall(&mut session, &opened.account);
        let token = run(&mut session, self.auth).await;
        let token = token.map_err(|error| self.explain(error, &opened.id, false))?;
        let (extras, credential) = (session.extras, session.credential);
        note(&mut opened, &token, extras, credential);
        Ok(opened)
    }

    fn explain(&self, error: FlowError, id: &AccountId, interrupted: bool) -> Error {
        let needs_code = matches!(&error, FlowError::Request(crate::request::RequestError::Render(
            crate::template::RenderError::Empty { name, .. })) if ["code", "redirect_uri", "code_verifier", "state"].contains(&name.as_str()));
        if needs_code {
            return over(id);
        }
        let mut shown = explain(error, self.definition, id, Doing::Refresh);
        if interrupted && shown.kind == Kind::NotConnected {
            shown.causes.push("an earlier refresh was interrupted after the refresh token was sent, and it works only once".to_owned());
        }
        shown
    }
}

/// Whether a store keeps the credential.
fn is_kept(opened: &Opened) -> bool {
    ![ENVIRONMENT, RECORDING].contains(&opened.record.store.as_str())
}

async fn run(session: &mut Session<'_>, auth: &Authorization) -> Result<TokenSet, FlowError> {
    match &auth.way {
        Way::OAuth2(oauth2) => refresh(session, oauth2).await,
        Way::Login(steps) => login::log_in(session, steps).await,
        Way::OAuth1(oauth1) => renew_token(session, oauth1).await,
        Way::Fields => login::log_in(session, &[]).await,
    }
}

fn note(
    opened: &mut Opened,
    token: &TokenSet,
    extras: std::collections::BTreeMap<String, String>,
    credential: Credential,
) {
    opened.credential = credential;
    let account = &mut opened.account;
    account.extras = extras;
    account.expires_at = token.expires_at;
    account.renewed_at = now();
    if let Some(scopes) = &token.scopes {
        account.scopes.clone_from(scopes);
    }
}

fn why_renew(account: &Account, refused: bool) -> String {
    let why = match account.expires_at {
        _ if refused => "the app did not accept the access token".to_owned(),
        None | Some(0) => "there is no access token yet".to_owned(),
        Some(at) if at > now() => format!("the access token ends in {}", duration(at - now())),
        Some(at) => format!("the access token expired {} ago", duration(now() - at)),
    };
    format!("{why}, so a new one is asked for")
}

fn over(id: &AccountId) -> Error {
    Error::new(Kind::NotConnected, format!("the access token of `{id}` is over"))
        .because("there is no way to renew it without a person")
        .hint(format!("run `tieline connect {id}`"))
}

/// Whether a refresh would send a code, which only a person can bring. A parameter that comes out
/// empty is left out; a whole body is not looked into.
fn needs_code(endpoint: &Endpoint) -> bool {
    let body = endpoint.body.as_ref().filter(|_| !endpoint.encoding_written);
    let names = body.into_iter().flat_map(|body| body.names());
    names.into_iter().any(|name| name.root() == "code" && !name.asks)
}
