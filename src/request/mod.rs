//! Requests as values: made from an endpoint, authenticated by a placement. Nothing is sent here.

mod params;

pub use params::{override_params, values};

use crate::definition::{Basic, Encoding, Endpoint, Placement};
use crate::template::{RenderError, Scope};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, Method};
use params::{override_with, place_body, place_params, place_query, plain};
use serde_json::Value;
use url::Url;

/// A request that is ready to be sent. It holds secrets, so it cannot be printed.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Headers; a name stands once.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What is sent.
    pub body: Body,
}

/// A request's body.
#[derive(Clone)]
pub enum Body {
    /// None.
    Empty,
    /// Parameters of a form.
    Form(Vec<(String, String)>),
    /// A JSON value.
    Json(Value),
    /// Text as it is.
    Text(String),
    /// Handed to the client apart, as a stream.
    Stream,
}

/// Why a request cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// A template cannot be filled.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The URL that came out is none.
    #[error("`{0}` does not give a URL")]
    Url(String),
    /// A relative URL would leave the base.
    #[error("`{0}` has a `.` or `..` between slashes, which would lead out of the base URL")]
    Dots(String),
    /// The URL has a user name or password: credentials come from the account.
    #[error("a URL with a user name or password in it is not called")]
    UserInfo,
    /// A header's value has characters that a header cannot carry.
    #[error("the header `{0}` has a character that a header cannot carry")]
    Header(String),
    /// A body that should be a JSON object is none.
    #[error("`body` with `encoding` must render to a JSON object")]
    Body,
}

/// Makes the request that an endpoint describes. `standard` are parameters that a standard asks
/// for; the endpoint's own override, add to, or remove them.
///
/// # Errors
/// A template cannot be filled, or what comes out cannot be sent.
pub fn from_endpoint(
    endpoint: &Endpoint,
    standard: &[(String, String)],
    base_url: &str,
    scope: &Scope,
) -> Result<Request, RequestError> {
    let url = resolve(&endpoint.url.require(scope)?, base_url, endpoint.url.source())?;
    let mut request =
        Request { method: endpoint.method.clone(), url, headers: Vec::new(), body: Body::Empty };
    place_headers(&mut request, &endpoint.placement.headers, scope)?;
    place_basic(&mut request, endpoint.placement.basic.as_ref(), scope)?;
    place_query(&mut request, &endpoint.placement.query, scope)?;
    match &endpoint.body {
        Some(body) => place_body(&mut request, endpoint, body.require(scope)?)?,
        None => {
            let mut params: Vec<(String, Value)> =
                standard.iter().map(|(k, v)| (k.clone(), v.clone().into())).collect();
            override_with(&mut params, &endpoint.placement.params, scope)?;
            place_params(&mut request, endpoint.encoding, params);
        }
    }
    Ok(request)
}

/// A relative URL is appended to the base as text with one slash between, never resolved: `//` has
/// no power, and `..`, which the parser would resolve, is refused.
///
/// # Errors
/// The result is no URL, leaves the base, or brings a user name.
pub fn resolve(url: &str, base_url: &str, shown: &str) -> Result<Url, RequestError> {
    let before_query = url.split(['?', '#']).next().unwrap_or_default();
    let absolute = match before_query.contains("://") && !url.starts_with('/') {
        true => url.to_owned(),
        false if has_dots(before_query) => return Err(RequestError::Dots(shown.to_owned())),
        false => format!("{}/{}", base_url.trim_end_matches('/'), url.trim_start_matches('/')),
    };
    let url = Url::parse(&absolute).map_err(|_| RequestError::Url(shown.to_owned()))?;
    match url.username().is_empty() && url.password().is_none() {
        true => Ok(url),
        false => Err(RequestError::UserInfo),
    }
}

/// Whether a path has a segment that a URL parser resolves (URL Standard, "single-dot" and
/// "double-dot URL path segment"): it takes `\` for a slash and `%2e` for a dot, and drops tabs and
/// line breaks.
fn has_dots(path: &str) -> bool {
    let path = path.replace(['\t', '\n', '\r'], "").to_ascii_lowercase().replace("%2e", ".");
    path.split(['/', '\\']).any(|segment| segment == "." || segment == "..")
}

/// Authenticates a request: places the credential as `placement` says.
///
/// # Errors
/// As [`from_endpoint`].
pub fn authenticate(
    request: &mut Request,
    placement: &Placement,
    scope: &Scope,
) -> Result<(), RequestError> {
    // A parameter may be a signature over what was there before it, a header one over all of it.
    let before = with_request(scope, request);
    place_query(request, &placement.query, &before)?;
    let mut params = Vec::new();
    override_with(&mut params, &placement.params, &before)?;
    // Into a body that can hold them, otherwise into the query.
    match &mut request.body {
        Body::Form(pairs) => {
            for (name, value) in params {
                pairs.retain(|(known, _)| *known != name);
                pairs.push((name, plain(&value)));
            }
        }
        Body::Json(Value::Object(map)) => map.extend(params),
        _ => place_params(request, Encoding::Query, params),
    }
    let after = with_request(scope, request);
    place_headers(request, &placement.headers, &after)?;
    place_basic(request, placement.basic.as_ref(), &after)
}

/// The scope with `request.method`, `.host`, `.path`, `.query` and `.body`: what a signature is over.
fn with_request(scope: &Scope, request: &Request) -> Scope {
    let mut scope = scope.clone();
    let url = &request.url;
    let host = match (url.host_str().unwrap_or_default(), url.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    };
    scope.set_value(
        "request",
        serde_json::json!({
            "method": request.method.as_str(),
            "host": host,
            "path": url.path(),
            "query": url.query().unwrap_or_default(),
            "body": request.body_text().map(|(text, _)| text).unwrap_or_default(),
        }),
    );
    scope
}

/// Sets headers: a later one wins, names compare without case, `None` removes.
///
/// # Errors
/// A template cannot be filled or gives no header value.
pub fn place_headers(
    request: &mut Request,
    headers: &[(String, Option<crate::template::Template>)],
    scope: &Scope,
) -> Result<(), RequestError> {
    for (name, template) in headers {
        let value = match template {
            Some(template) => template.render(scope)?,
            None => None,
        };
        match value {
            Some(value) => request.set_header(name, &value)?,
            None => request.headers.retain(|(known, _)| !known.as_str().eq_ignore_ascii_case(name)),
        }
    }
    Ok(())
}

impl Request {
    /// Sets a header in place of one of the same name. Values of ours are marked sensitive, so
    /// that HTTP/2 does not index them.
    ///
    /// # Errors
    /// The name or value has characters that a header cannot carry.
    pub fn set_header(&mut self, name: &str, value: &str) -> Result<(), RequestError> {
        let error = || RequestError::Header(name.to_owned());
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| error())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| error())?;
        value.set_sensitive(true);
        self.headers.retain(|(known, _)| *known != header);
        self.headers.push((header, value));
        Ok(())
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found =
            self.headers.iter().find(|(known, _)| known.as_str().eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| value.to_str().ok())
    }

    /// The body as text with its content type.
    #[must_use]
    pub fn body_text(&self) -> Option<(String, Option<&'static str>)> {
        match &self.body {
            Body::Empty | Body::Stream => None,
            Body::Form(pairs) => {
                let text = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(pairs)
                    .finish();
                Some((text, Some("application/x-www-form-urlencoded")))
            }
            Body::Json(value) => Some((value.to_string(), Some("application/json"))),
            Body::Text(text) => Some((text.clone(), None)),
        }
    }
}

/// HTTP Basic (RFC 7617), UTF-8.
pub(crate) fn basic_value(username: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{username}:{password}")))
}

fn place_basic(
    request: &mut Request,
    basic: Option<&Basic>,
    scope: &Scope,
) -> Result<(), RequestError> {
    let Some(basic) = basic else { return Ok(()) };
    let username = basic.username.render(scope)?.unwrap_or_default();
    let password = basic.password.render(scope)?.unwrap_or_default();
    if username.is_empty() && password.is_empty() {
        return Err(basic
            .username
            .require(scope)
            .map(|_| RequestError::Body)
            .unwrap_or_else(Into::into));
    }
    request.set_header("authorization", &basic_value(&username, &password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_url_is_appended_and_never_resolved() {
        let url = |path: &str| resolve(path, "https://a.test/v1/", path).unwrap().to_string();
        assert_eq!(url("/users"), "https://a.test/v1/users");
        assert_eq!(url("users?x=1"), "https://a.test/v1/users?x=1");
        assert_eq!(url("//evil.test/x"), "https://a.test/v1/evil.test/x");
        assert_eq!(url("https://b.test/x"), "https://b.test/x");
        assert_eq!(url("files/..hidden/a.b?x=../y"), "https://a.test/v1/files/..hidden/a.b?x=../y");
    }

    #[test]
    fn a_relative_url_cannot_leave_the_base() {
        for path in [
            "../x",
            "/../x",
            "a/../../x",
            "a/..",
            "./x",
            "%2e%2e/x",
            "a/.%2E/x",
            "..\\x",
            ".\t./x",
            "a/\n../x",
            "..?x",
            "..#x",
        ] {
            let refused = resolve(path, "https://a.test/v1/", path);
            assert!(matches!(refused, Err(RequestError::Dots(_))), "{path:?}");
        }
    }

    #[test]
    fn a_url_brings_no_user_name() {
        for url in ["https://ada:pw@a.test/x", "https://ada@a.test/", "https://:pw@a.test/"] {
            assert!(matches!(resolve(url, "", url), Err(RequestError::UserInfo)), "{url}");
        }
        assert!(resolve("https://a.test/@ada", "", "").is_ok());
        assert!(resolve("/x", "https://ada:pw@a.test", "/x").is_err());
    }

    #[test]
    fn basic_is_the_example_of_rfc_7617() {
        assert_eq!(basic_value("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(basic_value("test", "123\u{a3}"), "Basic dGVzdDoxMjPCow==");
    }
}
