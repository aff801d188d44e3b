//! Defines a request as it came over the wire, and the places in it where something can stand.

use axum::body::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;
use url::{Url, form_urlencoded};

/// A request.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) method: Method,
    /// With the scheme and host that the tunnel was opened to.
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What a body says, by its content type.
pub(super) enum Content {
    Empty,
    Form(Vec<(String, String)>),
    Json(Value),
    Text(String),
}

impl Wire {
    /// The pairs of the query, decoded.
    pub(super) fn query(&self) -> Vec<(String, String)> {
        self.url.query_pairs().into_owned().collect()
    }

    /// A header's values as one text; `None` where it is absent.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let values = self.headers.get_all(name).iter();
        let values: Vec<_> = values.map(|v| String::from_utf8_lossy(v.as_bytes())).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// The content type without its parameters, in lower case.
    pub(super) fn media_type(&self) -> String {
        let written = self.header("content-type").unwrap_or_default();
        written.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    pub(super) fn content(&self) -> Content {
        if self.body.is_empty() {
            return Content::Empty;
        }
        let kind = self.media_type();
        if kind == "application/x-www-form-urlencoded" {
            return Content::Form(form_urlencoded::parse(&self.body).into_owned().collect());
        }
        match serde_json::from_slice(&self.body) {
            Ok(value) if kind.ends_with("json") => Content::Json(value),
            _ => Content::Text(String::from_utf8_lossy(&self.body).into_owned()),
        }
    }

    /// Every parameter, wherever it stands: in the query, a form, or on top of a JSON object.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        let mut all = self.query();
        match self.content() {
            Content::Form(pairs) => all.extend(pairs),
            Content::Json(Value::Object(map)) => all.extend(
                map.iter().filter_map(|(name, v)| Some((name.clone(), v.as_str()?.to_owned()))),
            ),
            _ => {}
        }
        all
    }

    /// Whether it goes to this address, whatever the query.
    pub(super) fn goes_to(&self, url: &Url) -> bool {
        self.url.origin() == url.origin() && self.url.path() == url.path()
    }
}
