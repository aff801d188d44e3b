//! A secret: text that cannot be printed, compared in a leaking way or serialized by accident.

use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// A password, key or token. `Debug` shows nothing of it, there is no `Display`, and its memory is
/// wiped when it goes.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The text itself. Every caller is a place where a secret leaves its wrapping: an HTTP
    /// request, a store, or a comparison.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether there is any text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }

    /// Compares in time that depends on the lengths only.
    #[must_use]
    pub fn equals(&self, other: &str) -> bool {
        let (a, b) = (self.expose().as_bytes(), other.as_bytes());
        a.len() == b.len() && a.iter().zip(b).fold(0, |acc, (x, y)| acc | (x ^ y)) == 0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(SecretString::from(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_it() {
        assert_eq!(format!("{:?}", Secret::from("hunter2")), "[secret]");
    }

    #[test]
    fn equal_only_when_every_byte_is() {
        let secret = Secret::from("abc");
        assert!(secret.equals("abc"));
        assert!(!secret.equals("abd"));
        assert!(!secret.equals("ab"));
        assert!(!secret.equals("abcd"));
    }
}
