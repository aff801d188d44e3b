//! The ID token of a token answer: checked, where the provider's keys are known.

use super::failure::FlowError;
use super::session::Session;
use crate::context::now;
use crate::definition::OAuth2;
use crate::definition::hosts::Hosts;
use crate::jose::JwkSet;
use crate::oauth2::{Expected, IdTokenError, check_id_token};
use crate::request::{Body, Request, RequestError};
use crate::secret::Secret;
use url::Url;

/// Checks an ID token (OpenID Connect Core section 3.1.3.7) and keeps what it says in the session.
/// Without metadata that names the provider's keys it says nothing that could be believed.
///
/// # Errors
/// It is not from this provider, not for this client, or not of this request.
pub(super) async fn accept_id_token(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    token: &Secret,
) -> Result<(), FlowError> {
    let metadata = oauth2.metadata.as_ref();
    let Some((metadata, keys)) = metadata.and_then(|m| Some((m, m.jwks_uri.as_ref()?))) else {
        session.http.note("the ID token is not looked at: nothing names the provider's keys");
        return Ok(());
    };
    let keys = fetch_keys(session, keys).await?;
    let client_id = session.client.as_ref().map(|client| client.id.clone()).unwrap_or_default();
    let expected = Expected {
        issuer: &metadata.issuer,
        client_id: &client_id,
        nonce: session.grant.nonce.as_ref().map(Secret::expose),
        access_token: session.credential.access_token.as_ref(),
        // No definition says that its ID tokens are signed with the client secret.
        client_secret: None,
        now: now(),
    };
    let checked = check_id_token(token, &keys, &expected);
    let told = match &checked {
        Ok(_) => "the ID token is signed by the provider, for this client and this request".into(),
        Err(error) => error.to_string(),
    };
    session.http.note_check(checked.is_ok(), told, "OpenID Connect Core 1.0, section 3.1.3.7");
    let claims = checked?;
    session.id_token = Some(claims);
    Ok(())
}

async fn fetch_keys(session: &Session<'_>, url: &str) -> Result<JwkSet, FlowError> {
    let url = Url::parse(url).map_err(|_| RequestError::Url("jwks_uri".to_owned()))?;
    // Nothing secret goes along: the metadata of the issuer may name any host.
    let hosts = Hosts::new(url.host_str().map(ToOwned::to_owned));
    let request =
        Request { method: http::Method::GET, url, headers: Vec::new(), body: Body::Empty };
    let answer = session.http.send("signature keys", &request, &hosts).await?;
    JwkSet::parse(&answer.value).map_err(|source| IdTokenError::Keys(source).into())
}
