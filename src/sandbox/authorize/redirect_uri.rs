//! Defines when a redirect URI is a registered one, and how parameters are added to it.

use url::form_urlencoded;

/// What the practice clients have registered.
pub(in crate::sandbox) const REGISTERED: [&str; 4] = [
    "http://127.0.0.1/callback",
    "http://[::1]/callback",
    "http://localhost:8917/callback",
    "https://practice.example/callback",
];

/// The loopback addresses whose port is free. `localhost` is none of them: RFC 8252 section 8.3
/// advises against it, and RFC 9700 section 4.1.3 allows the exception for IP addresses only.
const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

/// RFC 9700 section 2.1: compared as text, except for the port of a loopback address.
pub(in crate::sandbox) fn is_registered(registered: &[String], redirect_uri: &str) -> bool {
    registered.iter().any(|uri| {
        redirect_uri == uri
            || LOOPBACK.iter().any(|origin| matches_on_any_port(origin, uri, redirect_uri))
    })
}

fn matches_on_any_port(origin: &str, registered: &str, redirect_uri: &str) -> bool {
    let path = registered.strip_prefix(origin).filter(|path| path.starts_with('/'));
    let rest = redirect_uri.strip_prefix(origin).and_then(|rest| rest.strip_prefix(':'));
    let (Some(path), Some(rest)) = (path, rest) else { return false };
    let port = rest.strip_suffix(path).unwrap_or_default();
    port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port != 0)
}

/// The redirect URI with parameters added; a query that it has already is kept (RFC 6749
/// section 3.1.2).
pub(in crate::sandbox) fn with_parameters(
    redirect_uri: &str,
    parameters: &[(&str, String)],
) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let separator = if redirect_uri.contains('?') { '&' } else { '?' };
    format!("{redirect_uri}{separator}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(uri: &str) -> bool {
        is_registered(&REGISTERED.map(str::to_owned), uri)
    }

    #[test]
    fn a_loopback_address_is_good_on_any_port() {
        assert!(registered("http://127.0.0.1:51004/callback"));
        assert!(registered("http://[::1]:61023/callback"));
        assert!(registered("http://127.0.0.1/callback"));
    }

    #[test]
    fn everything_else_must_be_equal() {
        for uri in [
            "http://127.0.0.1:51004/callback/",
            "http://127.0.0.1:51004/callback?next=1",
            "http://127.0.0.1:51004/other/callback",
            "http://127.0.0.1:x@evil.example/callback",
            "http://127.0.0.1:+80/callback",
            "http://127.0.0.1:99999/callback",
            "http://127.0.0.1.evil.example:80/callback",
            "https://127.0.0.1:51004/callback",
            "http://localhost:51004/callback",
            "https://practice.example:8443/callback",
        ] {
            assert!(!registered(uri), "{uri}");
        }
    }

    #[test]
    fn a_query_of_the_redirect_uri_stays() {
        let uri = with_parameters("https://a.example/cb?x=1", &[("code", "a b&c".to_owned())]);
        assert_eq!(uri, "https://a.example/cb?x=1&code=a+b%26c");
    }
}
