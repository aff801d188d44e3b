//! Admission: who may use a proxy. Whoever gets in acts with somebody's credential, so web pages are
//! kept out (DNS rebinding, requests across origins), and programs have to know a token.

use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{HeaderMap, StatusCode};

/// What is asked of every request.
pub(super) struct Admission {
    /// What a program has to know; `None` lets every program of this computer in.
    pub(super) token: Option<Secret>,
    /// The names of this proxy.
    hosts: Vec<String>,
}

/// Why a request is not let in: a status, and a sentence for whoever sent it.
pub(super) type Refusal = (StatusCode, String);

impl Admission {
    pub(super) fn new(port: u16, token: Option<Secret>) -> Self {
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}"));
        Self { token, hosts: hosts.into() }
    }

    pub(super) fn check(&self, parts: &Parts) -> Result<(), Refusal> {
        let refuse = |text: &str| Err((StatusCode::FORBIDDEN, text.to_owned()));
        if parts.uri.authority().is_some() {
            return refuse("this is no forward proxy: ask for a path of the API");
        }
        let host = header(&parts.headers, "host").unwrap_or_default();
        if !self.hosts.iter().any(|known| host.eq_ignore_ascii_case(known)) {
            return refuse("the header `Host` names another host than this proxy");
        }
        let own = |origin: &str| {
            let host = origin.strip_prefix("http://");
            host.is_some_and(|host| self.hosts.iter().any(|known| known == host))
        };
        if parts.headers.contains_key("origin")
            && !header(&parts.headers, "origin").is_some_and(own)
        {
            return refuse("a web page of another origin may not use this proxy");
        }
        // A browser says so even where it sends no `Origin` (Fetch Metadata).
        if parts.headers.contains_key("sec-fetch-site")
            && !matches!(header(&parts.headers, "sec-fetch-site"), Some("same-origin" | "none"))
        {
            return refuse("a web page of another site may not use this proxy");
        }
        match &self.token {
            Some(token) if !presented(&parts.headers).is_some_and(|sent| token.equals(&sent)) => {
                let text = "send the token of this proxy as `Authorization: Bearer TOKEN`";
                Err((StatusCode::UNAUTHORIZED, text.to_owned()))
            }
            _ => Ok(()),
        }
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The token of a request: as a bearer, or as the password of HTTP Basic, which is what fits into a URL.
fn presented(headers: &HeaderMap) -> Option<String> {
    let (scheme, value) = header(headers, "authorization")?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(value.trim().to_owned());
    }
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(value.trim()))?;
    let text = String::from_utf8(decoded.ok()?).ok()?;
    text.split_once(':').map(|(_, password)| password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(token: Option<&str>, uri: &str, headers: &[(&str, &str)]) -> u16 {
        let admission = Admission::new(8466, token.map(Secret::from));
        let mut request = http::Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        admission.check(&parts).map_or_else(|(status, _)| status.as_u16(), |()| 200)
    }

    const HOST: (&str, &str) = ("host", "127.0.0.1:8466");

    #[test]
    fn the_host_is_this_proxy() {
        for host in ["127.0.0.1:8466", "localhost:8466", "LOCALHOST:8466", "[::1]:8466"] {
            assert_eq!(status(None, "/", &[("host", host)]), 200, "{host}");
        }
        for host in ["evil.test:8466", "127.0.0.1", "127.0.0.1:80", "localhost.evil.test:8466", ""]
        {
            assert_eq!(status(None, "/", &[("host", host)]), 403, "{host}");
        }
        assert_eq!(status(None, "/", &[]), 403);
        assert_eq!(status(None, "http://api.test/", &[HOST]), 403);
    }

    #[test]
    fn pages_of_others_stay_out() {
        let origin = |origin: &'static str| status(None, "/", &[HOST, ("origin", origin)]);
        assert_eq!(origin("http://127.0.0.1:8466"), 200);
        assert_eq!(origin("https://evil.test"), 403);
        assert_eq!(origin("http://127.0.0.1:3000"), 403);
        assert_eq!(origin("null"), 403);
        let site = |site: &'static str| status(None, "/", &[HOST, ("sec-fetch-site", site)]);
        assert_eq!(site("none"), 200);
        assert_eq!(site("same-origin"), 200);
        assert_eq!(site("cross-site"), 403);
        assert_eq!(site("same-site"), 403);
    }

    #[test]
    fn the_token_comes_as_bearer_or_password() {
        let sent = |value: &str| status(Some("t0k"), "/", &[HOST, ("authorization", value)]);
        assert_eq!(sent("Bearer t0k"), 200);
        assert_eq!(sent("bearer t0k"), 200);
        assert_eq!(sent(&format!("Basic {}", STANDARD.encode("any:t0k"))), 200);
        assert_eq!(sent("Bearer t0"), 401);
        assert_eq!(sent("t0k"), 401);
        assert_eq!(sent("Basic !"), 401);
        assert_eq!(status(Some("t0k"), "/", &[HOST]), 401);
    }
}
