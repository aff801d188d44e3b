//! One of several steps to a token.

use super::failure::{FlowError, check_success};
use super::session::{Session, read_group};
use crate::definition::Endpoint;
use crate::request;

/// One of several steps: it gives extras and secrets to the next.
pub(super) async fn run_step(
    session: &mut Session<'_>,
    purpose: &str,
    step: &Endpoint,
) -> Result<(), FlowError> {
    let mut scope = session.scope();
    let base_url = session.base_url_for(step, &scope)?;
    let mut request = request::from_endpoint(step, &[], &base_url, &scope)?;
    session.sign(&mut request, step.placement.signature.as_ref(), &scope)?;
    let answer = session.http.send(purpose, &request, &session.hosts).await?;
    answer.fill(&mut scope);
    check_success(
        purpose,
        &request,
        &answer,
        step.placement.fails_if.as_ref(),
        &scope,
        session.http,
    )?;
    session.extras.extend(read_group(&step.response.extras, &scope)?);
    let secrets = read_group(&step.response.secrets, &scope)?.into_iter();
    session.credential.secrets.extend(secrets.map(|(name, value)| (name, value.into())));
    session.learn_secrets();
    Ok(())
}
