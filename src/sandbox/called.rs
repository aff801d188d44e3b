//! Defines what a caller calls this server: its origin, its issuer, and the address of the place
//! that was asked.

use axum::http::{Extensions, HeaderMap};

use super::host::origin;

/// Beneath `/tenant/NAME` is the same provider under an issuer with a path.
const TENANT: &str = "/tenant/";
/// RFC 8414 section 3.1: what stands before the path of an issuer.
const WELL_KNOWN: [&str; 2] =
    ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];

/// How a request addressed this server; [`super::guard`] puts it into every request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Called {
    /// Whichever loopback name the caller uses.
    pub(super) origin: String,
    /// RFC 8414 section 2: the origin, with the tenant's path.
    pub(super) issuer: String,
    /// The address of the request, without its query.
    pub(super) url: String,
}

impl Called {
    pub(super) fn new(headers: &HeaderMap, path: &str) -> Self {
        let origin = origin(headers);
        let issuer = format!("{origin}{}", tenant(path));
        Self { issuer, url: format!("{origin}{path}"), origin }
    }

    /// What the guard found out.
    pub(super) fn of(extensions: &Extensions) -> Self {
        extensions.get().cloned().unwrap_or_default()
    }
}

/// `/tenant/NAME`, or nothing.
fn tenant(path: &str) -> &str {
    let path = WELL_KNOWN.iter().find_map(|prefix| path.strip_prefix(prefix)).unwrap_or(path);
    let Some(rest) = path.strip_prefix(TENANT) else { return "" };
    let name = rest.split('/').next().unwrap_or_default();
    &path[..TENANT.len() + name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuer_has_the_path_of_its_tenant() {
        let mut headers = HeaderMap::new();
        headers.insert("host", "127.0.0.1:8455".parse().unwrap());
        let called = Called::new(&headers, "/tenant/x/token");
        assert_eq!(called.issuer, "http://127.0.0.1:8455/tenant/x");
        assert_eq!(called.url, "http://127.0.0.1:8455/tenant/x/token");
        for path in ["/token", "/tenants", "/.well-known/openid-configuration"] {
            assert_eq!(Called::new(&headers, path).issuer, "http://127.0.0.1:8455");
        }
        let before = "/.well-known/oauth-authorization-server/tenant/x";
        assert_eq!(Called::new(&headers, before).issuer, called.issuer);
    }
}
