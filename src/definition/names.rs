//! Names of apps and accounts, and the names that templates know.

pub use crate::text::nearest;

use std::fmt;

/// The longest name of an app or account, in bytes.
const MAX: usize = 64;

/// An app's name: its definition's file name without the ending.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppName(String);

/// Why a text is no name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not an app's name.
    #[error("`{0}` is no app name: at most 64 of a-z, 0-9 and `-`, no `-` first")]
    App(String),
    /// Not an account's name.
    #[error(
        "`{0}` is no account name: at most 64 of a-z, A-Z, 0-9 and `. _ @ + -`, a letter or digit first"
    )]
    Account(String),
}

impl AppName {
    /// Checks a name.
    ///
    /// # Errors
    /// It is empty, too long, or has other characters than lower-case letters, digits and `-`.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let starts = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        if starts && text.len() <= MAX && text.chars().all(fits) {
            return Ok(Self(text.to_owned()));
        }
        Err(NameError::App(shown(text)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One connected account, written `app` or `app/name` everywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId {
    /// The app.
    pub app: AppName,
    /// The account's own name; most apps have one account without a name.
    pub name: Option<String>,
}

impl AccountId {
    /// Puts an id together.
    ///
    /// # Errors
    /// The name has characters that a file or a keyring entry should not have.
    pub fn new(app: AppName, name: Option<&str>) -> Result<Self, NameError> {
        let Some(name) = name else { return Ok(Self { app, name: None }) };
        let fits = |c: char| c.is_ascii_alphanumeric() || "._@+-".contains(c);
        let starts = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        if starts && name.len() <= MAX && name.chars().all(fits) {
            return Ok(Self { app, name: Some(name.to_owned()) });
        }
        Err(NameError::Account(shown(name)))
    }

    /// Reads `app` or `app/name`.
    ///
    /// # Errors
    /// One of the two is no name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        match text.split_once('/') {
            Some((app, name)) => Self::new(AppName::parse(app)?, Some(name)),
            None => Self::new(AppName::parse(text)?, None),
        }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{}/{name}", self.app),
            None => self.app.fmt(f),
        }
    }
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX).collect()
}

/// The names that every template knows, whatever the definition. `response`, `answer` and
/// `chosen` exist only where an answer is read.
pub const RESERVED: &[&str] = &[
    "access_token",
    "answer",
    "assertion",
    "callback",
    "chosen",
    "client",
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "extras",
    "grant_type",
    "redirect_uri",
    "refresh_token",
    "request",
    "response",
    "scope",
    "secrets",
    "state",
    "title",
    "token_secret",
];

/// The inputs of every account beside its fields: `TIELINE_<APP>_ACCOUNT` says which account an app
/// means, `TIELINE_<APP>_AUTH` which way in.
pub(super) const INPUTS: &[&str] = &["account", "auth"];

/// Those of [`RESERVED`] that are secret, whatever the definition.
pub(super) const SECRET: &[&str] = &[
    "access_token",
    "assertion",
    "client_secret",
    "code",
    "code_verifier",
    "refresh_token",
    "secrets",
    "token_secret",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_an_app_and_perhaps_a_name() {
        let id = AccountId::parse("github/work").unwrap();
        assert_eq!((id.app.as_str(), id.name.as_deref()), ("github", Some("work")));
        assert_eq!(id.to_string(), "github/work");
        assert_eq!(AccountId::parse("github").unwrap().name, None);
        for bad in ["", "GitHub", "a/../b", "a/", "a/b/c", "-a", "a/.x", "a/b c"] {
            assert!(AccountId::parse(bad).is_err(), "{bad}");
        }
    }
}
