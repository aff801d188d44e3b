//! The authorization code grant in a browser: listen, open, wait, and read what comes back.

use super::explain::{Doing, explain, explain_refusal};
use super::failure::{FlowError, ProviderError};
use super::redirect::{Listening, listen, start};
use super::session::Session;
use super::telling::tell;
use super::token::{Says, send, target_parameters};
use super::waiting::{open, wait};
use crate::context::Surroundings;
use crate::definition::names::AccountId;
use crate::definition::{Callback, Endpoint, GrantType, OAuth2};
use crate::error::{Error, Kind, Result};
use crate::oauth2::{
    AuthorizationRequest, CallbackError, Issuer, authorization_request, check_state, read_callback,
};
use crate::redirect::Waiting;
use crate::terminal::Terminal;
use crate::text::short;
use std::ffi::OsString;
use std::time::{Duration, Instant};
use url::Url;

/// How to ask.
pub struct Asking<'a> {
    /// The terminal.
    pub terminal: &'a Terminal,
    /// Open a browser.
    pub open: bool,
    /// Offer what is to be opened or entered to the clipboard.
    pub clipboard: bool,
    /// `$BROWSER`.
    pub browser: Option<OsString>,
    /// Variables that the browser must not inherit.
    pub private_variables: Vec<String>,
    /// How long to wait.
    pub timeout: Duration,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
    /// The grant, for OAuth 2.0.
    pub grant: GrantType,
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
    let (listener, redirect_uri) = listen(session, &oauth2.redirection, asking)?;
    let request = request(session, oauth2, id, &asking.scopes, &redirect_uri).await?;
    if let Some(listener) = listener {
        let state = request.state.clone();
        let check = move |params: &[(String, String)]| check_state(params, &state);
        *waiting = Some(start(listener, &request.url, check)?);
    }
    tell(session, asking, &request.url, waiting.as_ref());
    if asking.open {
        open(asking, &request.url, waiting.as_ref());
    }
    let check = |params: &[(String, String)]| check_state(params, &request.state);
    let asked = Instant::now();
    let params = wait(session, asking, &check, waiting, id).await?;
    session.http.note_browsed("authorization", &request.url, asked.elapsed());
    note_callback(session, &redirect_uri, &params);
    accept(session, oauth2, &params, id)
}

/// Makes the authorization request, and remembers in the session what its answer needs.
///
/// # Errors
/// The definition gives none, or the provider refuses it beforehand.
pub(super) async fn request(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    id: &AccountId,
    scopes: &[String],
    redirect_uri: &str,
) -> Result<AuthorizationRequest> {
    let request = make(session, oauth2, id, scopes, redirect_uri)?;
    match &oauth2.pushed_authorization_request {
        None => Ok(request),
        Some(endpoint) => {
            let definition = session.definition;
            push(session, oauth2, endpoint, request)
                .await
                .map_err(|error| explain(error, definition, id, Doing::Connect))
        }
    }
}

fn make(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    id: &AccountId,
    scopes: &[String],
    redirect_uri: &str,
) -> Result<AuthorizationRequest> {
    if oauth2.authorization_uri.is_none() {
        let error = FlowError::NoEndpoint("authorization_endpoint");
        return Err(explain(error, session.definition, id, Doing::Connect));
    }
    let client_id = session.client.as_ref().map(|client| client.id.clone()).unwrap_or_default();
    session.grant.redirect_uri = Some(redirect_uri.to_owned());
    let scope = session.public_scope();
    let mut extra = target_parameters(session, oauth2);
    // OpenID Connect Core section 3.1.2.1: ties the ID token to this request.
    if scopes.iter().any(|scope| scope == "openid") {
        extra.push(("nonce".to_owned(), scope.random().to_owned()));
        session.grant.nonce = Some(scope.random().into());
    }
    // RFC 9449 section 10: binds the code, too, so that nobody else can redeem it.
    if let Some(dpop) = &session.dpop {
        let key = dpop.thumbprint();
        let key = key.map_err(|error| explain(error, session.definition, id, Doing::Connect))?;
        extra.push(("dpop_jkt".to_owned(), key));
    }
    let request = authorization_request(oauth2, &client_id, redirect_uri, scopes, extra, &scope);
    let request = request.map_err(|error| {
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

/// Hands the request to the provider beforehand (RFC 9126): the browser carries a reference, which
/// nobody can change on the way.
async fn push(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    endpoint: &Endpoint,
    request: AuthorizationRequest,
) -> std::result::Result<AuthorizationRequest, FlowError> {
    let client_id = session.client.as_ref().map(|client| client.id.clone()).unwrap_or_default();
    // The client's own parameters come with its authentication.
    let parameters: Vec<_> =
        request.parameters.iter().filter(|(name, _)| name != "client_id").cloned().collect();
    let purpose = "pushed authorization request";
    let (_, answer, _) =
        send(session, oauth2, endpoint, Says::AsClient, |_| parameters, purpose).await?;
    let request_uri = answer.value["request_uri"].as_str().unwrap_or_default();
    if request_uri.is_empty() {
        return Err(FlowError::Incomplete {
            request: "the pushed authorization request".to_owned(),
            missing: "request_uri".to_owned(),
            html: answer.is_html(),
        });
    }
    Ok(request.pushed(&client_id, request_uri)?)
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
    let issuer = match (&oauth2.metadata, &oauth2.issuer) {
        (Some(metadata), _) => Some(metadata.issuer.clone()),
        (None, Some(template)) => template.render(&session.public_scope())?,
        (None, None) => None,
    };
    // RFC 9207 section 2.4: a provider that says that it names itself must do so.
    let promised = oauth2.metadata.as_ref();
    let promised = promised.is_some_and(|m| m.authorization_response_iss_parameter_supported);
    let issuer = issuer.as_deref().map(|name| Issuer { name, promised });
    let redirect = read_callback(params, &oauth2.callback, issuer).map_err(|error| {
        session.http.note_check(false, error.to_string(), error.rule());
        refused(&error, session, id)
    })?;
    session.grant.code = Some(redirect.code);
    keep_callback(session, &oauth2.callback, redirect.params);
    session.learn_secrets();
    Ok(())
}

/// What the browser brought back, with its `state` already found to be ours.
pub(super) fn note_callback(
    session: &Session<'_>,
    redirect_uri: &str,
    params: &[(String, String)],
) {
    if let Ok(mut url) = Url::parse(redirect_uri) {
        url.query_pairs_mut().extend_pairs(params);
        session.http.note_browsed("callback", &url, Duration::ZERO);
    }
    session.http.note_check(true, "`state` is the one that was sent", "RFC 6749, section 10.12");
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
            clock_ahead: None,
        };
        return explain_refusal(&refusal, session.definition, id, Doing::Connect);
    }
    Error::new(Kind::Refused, format!("`{id}` was not connected"))
        .because(short(&error.to_string(), 200))
        .hint("nothing was stored; if this happens again, somebody may be interfering: look with `-vv`")
}
