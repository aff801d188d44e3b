//! OAuth 1.0a (RFC 5849 section 2): a request token, the person's agreement, an access token.

use super::authorization_code::Asking;
use super::explain::{Doing, explain};
use super::failure::{FlowError, check_success};
use super::redirect::{listen, start};
use super::session::{Session, read_group, read_values};
use super::signing::sign_oauth1;
use super::telling::tell;
use super::token_set::{TokenSet, read_identity};
use super::waiting::{open, wait, wait_for_pin};
use crate::answer::Answer;
use crate::definition::names::AccountId;
use crate::definition::{Endpoint, Legs, OAuth1, REQUEST_TOKEN, Signature};
use crate::error::{Error, Kind, Result};
use crate::oauth1::{TokenPair, check_callback, read_token_pair};
use crate::redirect::Waiting;
use crate::request::{self, RequestError, override_params};
use crate::secret::Secret;
use crate::template::Scope;
use url::Url;

/// Where nobody listens and the provider shows a PIN (section 2.1).
pub(super) const OUT_OF_BAND: &str = "oob";

/// Runs the three legs; with a ready token there is nothing to run. The listener comes back, so that
/// its page can tell the outcome of what follows.
///
/// # Errors
/// The provider or the person refused, or nobody came back.
pub async fn three_legs(
    session: &mut Session<'_>,
    oauth1: &OAuth1,
    id: &AccountId,
    asking: &Asking<'_>,
) -> (Option<Waiting>, Result<()>) {
    let mut waiting = None;
    let result = match &oauth1.legs {
        None => Ok(()),
        Some(legs) => run(session, legs, id, asking, &mut waiting).await,
    };
    (waiting, result)
}

async fn run(
    session: &mut Session<'_>,
    legs: &Legs,
    id: &AccountId,
    asking: &Asking<'_>,
    waiting: &mut Option<Waiting>,
) -> Result<()> {
    let definition = session.definition;
    let explained = |error| explain(error, definition, id, Doing::Connect);
    let (listener, callback) = match &legs.redirection {
        None => (None, OUT_OF_BAND.to_owned()),
        Some(redirection) => listen(session, redirection, asking)?,
    };
    session.grant.redirect_uri = Some(callback.clone());
    let temporary = request_token(session, legs, &callback).await.map_err(explained)?;
    let url = question(session, legs, &temporary).map_err(explained)?;
    let token = temporary.token.clone();
    if let Some(listener) = listener {
        let ours = token.clone();
        *waiting = Some(start(listener, &url, move |params| answers(params, &ours))?);
    }
    tell(session, asking, &url, waiting.as_ref());
    if asking.open {
        open(asking, &url, waiting.as_ref());
    }
    let verifier = match callback == OUT_OF_BAND {
        true => wait_for_pin(session, asking, id).await?,
        false => {
            let ours = token.clone();
            let check = move |params: &[(String, String)]| answers(params, &ours);
            let params = wait(session, asking, &check, waiting, id).await?;
            verifier_of(&params, id)?
        }
    };
    session.http.learn("oauth_verifier", &verifier);
    access_token(session, legs, temporary, &verifier).await.map_err(explained)
}

/// A redirect is ours by its request token; a refusal names it `denied` at some providers.
fn answers(params: &[(String, String)], token: &Secret) -> std::result::Result<(), String> {
    let denied = params.iter().any(|(name, value)| name == "denied" && token.equals(value));
    if denied { Ok(()) } else { check_callback(params, token) }
}

fn verifier_of(params: &[(String, String)], id: &AccountId) -> Result<Secret> {
    let found = params.iter().find(|(name, _)| name == "oauth_verifier");
    match found {
        Some((_, verifier)) if !verifier.is_empty() => Ok(Secret::from(verifier.as_str())),
        _ => {
            let mut error = Error::new(Kind::Refused, format!("`{id}` was not connected"))
                .because("you or the app refused the request: the redirect has no `oauth_verifier`")
                .hint(format!("nothing was stored; run `tieline connect {id}` to try again"));
            error.code = Some("access_denied".to_owned());
            Err(error)
        }
    }
}

/// The first leg (section 2.1).
async fn request_token(
    session: &mut Session<'_>,
    legs: &Legs,
    callback: &str,
) -> std::result::Result<TokenPair, FlowError> {
    let extra = [("oauth_callback", callback)];
    let endpoint = &legs.request_token;
    let (answer, scope) = leg(session, endpoint, &extra, "request token").await?;
    let pair = pair_of(endpoint, &answer, &scope, "the request token")?;
    if !pair.confirmed {
        // Without it anybody's callback could be taken for the one that was asked for.
        return Err(FlowError::Incomplete {
            request: "the request token".to_owned(),
            missing: "oauth_callback_confirmed".to_owned(),
            html: answer.is_html(),
        });
    }
    keep(session, &pair);
    Ok(pair)
}

/// The second leg: where the browser goes (section 2.2).
fn question(
    session: &Session<'_>,
    legs: &Legs,
    temporary: &TokenPair,
) -> std::result::Result<Url, FlowError> {
    let mut scope = session.public_scope();
    scope.set(REQUEST_TOKEN, Some(temporary.token.expose()));
    let address = legs.authorization_uri.require(&scope)?;
    let mut url = Url::parse(&address)
        .map_err(|_| RequestError::Url(legs.authorization_uri.source().into()))?;
    let token = ("oauth_token".to_owned(), temporary.token.expose().to_owned());
    let parameters = override_params(&[token], &legs.authorization_params, &scope)?;
    url.query_pairs_mut().extend_pairs(&parameters);
    Ok(url)
}

/// The third leg (section 2.3). Only its token is kept.
async fn access_token(
    session: &mut Session<'_>,
    legs: &Legs,
    temporary: TokenPair,
    verifier: &Secret,
) -> std::result::Result<(), FlowError> {
    keep(session, &temporary);
    let extra = [("oauth_verifier", verifier.expose())];
    let endpoint = &legs.access_token;
    let (answer, scope) = leg(session, endpoint, &extra, "access token").await?;
    let pair = pair_of(endpoint, &answer, &scope, "the access token")?;
    keep(session, &pair);
    session.identity = read_identity(endpoint, &scope)?;
    take_extras(session, endpoint, &scope)
}

/// Renews a token where the app can: Yahoo's session extension of OAuth 1.0.
///
/// # Errors
/// The provider refuses, or its answer is none.
pub async fn renew_token(
    session: &mut Session<'_>,
    oauth1: &OAuth1,
) -> std::result::Result<TokenSet, FlowError> {
    let Some(endpoint) = &oauth1.refresh else {
        return Err(FlowError::NoEndpoint("refresh_endpoint"));
    };
    let (answer, scope) = leg(session, endpoint, &[], "refresh").await?;
    let pair = pair_of(endpoint, &answer, &scope, "the refresh")?;
    keep(session, &pair);
    take_extras(session, endpoint, &scope)?;
    Ok(TokenSet::of_pair(pair.token, pair.secret, &answer))
}

/// One signed request to one of the provider's endpoints.
async fn leg(
    session: &mut Session<'_>,
    endpoint: &Endpoint,
    extra: &[(&str, &str)],
    purpose: &str,
) -> std::result::Result<(Answer, Scope), FlowError> {
    let mut scope = session.scope();
    let base_url = session.base_url_for(endpoint, &scope)?;
    let mut request = request::from_endpoint(endpoint, &[], &base_url, &scope)?;
    let signature = endpoint.placement.signature.as_ref();
    let signature = signature.or(session.auth.request.signature.as_ref());
    if let Some(Signature::OAuth1(values)) = signature {
        sign_oauth1(&mut request, values, extra, &scope)?;
    }
    let answer = session.http.send(purpose, &request, &session.hosts).await?;
    answer.fill(&mut scope);
    // What was tried before the OAuth Problem Reporting extension was forgotten: some still use it.
    let problem = crate::definition::answer_template("{{response.oauth_problem}}");
    let fails_if = endpoint.placement.fails_if.as_ref().or(problem.as_ref());
    check_success(purpose, &request, &answer, fails_if, &scope, session.http)?;
    Ok((answer, scope))
}

/// The pair in an answer: where the definition says that it stands, else under its own names.
fn pair_of(
    endpoint: &Endpoint,
    answer: &Answer,
    scope: &Scope,
    request: &str,
) -> std::result::Result<TokenPair, FlowError> {
    let mut own = read_values(endpoint, scope)?;
    let own = own.remove("access_token").zip(own.remove("token_secret"));
    if let Some((token, secret)) = own {
        return Ok(TokenPair { token: token.into(), secret: secret.into(), confirmed: true });
    }
    read_token_pair(answer).map_err(|error| FlowError::Incomplete {
        request: request.to_owned(),
        missing: error.0.to_owned(),
        html: answer.is_html(),
    })
}

fn keep(session: &mut Session<'_>, pair: &TokenPair) {
    session.credential.access_token = Some(pair.token.clone());
    session.credential.token_secret = Some(pair.secret.clone());
    session.learn_secrets();
}

fn take_extras(
    session: &mut Session<'_>,
    endpoint: &Endpoint,
    scope: &Scope,
) -> std::result::Result<(), FlowError> {
    session.extras.extend(read_group(&endpoint.response.extras, scope)?);
    let secrets = read_group(&endpoint.response.secrets, scope)?.into_iter();
    session.credential.secrets.extend(secrets.map(|(name, value)| (name, value.into())));
    session.learn_secrets();
    Ok(())
}
