//! Where the browser comes back to: the redirect URI in force, and the listener behind it.

use super::session::Session;
use crate::definition::OAuth2;
use crate::error::{Error, Kind, Result};
use crate::oauth2::{AuthorizationRequest, check_state};
use crate::redirect::{BindError, Endpoint, Host, Listener, Port, Waiting};
use url::Url;

/// The redirect URI in force: the client's own, else the definition's.
#[must_use]
pub fn redirect_uri(session: &Session<'_>, oauth2: &OAuth2) -> String {
    let own = session.client.as_ref().and_then(|client| client.redirect_uri.clone());
    own.unwrap_or_else(|| oauth2.redirect_uri.clone())
}

/// A loopback redirect URI as an endpoint to listen on; `None` for an address of the user's own.
#[must_use]
pub fn loopback_endpoint(uri: &str, any_port: bool) -> Option<Endpoint> {
    let url = Url::parse(uri).ok().filter(|url| url.scheme() == "http")?;
    let host = Host::parse(url.host_str()?)?;
    let port = match (any_port, url.port()) {
        (true, _) => Port::Any,
        (false, port) => Port::Fixed(port.unwrap_or(80)),
    };
    // As written: registered URIs are compared to the letter, and a parser adds a slash.
    let rest = uri.split_once("://")?.1;
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    Endpoint::new(host, port, path).ok()
}

/// Listens where the redirect URI leads to; `None` where it is not this machine.
///
/// # Errors
/// The port is taken, or the operating system refuses.
pub(super) fn listen(session: &Session<'_>, oauth2: &OAuth2) -> Result<Option<Listener>> {
    let uri = redirect_uri(session, oauth2);
    let own = session.client.as_ref().is_some_and(|client| client.redirect_uri.is_some());
    let Some(endpoint) = loopback_endpoint(&uri, oauth2.any_port && !own) else { return Ok(None) };
    Listener::bind(endpoint).map(Some).map_err(|error| match error {
        BindError::PortTaken { port } => Error::new(
            Kind::Failed,
            format!("port {port}, where the browser comes back to, is taken"),
        )
        .hint("another `tieline connect` may be waiting; finish it or end it")
        .hint("or register another redirect URI: `tieline client set APP --redirect-uri ...`"),
        BindError::Refused { .. } => {
            Error::new(Kind::Failed, "the redirect listener cannot be opened").because(error)
        }
    })
}

/// Begins to answer, before anybody is sent there. Only what carries our `state` is taken.
///
/// # Errors
/// The system has no thread left.
pub(super) fn start(listener: Listener, request: &AuthorizationRequest) -> Result<Waiting> {
    let state = request.state.clone();
    let started = listener.start(request.url.as_str(), move |params| check_state(params, &state));
    started.map_err(|error| {
        Error::new(Kind::Failed, "the redirect listener cannot run").because(error)
    })
}
