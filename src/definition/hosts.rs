//! The hosts that a credential may go to.

use std::fmt;
use url::{Host, Url};

/// A list of hosts: `api.example.com` means itself, `.example.com` itself and all beneath it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    patterns: Vec<String>,
    /// Hosts that may be spoken to without TLS because their field says `insecure: true`.
    insecure: Vec<String>,
}

/// Why a URL may not get the credential.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// The host is not in the list.
    #[error("`{host}` is not among the hosts that this credential may go to ({allowed})")]
    NotAllowed {
        /// The host asked for.
        host: String,
        /// The list, for people.
        allowed: String,
    },
    /// Neither https nor loopback.
    #[error("`{0}` is not spoken to over TLS, so the credential would travel in the clear")]
    NotEncrypted(String),
    /// No host at all, or another scheme than http and https.
    #[error("a URL without a host cannot get a credential")]
    NoHost,
}

impl Hosts {
    /// A list from patterns as written.
    pub fn new(patterns: impl IntoIterator<Item = String>) -> Self {
        let mut hosts = Self::default();
        for pattern in patterns {
            hosts.add(pattern);
        }
        hosts
    }

    /// Adds a pattern, once.
    pub fn add(&mut self, pattern: String) {
        let pattern = pattern.to_ascii_lowercase();
        if !pattern.is_empty() && !self.patterns.contains(&pattern) {
            self.patterns.push(pattern);
        }
    }

    /// Allows `host` to be spoken to without TLS.
    pub fn add_insecure(&mut self, host: String) {
        self.insecure.push(host.to_ascii_lowercase());
    }

    /// Whether a credential may be sent to `url`: the host is listed, and the way there is
    /// encrypted or never leaves this machine.
    ///
    /// # Errors
    /// Which of the two does not hold.
    pub fn check(&self, url: &Url) -> Result<(), HostError> {
        self.check_schemes(url, "https", "http")
    }

    /// The same for a server that speaks FTP.
    ///
    /// # Errors
    /// As [`Hosts::check`].
    pub fn check_ftp(&self, url: &Url) -> Result<(), HostError> {
        self.check_schemes(url, "ftps", "ftp")
    }

    fn check_schemes(&self, url: &Url, encrypted: &str, clear: &str) -> Result<(), HostError> {
        let host = url.host_str().ok_or(HostError::NoHost)?.to_ascii_lowercase();
        match url.scheme() {
            scheme if scheme == encrypted => {}
            scheme if scheme != clear => return Err(HostError::NoHost),
            _ if is_loopback(url) || self.insecure.contains(&host) => {}
            _ => return Err(HostError::NotEncrypted(host)),
        }
        if self.allows(&host) {
            return Ok(());
        }
        Err(HostError::NotAllowed { host, allowed: self.to_string() })
    }

    fn allows(&self, host: &str) -> bool {
        self.patterns.iter().any(|pattern| match pattern.strip_prefix('.') {
            Some(parent) => {
                host == parent || host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'))
            }
            None => pattern == host,
        })
    }

    /// The patterns, as kept with a credential.
    #[must_use]
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// The hosts that need no TLS, as kept with a credential.
    #[must_use]
    pub fn insecure(&self) -> &[String] {
        &self.insecure
    }

    /// The patterns of `other` that allow more than this list does.
    #[must_use]
    pub fn beyond(&self, other: &Self) -> Vec<String> {
        let within = |pattern: &&String| match pattern.strip_prefix('.') {
            // A whole domain is within another only if that one is a domain above it, or the same.
            Some(domain) => self.patterns.iter().any(|known| {
                known.strip_prefix('.').is_some_and(|above| {
                    domain == above
                        || domain.strip_suffix(above).is_some_and(|rest| rest.ends_with('.'))
                })
            }),
            None => self.allows(pattern),
        };
        other.patterns.iter().filter(|pattern| !within(pattern)).cloned().collect()
    }
}

impl fmt::Display for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.patterns.join(", "))
    }
}

/// Whether a URL stays on this machine: RFC 8252 section 8.3 names the literals, and `localhost`
/// never leaves it either with the resolvers in use (RFC 6761 section 6.3).
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(list: &[&str], url: &str) -> Result<(), HostError> {
        Hosts::new(list.iter().map(ToString::to_string)).check(&Url::parse(url).unwrap())
    }

    #[test]
    fn a_dot_covers_what_is_beneath_and_nothing_that_merely_ends_alike() {
        assert!(check(&[".zoho.com"], "https://accounts.zoho.com/x").is_ok());
        assert!(check(&[".zoho.com"], "https://zoho.com/").is_ok());
        assert!(check(&[".zoho.com"], "https://evilzoho.com/").is_err());
        assert!(check(&["zoho.com"], "https://accounts.zoho.com/").is_err());
        assert!(check(&["zoho.com"], "https://zoho.com.evil.test/").is_err());
        assert!(check(&["zoho.com"], "https://ZOHO.com/").is_ok());
    }

    #[test]
    fn what_goes_beyond_a_list_is_named() {
        let hosts = |list: &[&str]| Hosts::new(list.iter().map(ToString::to_string));
        assert!(
            hosts(&[".a.test", "b.test"])
                .beyond(&hosts(&["x.a.test", ".y.a.test", "b.test"]))
                .is_empty()
        );
        assert_eq!(hosts(&["a.test"]).beyond(&hosts(&[".a.test"])), [".a.test"]);
        assert_eq!(hosts(&[".a.test"]).beyond(&hosts(&[".evila.test"])), [".evila.test"]);
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert_eq!(
            check(&["api.test"], "http://api.test/"),
            Err(HostError::NotEncrypted("api.test".into()))
        );
        assert!(check(&["127.0.0.1"], "http://127.0.0.1:8455/").is_ok());
        assert!(check(&["127.0.0.1"], "ftp://127.0.0.1/").is_err());
        let ftp = |url: &str| {
            Hosts::new(["a.test".into(), "::1".into(), "127.0.0.1".into()])
                .check_ftp(&Url::parse(url).unwrap())
        };
        assert!(ftp("ftps://a.test/").is_ok() && ftp("ftp://127.0.0.1:2121/").is_ok());
        assert_eq!(ftp("ftp://a.test/"), Err(HostError::NotEncrypted("a.test".into())));
        assert!(ftp("https://a.test/").is_err() && ftp("ftps://b.test/").is_err());
    }
}
