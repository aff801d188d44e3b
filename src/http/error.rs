//! What can go wrong between a request and its answer.

use super::network::Network;
use crate::definition::hosts::HostError;
use std::error::Error as _;
use url::Url;

/// Why there is no answer. Never with a URL's path or query: they may hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The credential may not go there.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The name is not known.
    #[error("`{0}` cannot be found: the name does not resolve")]
    Dns(String),
    /// Nobody listens.
    #[error("`{0}` refused the connection")]
    RefusedConnection(String),
    /// No way leads there: no network at all, or only of the other family of addresses.
    #[error("no network of this computer leads to `{0}`")]
    Unreachable(String),
    /// The server's certificate is not trusted, or TLS failed.
    #[error("`{host}` cannot be trusted: {reason}")]
    Tls {
        /// The host.
        host: String,
        /// What the library says.
        reason: String,
    },
    /// The proxy on the way cannot be used.
    #[error("the proxy `{proxy}`, through which `{host}` is asked, {reason}")]
    Proxy {
        /// The host that was asked for.
        host: String,
        /// The proxy's host and port.
        proxy: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// No answer in time.
    #[error("`{0}` did not answer in time")]
    TimedOut(String),
    /// The connection ended in the middle.
    #[error("the connection to `{host}` broke: {reason}")]
    Broken {
        /// The host.
        host: String,
        /// What the library says.
        reason: String,
    },
    /// More than is read whole.
    #[error("the answer is longer than 4 MiB")]
    TooLong,
    /// A redirect away from TLS.
    #[error("it redirects to `{0}`, which is not https or lies on this machine")]
    Redirect(String),
    /// A redirect loop.
    #[error("it redirects again and again")]
    TooManyRedirects,
    /// The client's own certificate cannot be used.
    #[error("the client's certificate and key are not what PEM files hold")]
    Identity,
    /// What the environment says of the way to the server cannot be done.
    #[error("`{variable}` {reason}")]
    Setting {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it; never its value where that may hold a password.
        reason: String,
    },
    /// There is no recorded answer.
    #[error("the recording has no answer to {0}")]
    NotRecorded(String),
    /// The client cannot be built.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

impl HttpError {
    pub(super) fn new(url: &Url, error: reqwest::Error, network: &Network) -> Self {
        let host = host(url);
        if error.is_timeout() {
            return Self::TimedOut(host);
        }
        let error = error.without_url();
        let chain = chain(&error);
        let reason = chain.last().cloned().unwrap_or_default();
        let all = chain.join(": ").to_ascii_lowercase();
        if let Some(reason) = proxy_fault(&all)
            && let Some(proxy) = network.proxy_of(url)
        {
            return Self::Proxy { host, proxy, reason };
        }
        if all.contains("dns error") || all.contains("failed to lookup address") {
            return Self::Dns(host);
        }
        if all.contains("connection refused") {
            return Self::RefusedConnection(host);
        }
        // Linux says the second where this computer has no address of the family at all.
        let no_way = ["network is unreachable", "cannot assign requested address"];
        if no_way.iter().any(|text| all.contains(text)) {
            return Self::Unreachable(host);
        }
        if all.contains("invalidcontenttype") {
            let reason = "what answers there does not speak TLS".to_owned();
            return Self::Broken { host, reason };
        }
        if all.contains("certificate") || all.contains("handshake") || all.contains("tls") {
            // Over http only a proxy can speak TLS.
            let proxy = network.proxy_of(url).filter(|_| url.scheme() == "http");
            return Self::Tls { host: proxy.unwrap_or(host), reason };
        }
        Self::Broken { host, reason }
    }

    pub(super) fn timed_out(url: &Url) -> Self {
        Self::TimedOut(host(url))
    }

    /// Whether nothing came in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::TimedOut(_))
    }

    /// A word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Host(_) => "host_not_allowed",
            Self::Dns(_) => "dns",
            Self::RefusedConnection(_) => "refused",
            Self::Tls { .. } => "tls",
            Self::Proxy { .. } => "proxy",
            Self::TimedOut(_) => "timeout",
            Self::Unreachable(_) => "unreachable",
            Self::Broken { .. } => "broken",
            Self::TooLong => "too_long",
            Self::Redirect(_) => "insecure_redirect",
            Self::TooManyRedirects => "redirect_loop",
            Self::Identity => "client_certificate",
            Self::Setting { .. } => "setting",
            Self::NotRecorded(_) => "not_recorded",
            Self::Client(_) => "client_setup",
        }
    }

    /// Whether the request surely did not reach the server.
    #[must_use]
    pub fn never_sent(&self) -> bool {
        matches!(
            self,
            Self::Host(_)
                | Self::Dns(_)
                | Self::RefusedConnection(_)
                | Self::Proxy { .. }
                | Self::Unreachable(_)
                | Self::Tls { .. }
                | Self::Client(_)
                | Self::Identity
                | Self::Setting { .. }
        )
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Host(_) => {
                "a credential only goes where its definition said when it was connected; \
                 to change that, connect again"
                    .to_owned()
            }
            Self::Dns(host) => format!("check the spelling of `{host}`, and the network"),
            Self::RefusedConnection(host) => {
                format!("check the address and port, and that the server at `{host}` runs")
            }
            Self::Unreachable(host) if is_ipv4(host) => "connect to a network".to_owned(),
            Self::Unreachable(host) => format!(
                "connect to a network; if there is one, `{host}` may have only an IPv6 address and \
                 the network none"
            ),
            Self::Tls { .. } => "behind a company proxy, set SSL_CERT_FILE to its CA bundle; \
                 check this machine's clock too"
                .to_owned(),
            Self::Proxy { .. } => {
                "correct or unset HTTPS_PROXY, http_proxy and ALL_PROXY; NO_PROXY \
                 lists the hosts that are reached without"
                    .to_owned()
            }
            Self::TimedOut(_) => "try again, or give it longer with `--timeout`".to_owned(),
            Self::Broken { .. } => {
                "try again; a proxy may be in the way (HTTPS_PROXY, NO_PROXY)".to_owned()
            }
            _ => return None,
        })
    }
}

/// Whether a host, with or without its port, is an IPv4 address: of which nothing is to be guessed.
fn is_ipv4(host: &str) -> bool {
    let host = host.split(':').next().unwrap_or_default();
    host.parse::<std::net::Ipv4Addr>().is_ok()
}

/// What is wrong with the proxy that was asked, if that is what failed.
fn proxy_fault(chain: &str) -> Option<&'static str> {
    let told = |text: &str| chain.contains(text);
    let by_socks = told("socks error");
    Some(match () {
        () if told("proxy authorization required") => "wants a name and password",
        () if told("tunnel error: unsuccessful") => "does not let it through",
        () if told("connection refused") && !by_socks => "refuses the connection",
        () if told("dns error") && !told("resolving for socks") => "cannot be found",
        () if told("credentials not accepted") || told("user/pass") => {
            "does not accept the name and password"
        }
        () if told("error during socks") || told("parsing server response") => "speaks no SOCKS",
        () if told("connection not allowed") => "does not let it through",
        () if told("failed to create underlying connection") => "cannot be reached",
        () if by_socks => "does not get there",
        () => return None,
    })
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn chain(error: &reqwest::Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(error) = source {
        texts.push(error.to_string());
        source = error.source();
    }
    texts
}
