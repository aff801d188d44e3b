//! Binding: the sockets are open before the browser is, so that the redirect cannot miss them.

use super::endpoint::{Endpoint, Host, Port};
use super::server;
use super::site::{Admitted, Site};
use super::tls::{Certificate, TlsError};
use super::waiting::Waiting;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use tokio_rustls::TlsAcceptor;
use url::Url;

/// How often a free port is looked for that is free for IPv4 and IPv6 both.
const ATTEMPTS: usize = 32;

/// Bound sockets that nobody answers yet.
pub struct Listener {
    endpoint: Endpoint,
    port: u16,
    sockets: Vec<TcpListener>,
    admitted: Admitted,
    tls: Option<TlsAcceptor>,
}

/// Why the redirect cannot be listened for.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another program listens there, at 127.0.0.1 or at `::1`.
    #[error("port {port} is in use")]
    PortTaken {
        /// The port that was asked for.
        port: u16,
    },
    /// The operating system refused for another reason.
    #[error("cannot listen at `{address}`")]
    Refused {
        /// Where it was tried, as it stands in a redirect URI.
        address: String,
        /// What the operating system says.
        source: io::Error,
    },
}

/// Why the listener cannot begin to answer.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The short link redirects a browser, which must not be sent to another scheme.
    #[error("the authorization URL is not an `https` or `http` URL")]
    AuthorizationUrl,
    /// An https redirect URI was not given a certificate.
    #[error("an https redirect URI needs a certificate")]
    NoCertificate,
    /// The thread or its event loop could not be made.
    #[error("cannot start the redirect listener")]
    System(#[from] io::Error),
}

impl Listener {
    /// Listens at 127.0.0.1 and at `::1`, at the same port.
    ///
    /// Both, whatever the redirect URI says: browsers resolve `localhost` to either, and another
    /// program at the other address could take the code. A machine without IPv6 is fine, unless
    /// the redirect URI names it.
    ///
    /// # Errors
    /// When the port is taken, or the address cannot be listened at.
    pub fn bind(endpoint: Endpoint) -> Result<Self, BindError> {
        let (port, sockets) = match endpoint.port() {
            Port::Fixed(port) => (port, bind_both(endpoint.host(), port)?),
            Port::Any => bind_any(endpoint.host())?,
        };
        let admitted = Admitted { loopback_names: true, form_post: false };
        Ok(Self { endpoint, port, sockets, admitted, tls: None })
    }

    /// Listens at another address than the redirect URI names: in a container, whose loopback
    /// address nobody outside can reach. Since others can reach it now, only the redirect URI's own
    /// host is answered. Any port becomes the one of the address.
    ///
    /// # Errors
    /// As [`Self::bind`].
    pub fn bind_at(endpoint: Endpoint, address: SocketAddr) -> Result<Self, BindError> {
        let socket = listen(address.ip(), address.port()).map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => BindError::PortTaken { port: address.port() },
            _ => refused(address.ip(), address.port(), error),
        })?;
        let port = match endpoint.port() {
            Port::Fixed(port) => port,
            Port::Any => address.port(),
        };
        let admitted = Admitted { loopback_names: false, form_post: false };
        Ok(Self { endpoint, port, sockets: vec![socket], admitted, tls: None })
    }

    /// Takes the response from a form as well (OAuth 2.0 Form Post Response Mode, section 2).
    #[must_use]
    pub fn with_form_post(mut self) -> Self {
        self.admitted.form_post = true;
        self
    }

    /// Speaks TLS with this certificate, as an https redirect URI needs.
    ///
    /// # Errors
    /// The key does not belong to the certificate, or is of no use.
    pub fn with_certificate(self, certificate: Certificate) -> Result<Self, TlsError> {
        Ok(Self { tls: Some(certificate.acceptor()?), ..self })
    }

    /// The endpoint as it was asked for.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The redirect URI with the actual port, exactly as it goes into the authorization request.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        self.endpoint.redirect_uri(self.port)
    }

    /// The actual port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A short URL that redirects to the authorization endpoint: fits a terminal's line, and keeps
    /// the request's parameters out of the process list when it is handed to a browser.
    #[must_use]
    pub fn short_link(&self) -> String {
        format!("{}/", self.endpoint.origin(self.port))
    }

    /// Begins to answer. `check` says whether a callback belongs to this authorization (`state`,
    /// `iss`), or why not, in words that hold nothing of the query. Only the first one that passes
    /// is handed on; the others get an error page, and the wait goes on.
    ///
    /// # Errors
    /// When the URL cannot be redirected to, or the system has no thread left.
    pub fn start<F>(self, authorization_url: &str, check: F) -> Result<Waiting, StartError>
    where
        F: Fn(&[(String, String)]) -> Result<(), String> + Send + 'static,
    {
        let url = Url::parse(authorization_url).map_err(|_| StartError::AuthorizationUrl)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(StartError::AuthorizationUrl);
        }
        if self.endpoint.is_https() && self.tls.is_none() {
            return Err(StartError::NoCertificate);
        }
        let short_link = self.short_link();
        let (site, events) =
            Site::new(&self.endpoint, self.port, self.admitted, url.into(), Box::new(check));
        let server = server::spawn(self.sockets, site, self.tls)?;
        Ok(Waiting::new(short_link, events, server))
    }
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener")
            .field("redirect_uri", &self.redirect_uri())
            .finish_non_exhaustive()
    }
}

/// Looks for a port that is free at both addresses.
fn bind_any(host: &Host) -> Result<(u16, Vec<TcpListener>), BindError> {
    // Sockets that did not fit are kept until the end: the system would offer their port again.
    let mut misfits = Vec::new();
    let mut taken = 0;
    for _ in 0..ATTEMPTS {
        let probe = match listen(Ipv4Addr::LOCALHOST.into(), 0) {
            Ok(socket) => socket,
            // a machine with nothing but IPv6
            Err(_) if *host != Host::Ipv4 => listen(Ipv6Addr::LOCALHOST.into(), 0)
                .map_err(|source| refused(Ipv6Addr::LOCALHOST.into(), 0, source))?,
            Err(source) => return Err(refused(Ipv4Addr::LOCALHOST.into(), 0, source)),
        };
        let address =
            probe.local_addr().map_err(|source| refused(Ipv4Addr::LOCALHOST.into(), 0, source))?;
        let mut sockets = vec![probe];
        match bind_missing(host, address.port(), &mut sockets, address.ip()) {
            Ok(()) => return Ok((address.port(), sockets)),
            Err(BindError::PortTaken { port }) => taken = port,
            Err(error) => return Err(error),
        }
        misfits.append(&mut sockets);
    }
    Err(BindError::PortTaken { port: taken })
}

/// Listens at both addresses, or fails when the browser could then end up elsewhere.
fn bind_both(host: &Host, port: u16) -> Result<Vec<TcpListener>, BindError> {
    let mut sockets = Vec::new();
    let mut last = None;
    for address in LOOPBACK {
        match bind_one(host, address, port) {
            Ok(Ok(socket)) => sockets.push(socket),
            Ok(Err(absent)) => last = Some((address, absent)),
            Err(error) => return Err(error),
        }
    }
    match (sockets.is_empty(), last) {
        (true, Some((address, source))) => Err(refused(address, port, source)),
        _ => Ok(sockets),
    }
}

/// The addresses beside the one that is bound already.
fn bind_missing(
    host: &Host,
    port: u16,
    sockets: &mut Vec<TcpListener>,
    bound: IpAddr,
) -> Result<(), BindError> {
    for address in LOOPBACK.into_iter().filter(|address| *address != bound) {
        sockets.extend(bind_one(host, address, port)?.ok());
    }
    Ok(())
}

const LOOPBACK: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

/// The inner error is that of an address which this machine does not have and nobody needs.
fn bind_one(
    host: &Host,
    address: IpAddr,
    port: u16,
) -> Result<Result<TcpListener, io::Error>, BindError> {
    match listen(address, port) {
        Ok(socket) => Ok(Ok(socket)),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(BindError::PortTaken { port }),
        Err(source) if host.needs(address) => Err(refused(address, port, source)),
        Err(source) => Ok(Err(source)),
    }
}

fn listen(address: IpAddr, port: u16) -> io::Result<TcpListener> {
    let socket = TcpListener::bind((address, port))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn refused(address: IpAddr, port: u16, source: io::Error) -> BindError {
    BindError::Refused { address: SocketAddr::new(address, port).to_string(), source }
}
