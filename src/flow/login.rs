//! A login: a token endpoint that trades a key's or password's fields for an access token.

use super::token::{TokenSet, read_token_set};
use super::{FlowError, Session, check_success, read_group};
use crate::definition::Endpoint;
use crate::request;

/// Runs the steps of a login; the last gives the access token.
///
/// # Errors
/// A step failed, or there is no access token in the end.
pub async fn log_in(session: &mut Session<'_>, steps: &[Endpoint]) -> Result<TokenSet, FlowError> {
    let (last, first) = steps.split_last().ok_or_else(|| FlowError::Incomplete {
        request: "the login".to_owned(),
        missing: "access_token".to_owned(),
        html: false,
    })?;
    for step in first {
        run_step(session, "login", step).await?;
    }
    let mut scope = session.scope();
    let base_url = session.base_url_for(last, &scope)?;
    let request = request::from_endpoint(last, &[], &base_url, &scope)?;
    let answer = session.http.send("login", &request, &session.hosts).await?;
    answer.fill(&mut scope);
    check_success("login", &request, &answer, last.placement.fails_if.as_ref(), &scope, session.http)?;
    let token = read_token_set(last, &answer, &scope, &super::shown(&request))?;
    token.apply(session);
    Ok(token)
}

/// One of several steps: it gives extras and secrets to the next.
pub(super) async fn run_step(
    session: &mut Session<'_>,
    purpose: &str,
    step: &Endpoint,
) -> Result<(), FlowError> {
    let mut scope = session.scope();
    let base_url = session.base_url_for(step, &scope)?;
    let request = request::from_endpoint(step, &[], &base_url, &scope)?;
    let answer = session.http.send(purpose, &request, &session.hosts).await?;
    answer.fill(&mut scope);
    check_success(purpose, &request, &answer, step.placement.fails_if.as_ref(), &scope, session.http)?;
    session.extras.extend(read_group(&step.response.extras, &scope)?);
    let secrets = read_group(&step.response.secrets, &scope)?.into_iter();
    session.credential.secrets.extend(secrets.map(|(name, value)| (name, value.into())));
    session.learn_secrets();
    Ok(())
}
