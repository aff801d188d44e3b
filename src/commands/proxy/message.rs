//! What of a message passes through a proxy: everything that is not for one connection only, and
//! nothing that belongs to this side of it.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Headers for one connection only (RFC 9110 section 7.6.1), beside those that `Connection` names.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// What a program tells the proxy and not the API. Cookies for loopback belong to other programs.
const OURS: [&str; 9] = [
    "host",
    "authorization",
    "cookie",
    "origin",
    "referer",
    "sec-fetch-site",
    "sec-fetch-mode",
    "sec-fetch-dest",
    "content-length",
];
/// What the API says of its own host, and would be taken for something that is said of this one.
const THEIRS: [&str; 4] = ["set-cookie", "strict-transport-security", "alt-svc", "clear-site-data"];

/// The headers of a request that go on to the API.
pub(super) fn onwards(headers: &HeaderMap) -> Vec<(HeaderName, HeaderValue)> {
    passing(headers, &OURS).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The headers of an answer that go back.
pub(super) fn back(headers: &HeaderMap) -> HeaderMap {
    passing(headers, &THEIRS).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The protocol that a request wants to change to.
pub(super) fn upgrade(headers: &HeaderMap) -> Option<&HeaderValue> {
    let asks = named_by_connection(headers).any(|name| name == "upgrade");
    headers.get("upgrade").filter(|_| asks)
}

fn passing<'h>(
    headers: &'h HeaderMap,
    kept_back: &'static [&str],
) -> impl Iterator<Item = (&'h HeaderName, &'h HeaderValue)> {
    let named: Vec<String> = named_by_connection(headers).collect();
    headers.iter().filter(move |(name, _)| {
        let name = name.as_str();
        !HOP_BY_HOP.contains(&name)
            && !kept_back.contains(&name)
            && !named.iter().any(|n| n == name)
    })
}

fn named_by_connection(headers: &HeaderMap) -> impl Iterator<Item = String> {
    let values = headers.get_all("connection").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase())
}

/// Where a redirect leads, seen from this side: to the proxy itself where it stays within the API.
pub(super) fn location(value: &str, base_url: &str, from: &url::Url, own: &str) -> String {
    let Ok(target) = from.join(value) else { return value.to_owned() };
    let base = base_url.trim_end_matches('/');
    match target.as_str().strip_prefix(base) {
        Some(rest) if rest.is_empty() || rest.starts_with(['/', '?', '#']) => {
            format!("{own}{rest}")
        }
        _ => target.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn what_is_for_one_connection_or_for_one_side_stays() {
        let sent = headers(&[
            ("connection", "keep-alive, X-Mine"),
            ("x-mine", "1"),
            ("authorization", "Bearer proxy"),
            ("cookie", "other=app"),
            ("host", "127.0.0.1:1"),
            ("accept", "text/plain"),
        ]);
        let names: Vec<_> =
            onwards(&sent).into_iter().map(|(name, _)| name.as_str().to_owned()).collect();
        assert_eq!(names, ["accept"]);
        let answered = headers(&[("set-cookie", "s=1"), ("alt-svc", "h3"), ("etag", "\"1\"")]);
        assert_eq!(back(&answered), headers(&[("etag", "\"1\"")]));
    }

    #[test]
    fn an_upgrade_is_one_only_if_the_connection_says_so() {
        assert!(
            upgrade(&headers(&[("upgrade", "websocket"), ("connection", "Upgrade")])).is_some()
        );
        assert!(upgrade(&headers(&[("upgrade", "websocket")])).is_none());
    }

    #[test]
    fn redirects_within_the_api_come_back_to_the_proxy() {
        let from = url::Url::parse("https://api.test/v1/a/b").unwrap();
        let seen = |value: &str| location(value, "https://api.test/v1/", &from, "http://p:1");
        assert_eq!(seen("https://api.test/v1/c?d=1"), "http://p:1/c?d=1");
        assert_eq!(seen("c"), "http://p:1/a/c");
        assert_eq!(seen("/v1"), "http://p:1");
        assert_eq!(seen("/v10/x"), "https://api.test/v10/x");
        assert_eq!(seen("https://other.test/"), "https://other.test/");
    }
}
