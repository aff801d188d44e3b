//! Discovery: asking an authorization server, or a protected resource, what it says of itself.

use super::failure::FlowError;
use crate::answer::Answer;
use crate::definition::hosts::Hosts;
use crate::definition::{Authorization, Definition, ServerMetadata};
use crate::http::{Client, HttpError};
use crate::oauth2::{
    MetadataError, ResourceMetadata, metadata_urls, read_resource_metadata, read_server_metadata,
    resource_metadata_of, resource_metadata_urls,
};
use crate::request::{Body, Request, RequestError};
use crate::template::Scope;
use url::Url;

/// Why there is no metadata.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// Nothing lies at any of the well-known addresses.
    #[error("`{0}` has no metadata at the well-known addresses of RFC 8414 or OpenID Connect")]
    Nothing(String),
    /// What lies there is not to be believed.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}

/// Asks an issuer.
///
/// # Errors
/// It does not answer, has no metadata, or its metadata is somebody else's.
pub async fn discover(http: &Client, issuer: &str) -> Result<ServerMetadata, FlowError> {
    let url = parse(issuer)?;
    for candidate in metadata_urls(&url) {
        if let Some(answer) = fetch(http, "discovery", &candidate).await? {
            let read = read_server_metadata(issuer, &answer.value);
            return Ok(read.map_err(DiscoveryError::from)?);
        }
    }
    Err(DiscoveryError::Nothing(shown(&url)).into())
}

/// What is about to be asked for.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The scopes; with `openid` there will be an ID token to check.
    pub scopes: &'a [String],
    /// The grant for other devices, whatever the definition says.
    pub device: bool,
}

/// The definition with what its issuer says of itself, where an authorization leaves open something
/// that is wanted; `None` where nobody need be asked.
///
/// # Errors
/// As [`discover`].
pub async fn complete(
    http: &Client,
    definition: &Definition,
    auth: &Authorization,
    fields: &Scope,
    wanted: Wanted<'_>,
) -> Result<Option<Definition>, FlowError> {
    let Some(oauth2) = auth.oauth2().filter(|oauth2| oauth2.metadata.is_none()) else {
        return Ok(None);
    };
    let Some(issuer) = &oauth2.issuer else { return Ok(None) };
    let open = oauth2.is_open() || wanted.device && oauth2.device_authorization.is_none();
    if !open && !wanted.scopes.iter().any(|scope| scope == "openid") {
        return Ok(None);
    }
    match discover(http, &issuer.require(fields)?).await {
        Ok(metadata) => Ok(Some(definition.clone().completed(&auth.name, &metadata))),
        Err(error) if open => Err(error),
        // Everything that is needed is written; the ID token will not be looked at.
        Err(error) => {
            http.note(format!("no metadata of the issuer: {error}"));
            Ok(None)
        }
    }
}

/// Asks a resource who gives tokens for it (RFC 9728): first itself, whose refusal names its
/// metadata, then the well-known addresses. `None` where it is no protected resource.
///
/// # Errors
/// It does not answer, or its metadata is somebody else's.
pub async fn discover_resource(
    http: &Client,
    resource: &str,
) -> Result<Option<ResourceMetadata>, FlowError> {
    let url = parse(resource)?;
    let answer = send(http, "protected resource", &url).await?;
    let challenge = answer.header("www-authenticate").and_then(resource_metadata_of);
    // Only a page of the resource's own origin can speak for it.
    let named = challenge.filter(|found| found.origin() == url.origin());
    for candidate in named.into_iter().chain(resource_metadata_urls(&url)) {
        let Some(answer) = fetch(http, "resource metadata", &candidate).await? else { continue };
        let whole = read_resource_metadata(resource, &answer.value);
        // Metadata of the whole host speaks for everything on it.
        let root = url.origin().ascii_serialization();
        let read =
            whole.or_else(|error| read_resource_metadata(&root, &answer.value).map_err(|_| error));
        return Ok(Some(read.map_err(DiscoveryError::from)?));
    }
    Ok(None)
}

/// An answer that is a JSON object; anything else is nothing.
async fn fetch(http: &Client, purpose: &str, url: &Url) -> Result<Option<Answer>, FlowError> {
    let answer = send(http, purpose, url).await?;
    let fits = answer.is_success() && answer.value.is_object() && !answer.is_html();
    Ok(Some(answer).filter(|_| fits))
}

/// No credential goes along, so the only bound is that of every request: https or this machine.
async fn send(http: &Client, purpose: &str, url: &Url) -> Result<Answer, HttpError> {
    let mut request = Request {
        method: http::Method::GET,
        url: url.clone(),
        headers: Vec::new(),
        body: Body::Empty,
    };
    // A value that can stand in a header.
    let _ = request.set_header("accept", "application/json");
    let hosts = Hosts::new(url.host_str().map(ToOwned::to_owned));
    http.send(purpose, &request, &hosts).await
}

fn parse(text: &str) -> Result<Url, RequestError> {
    Url::parse(text).map_err(|_| RequestError::Url(text.to_owned()))
}

fn shown(url: &Url) -> String {
    format!("{}{}", url.host_str().unwrap_or_default(), url.path().trim_end_matches('/'))
}
