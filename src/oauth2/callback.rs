//! What a redirect brings back (RFC 6749 section 4.1.2), from the browser or pasted.

use crate::definition::Callback;
use crate::secret::Secret;
use std::collections::BTreeMap;
use url::Url;

/// The longest pasted text that is looked at, in bytes.
const MAX_PASTED: usize = 16 * 1024;

/// A redirect that belongs to our request.
pub struct Redirect {
    /// The authorization code.
    pub code: Secret,
    /// Everything it brought.
    pub params: BTreeMap<String, String>,
}

/// Why a redirect gives no code.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The provider or the person said no (RFC 6749 section 4.1.2.1).
    #[error("{code}")]
    Refused {
        /// The error code.
        code: String,
        /// What the provider says of it.
        description: Option<String>,
    },
    /// Neither a code nor an error.
    #[error("the redirect has no `{0}`")]
    NoCode(String),
    /// A parameter twice (RFC 6749 section 3.1 forbids it).
    #[error("the redirect has `{0}` twice")]
    Repeated(String),
    /// The provider promised to say who it is, and does not (RFC 9207 section 2.4).
    #[error("the redirect has no `iss`, and `{0}` says that it always sends one")]
    NoIssuer(String),
    /// Another provider answered (RFC 9207).
    #[error("the redirect says that it comes from `{found}`, and `{expected}` was asked")]
    WrongIssuer {
        /// What was asked.
        expected: String,
        /// Who answered.
        found: String,
    },
}

impl CallbackError {
    /// The section that asks for it to be otherwise.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "RFC 6749, section 4.1.2.1",
            Self::NoCode(_) => "RFC 6749, section 4.1.2",
            Self::Repeated(_) => "RFC 6749, section 3.1",
            Self::NoIssuer(_) | Self::WrongIssuer { .. } => "RFC 9207, section 2.4",
        }
    }
}

/// The provider that was asked.
#[derive(Clone, Copy)]
pub struct Issuer<'a> {
    /// Its identifier.
    pub name: &'a str,
    /// It says of itself that `iss` is always there.
    pub promised: bool,
}

/// Whether a redirect answers our request: exactly one `state`, and the one that was sent, compared
/// in constant time.
///
/// # Errors
/// In words, without the value.
pub fn check_state(params: &[(String, String)], expected: &Secret) -> Result<(), String> {
    let mut states = params.iter().filter(|(name, _)| name == "state");
    match (states.next(), states.next()) {
        (Some((_, state)), None) if expected.equals(state) => Ok(()),
        (Some(_), None) => Err("its `state` is not the one that was sent".to_owned()),
        (None, _) => Err("it has no `state`".to_owned()),
        (Some(_), Some(_)) => Err("it has several `state`".to_owned()),
    }
}

/// Reads a redirect whose state is right.
///
/// # Errors
/// It is a refusal, from somebody else, or makes no sense.
pub fn read_callback(
    params: &[(String, String)],
    names: &Callback,
    issuer: Option<Issuer<'_>>,
) -> Result<Redirect, CallbackError> {
    let mut map = BTreeMap::new();
    for (name, value) in params {
        if map.insert(name.clone(), value.clone()).is_some() {
            return Err(CallbackError::Repeated(name.clone()));
        }
    }
    // First of all: another provider's refusal means nothing either.
    if let Some(issuer) = issuer {
        check_issuer(issuer, map.get("iss").map(String::as_str))?;
    }
    if let Some(code) = map.get("error") {
        let description = map.get("error_description").cloned();
        return Err(CallbackError::Refused { code: code.clone(), description });
    }
    match map.remove(&names.code).filter(|code| !code.is_empty()) {
        Some(code) => Ok(Redirect { code: Secret::from(code), params: map }),
        None => Err(CallbackError::NoCode(names.code.clone())),
    }
}

fn check_issuer(expected: Issuer<'_>, found: Option<&str>) -> Result<(), CallbackError> {
    let plain = |name: &str| name.trim_end_matches('/').to_owned();
    match found {
        Some(found) if plain(found) == plain(expected.name) => Ok(()),
        Some(found) => Err(CallbackError::WrongIssuer {
            expected: expected.name.to_owned(),
            found: found.to_owned(),
        }),
        None if expected.promised => Err(CallbackError::NoIssuer(expected.name.to_owned())),
        None => Ok(()),
    }
}

/// Reads what was pasted: a whole URL, or its query.
#[must_use]
pub fn parse_pasted(text: &str) -> Option<Vec<(String, String)>> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_PASTED {
        return None;
    }
    let query = match Url::parse(text) {
        Ok(url) => url.query().or(url.fragment()).unwrap_or_default().to_owned(),
        Err(_) => text.trim_start_matches(['?', '#']).to_owned(),
    };
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let named = pairs.iter().any(|(name, value)| !name.is_empty() && !value.is_empty());
    named.then_some(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names() -> Callback {
        Callback { code: "code".to_owned(), extras: Vec::new() }
    }

    fn pairs(query: &str) -> Vec<(String, String)> {
        parse_pasted(query).unwrap_or_default()
    }

    #[test]
    fn only_the_state_that_was_sent_is_ours() {
        let state = Secret::from("s1");
        assert!(check_state(&pairs("code=c&state=s1"), &state).is_ok());
        assert!(check_state(&pairs("code=c&state=s2"), &state).is_err());
        assert!(check_state(&pairs("code=c&state=s1&state=s1"), &state).is_err());
        assert!(check_state(&[("code".into(), "c".into())], &state).is_err());
    }

    #[test]
    fn a_redirect_is_a_code_or_a_refusal_of_the_provider_that_was_asked() {
        let read = |query: &str| {
            let issuer = Issuer { name: "https://a.test", promised: false };
            read_callback(&pairs(query), &names(), Some(issuer))
        };
        let redirect = read("http://127.0.0.1/callback?code=c&state=s&iss=https://a.test").unwrap();
        assert_eq!(redirect.code.expose(), "c");
        let refused = read("error=access_denied&error_description=no&state=s").err();
        let description = Some("no".to_owned());
        assert_eq!(
            refused,
            Some(CallbackError::Refused { code: "access_denied".into(), description })
        );
        assert!(matches!(
            read("code=c&state=s&iss=https://b.test").err(),
            Some(CallbackError::WrongIssuer { .. })
        ));
        let promised = Issuer { name: "https://a.test", promised: true };
        let without = read_callback(&pairs("code=c&state=s"), &names(), Some(promised));
        assert!(matches!(without.err(), Some(CallbackError::NoIssuer(_))));
        assert!(matches!(read("code=c&code=d&state=s").err(), Some(CallbackError::Repeated(_))));
        assert!(matches!(read("state=s&code=").err(), Some(CallbackError::NoCode(_))));
    }

    proptest! {
        #[test]
        fn nothing_pasted_makes_it_panic(text in "\\PC{0,200}") {
            if let Some(params) = parse_pasted(&text) {
                let issuer = Issuer { name: "x", promised: true };
                let _ = read_callback(&params, &names(), Some(issuer));
            }
        }
    }
}
