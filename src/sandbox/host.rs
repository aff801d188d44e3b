//! Defines what this server is called, which is what its caller calls it.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};

/// The origin of this server.
pub(super) fn origin(headers: &HeaderMap) -> String {
    format!("http://{}", host(headers).unwrap_or_default())
}

/// What the caller calls this server, with the port.
pub(super) fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST)?.to_str().ok()
}

/// Whether a `Host` header names this computer.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_answered_to() {
        for host in ["127.0.0.1:8455", "127.0.0.1", "localhost:1", "[::1]:8455", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil:8455", "", "10.0.0.1"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
