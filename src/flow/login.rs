//! A login: a token endpoint that trades a key's or password's fields for an access token.

use super::failure::{FlowError, check_success, shown};
use super::session::Session;
use super::step::run_step;
use super::token_set::{TokenSet, read_token_set};
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
    let mut request = request::from_endpoint(last, &[], &base_url, &scope)?;
    session.sign(&mut request, last.placement.signature.as_ref(), &scope)?;
    let answer = session.http.send("login", &request, &session.hosts).await?;
    answer.fill(&mut scope);
    check_success(
        "login",
        &request,
        &answer,
        last.placement.fails_if.as_ref(),
        &scope,
        session.http,
    )?;
    let token = read_token_set(last, &answer, &scope, &shown(&request))?;
    token.apply(session);
    Ok(token)
}
