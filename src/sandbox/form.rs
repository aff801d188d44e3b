//! Defines the parameters of a query or of a form body, as RFC 6749 reads them.

use axum::http::{HeaderMap, header};
use url::form_urlencoded;

use super::error::OAuthError;

/// RFC 8707 section 2 and RFC 8693 section 2.1: what may occur more than once.
const REPEATABLE: [&str; 2] = ["audience", "resource"];

/// Parameters in the order in which they came.
#[derive(Clone)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The value of a parameter. Section 3.1: one without a value counts as omitted.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| &**value)
            .filter(|v| !v.is_empty())
    }

    /// The values of a parameter that may occur more than once.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.iter().filter(move |(key, value)| *key == name && !value.is_empty()).map(|(_, v)| v)
    }

    /// Puts one value in the place of all others.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// The value of a parameter that there must be.
    pub(super) fn required(&self, name: &str) -> Result<&str, OAuthError> {
        self.one(name).ok_or_else(|| OAuthError::invalid_request(format!("{name} is missing")))
    }

    /// A parameter that occurs twice, which sections 3.1 and 3.2 forbid.
    pub(super) fn repeated(&self) -> Option<&str> {
        let mut names = self.0.iter().map(|(key, _)| &**key);
        names.find(|name| !REPEATABLE.contains(name) && self.occurs_twice(name))
    }

    pub(super) fn occurs_twice(&self, name: &str) -> bool {
        self.0.iter().filter(|(key, _)| key == name).count() > 1
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }
}

/// Whether the media type of a body is `expected`, whatever its parameters (`; charset=utf-8`).
pub(super) fn has_media_type(headers: &HeaderMap, expected: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = value.and_then(|value| value.split(';').next()).unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plus_and_percent_are_decoded() {
        let parameters = Parameters::parse(b"scope=profile+email&state=a%2Bb%26c&empty=");
        assert_eq!(parameters.one("scope"), Some("profile email"));
        assert_eq!(parameters.one("state"), Some("a+b&c"));
        assert_eq!(parameters.one("empty"), None);
    }

    #[test]
    fn a_repeated_parameter_is_found_even_if_one_is_empty() {
        assert_eq!(Parameters::parse(b"a=1&b=&b=2").repeated(), Some("b"));
        assert_eq!(Parameters::parse(b"a=1&b=1").repeated(), None);
    }
}
