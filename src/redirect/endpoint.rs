//! The redirection endpoint as it is registered at the app: scheme, host, port and path.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How the redirect URI names this machine. Providers compare the text, so that `localhost` and
/// `127.0.0.1` are two different registrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// `127.0.0.1`, what RFC 8252 recommends.
    Ipv4,
    /// `[::1]`
    Ipv6,
    /// `localhost`, which the browser may resolve to either.
    Localhost,
    /// A name that leads here from outside, in lower case: only with a listener address of its own.
    Other(String),
}

impl Host {
    /// Recognizes the loopback host of a redirect URI, with or without the brackets of IPv6.
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
    pub(super) fn needs(&self, address: IpAddr) -> bool {
        match self {
            Self::Ipv4 => address == Ipv4Addr::LOCALHOST,
            Self::Ipv6 => address == Ipv6Addr::LOCALHOST,
            Self::Localhost | Self::Other(_) => false,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ipv4 => "127.0.0.1",
            Self::Ipv6 => "[::1]",
            Self::Localhost => "localhost",
            Self::Other(name) => name,
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

/// A redirection endpoint that is answered here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    https: bool,
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
    /// An http endpoint; the path is empty or begins with `/` and is taken to the letter.
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
            Ok(Self { https: false, host, port, path })
        }
    }

    /// The same over TLS.
    #[must_use]
    pub fn https(self) -> Self {
        Self { https: true, ..self }
    }

    /// Whether the browser comes over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// The host as the redirect URI names it.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port that was asked for.
    #[must_use]
    pub fn port(&self) -> Port {
        self.port
    }

    /// The redirect URI at this port, to the letter: an empty path stays empty.
    #[must_use]
    pub fn redirect_uri(&self, port: u16) -> String {
        format!("{}{}", self.origin(port), self.path)
    }

    /// Scheme, host and port, without the port where the scheme implies it: browsers leave it out.
    pub(super) fn origin(&self, port: u16) -> String {
        let (scheme, implied) = if self.https { ("https", 443) } else { ("http", 80) };
        match port == implied {
            true => format!("{scheme}://{}", self.host),
            false => format!("{scheme}://{}:{port}", self.host),
        }
    }

    /// What `Host` is in a request to it, with and without an implied port.
    pub(super) fn host_headers(&self, port: u16) -> [String; 2] {
        let short = self.origin(port);
        let short = short.split_once("://").map_or("", |(_, rest)| rest).to_owned();
        [short, format!("{}:{port}", self.host)]
    }

    /// The same endpoint under another name.
    pub(super) fn at(&self, host: Host) -> Self {
        Self { host, ..self.clone() }
    }

    /// The path as it arrives in a request, which is never empty.
    pub(super) fn request_path(&self) -> &str {
        if self.path.is_empty() { "/" } else { &self.path }
    }
}
