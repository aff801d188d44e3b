//! The redirection endpoint as it is registered at the app: host, port and path.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How the redirect URI names this machine. Providers compare the text, so that `localhost` and
/// `127.0.0.1` are two different registrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// `127.0.0.1`, what RFC 8252 recommends.
    Ipv4,
    /// `[::1]`
    Ipv6,
    /// `localhost`, which the browser may resolve to either.
    Localhost,
}

impl Host {
    /// Recognizes the host of a redirect URI, with or without the brackets of IPv6.
    #[must_use]
    pub fn parse(host: &str) -> Option<Self> {
        match host.to_ascii_lowercase().as_str() {
            "127.0.0.1" => Some(Self::Ipv4),
            "[::1]" | "::1" => Some(Self::Ipv6),
            "localhost" => Some(Self::Localhost),
            _ => None,
        }
    }

    /// Whether the browser can only come to this address.
    pub(super) fn needs(self, address: IpAddr) -> bool {
        match self {
            Self::Ipv4 => address == Ipv4Addr::LOCALHOST,
            Self::Ipv6 => address == Ipv6Addr::LOCALHOST,
            Self::Localhost => false,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ipv4 => "127.0.0.1",
            Self::Ipv6 => "[::1]",
            Self::Localhost => "localhost",
        })
    }
}

/// The port to listen at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// Whichever is free. Providers that follow RFC 8252 ignore the port when they compare.
    Any,
    /// The one that is registered.
    Fixed(u16),
}

/// A loopback redirection endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    host: Host,
    port: Port,
    path: String,
}

/// Why a path cannot be that of a redirect URI.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EndpointError {
    /// It neither is empty nor begins with a slash.
    #[error("the path `{0}` of the redirect URI does not begin with `/`")]
    NotAbsolute(String),
    /// It has a query, a fragment, white space, or something that must be percent-encoded.
    #[error("the path `{0}` of the redirect URI has a character that does not belong there")]
    Character(String),
}

impl Endpoint {
    /// An endpoint; the path is empty or begins with `/` and is taken to the letter.
    ///
    /// # Errors
    /// When the path is not one that a redirect URI can have.
    pub fn new(host: Host, port: Port, path: impl Into<String>) -> Result<Self, EndpointError> {
        let path = path.into();
        // RFC 3986, 3.3: pchar and `/`
        let allowed = |c: char| c.is_ascii_alphanumeric() || "/-._~%!$&'()*+,;=:@".contains(c);
        if !path.is_empty() && !path.starts_with('/') {
            Err(EndpointError::NotAbsolute(path))
        } else if !path.chars().all(allowed) {
            Err(EndpointError::Character(path))
        } else {
            Ok(Self { host, port, path })
        }
    }

    /// The host as the redirect URI names it.
    #[must_use]
    pub fn host(&self) -> Host {
        self.host
    }

    /// The port that was asked for.
    #[must_use]
    pub fn port(&self) -> Port {
        self.port
    }

    /// The redirect URI at this port, to the letter: an empty path stays empty.
    #[must_use]
    pub fn redirect_uri(&self, port: u16) -> String {
        format!("{}{}", origin(self.host, port), self.path)
    }

    /// The path as it arrives in a request, which is never empty.
    pub(super) fn request_path(&self) -> &str {
        if self.path.is_empty() { "/" } else { &self.path }
    }
}

/// `http://host:port`, without the port where it is the one of `http`: browsers leave it out.
pub(super) fn origin(host: Host, port: u16) -> String {
    match port {
        80 => format!("http://{host}"),
        port => format!("http://{host}:{port}"),
    }
}
