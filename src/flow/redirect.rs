//! Where the browser comes back to: the redirect URI in force, and the listener behind it.

use super::authorization_code::Asking;
use super::session::Session;
use crate::context::now;
use crate::definition::{Redirection, ResponseMode};
use crate::error::{Error, Kind, Result};
use crate::redirect::{
    BindError, Certificate, Endpoint, Host, Listener, Port, TlsError, Waiting, holder,
};
use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;

/// Where to listen, apart from what the redirect URI says.
#[derive(Clone, Debug, Default)]
pub struct Listening {
    /// An address in place of the loopback ones.
    pub address: Option<SocketAddr>,
    /// One's own certificate and its key, as PEM files, for an https redirect URI.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

/// The redirect URIs in force, in the order in which they are tried: the client's own, else the
/// definition's.
#[must_use]
pub fn redirect_uris<'a>(session: &'a Session<'_>, redirection: &'a Redirection) -> &'a [String] {
    match &session.client {
        Some(client) if !client.redirect_uris.is_empty() => &client.redirect_uris,
        _ => &redirection.uris,
    }
}

/// A loopback redirect URI as an endpoint to listen on; `None` for an address of the user's own.
#[must_use]
pub fn loopback_endpoint(uri: &str, any_port: bool) -> Option<Endpoint> {
    endpoint(uri, any_port).filter(|endpoint| !matches!(endpoint.host(), Host::Other(_)))
}

/// Takes the first redirect URI whose port is free, and listens where it leads to; no listener where
/// that is not this machine.
///
/// # Errors
/// Every port is taken, the operating system refuses, or there is no certificate.
pub(super) fn listen(
    session: &Session<'_>,
    redirection: &Redirection,
    asking: &Asking<'_>,
) -> Result<(Option<Listener>, String)> {
    let uris = redirect_uris(session, redirection);
    let own = session.client.as_ref().is_some_and(|client| !client.redirect_uris.is_empty());
    let any_port = redirection.any_port && !own;
    let listener = match asking.listening.address {
        Some(address) => Some(bind_at(address, uris, any_port)?),
        None => bind_first(session, uris, any_port)?,
    };
    let posted = redirection.response_mode == ResponseMode::FormPost;
    let Some(listener) = listener else {
        return match posted {
            true => Err(nobody_to_post_to(session)),
            // The list ended at one that is not ours to listen at.
            false => Ok((None, first_elsewhere(uris, any_port))),
        };
    };
    let listener = if posted { listener.with_form_post() } else { listener };
    let listener = match listener.endpoint().is_https() {
        true => secure(listener, asking)?,
        false => listener,
    };
    let uri = listener.redirect_uri();
    Ok((Some(listener), uri))
}

fn endpoint(uri: &str, any_port: bool) -> Option<Endpoint> {
    let url = Url::parse(uri).ok()?;
    let name = || url.domain().map(|name| Host::Other(name.to_owned()));
    let host = Host::parse(url.host_str()?).or_else(name)?;
    let port = match any_port {
        true => Port::Any,
        false => Port::Fixed(url.port_or_known_default()?),
    };
    // As written: registered URIs are compared to the letter, and a parser adds a slash.
    let rest = uri.split_once("://")?.1;
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    let endpoint = Endpoint::new(host, port, path).ok()?;
    Some(if url.scheme() == "https" { endpoint.https() } else { endpoint })
}

/// At an address of its own there is one listener: for the redirect URI with its port, else the
/// first, since ports can be mapped too.
fn bind_at(address: SocketAddr, uris: &[String], any_port: bool) -> Result<Listener> {
    let mut endpoints = uris.iter().filter_map(|uri| endpoint(uri, any_port));
    let with_port = endpoints.clone().find(|e| e.port() == Port::Fixed(address.port()));
    let Some(endpoint) = with_port.or_else(|| endpoints.next()) else {
        return Err(Error::new(Kind::Usage, "this redirect URI cannot be listened for")
            .hint("leave out `--listen`, and paste the address that the browser ends on"));
    };
    Listener::bind_at(endpoint, address).map_err(|error| match error {
        BindError::PortTaken { port } => all_taken(&[port], "--listen"),
        refused => cannot_listen(refused),
    })
}

/// `None` where the first that is not taken is no address of this machine.
fn bind_first(session: &Session<'_>, uris: &[String], any_port: bool) -> Result<Option<Listener>> {
    let mut taken = Vec::new();
    for uri in uris {
        let Some(endpoint) = loopback_endpoint(uri, any_port) else { return Ok(None) };
        match Listener::bind(endpoint) {
            Ok(listener) => return Ok(Some(listener)),
            Err(BindError::PortTaken { port }) => taken.push(port),
            Err(refused) => return Err(cannot_listen(refused)),
        }
    }
    let other = format!("`tieline client set {} --redirect-uri`", session.definition.app);
    Err(all_taken(&taken, &other))
}

fn first_elsewhere(uris: &[String], any_port: bool) -> String {
    let elsewhere = uris.iter().find(|uri| loopback_endpoint(uri, any_port).is_none());
    elsewhere.or(uris.first()).cloned().unwrap_or_default()
}

/// Every port is named, and who holds it where the system tells.
fn all_taken(ports: &[u16], other: &str) -> Error {
    let message = match ports {
        [port] => format!("port {port}, where the browser comes back to, is taken"),
        _ => "every port that the browser could come back to is taken".to_owned(),
    };
    let mut error = Error::new(Kind::Failed, message);
    for port in ports {
        let who = holder(*port).map_or_else(
            || "another program, of which the system does not say more".to_owned(),
            |holder| holder.to_string(),
        );
        error = error.because(format!("port {port} is held by {who}"));
    }
    error
        .hint("another `tieline connect` may be waiting; finish it or end it")
        .hint(format!("or use another port: {other}"))
}

fn cannot_listen(error: BindError) -> Error {
    let mut shown = Error::new(Kind::Failed, "the redirect listener cannot be opened");
    if let BindError::Refused { source, .. } = &error {
        shown = shown.because(format!("{error}: {source}"));
    }
    shown.hint("`--listen ADDRESS:PORT` listens elsewhere than the redirect URI says")
}

fn nobody_to_post_to(session: &Session<'_>) -> Error {
    let title = &session.definition.title;
    Error::new(Kind::Usage, format!("{title} posts its answer, and nobody listens for it"))
        .because("`response_mode: form_post` leaves nothing to paste")
        .hint("use a redirect URI on this machine, or add `--listen ADDRESS:PORT`")
}

fn secure(listener: Listener, asking: &Asking<'_>) -> Result<Listener> {
    let host = listener.endpoint().host();
    let certificate = match &asking.listening.certificate {
        Some((certificate, key)) => Certificate::read(certificate, key),
        None => Certificate::made_for(host, now()),
    };
    certificate
        .and_then(|certificate| listener.with_certificate(certificate))
        .map_err(no_certificate)
}

fn no_certificate(error: TlsError) -> Error {
    let own = !matches!(error, TlsError::Make(_));
    let shown = Error::new(Kind::Usage, "there is no certificate for the https redirect URI");
    let shown = shown.because(error);
    match own {
        true => shown.hint("`--tls-certificate` and `--tls-key` name PEM files that fit together"),
        false => shown,
    }
}

/// Begins to answer, before anybody is sent there. Only what `check` knows as ours is taken.
///
/// # Errors
/// The system has no thread left.
pub(super) fn start<F>(listener: Listener, url: &Url, check: F) -> Result<Waiting>
where
    F: Fn(&[(String, String)]) -> std::result::Result<(), String> + Send + 'static,
{
    listener.start(url.as_str(), check).map_err(|error| {
        Error::new(Kind::Failed, "the redirect listener cannot run").because(error)
    })
}
