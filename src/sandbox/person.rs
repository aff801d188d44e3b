//! Defines the two people who have an account at the sandbox.

use serde_json::{Map, Value};

/// Somebody who may agree on the consent page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Person {
    Ada,
    Grace,
}

impl Person {
    pub(super) const ALL: [Self; 2] = [Self::Ada, Self::Grace];

    pub(super) fn sub(self) -> &'static str {
        match self {
            Self::Ada => "ada",
            Self::Grace => "grace",
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ada => "Ada Lovelace",
            Self::Grace => "Grace Hopper",
        }
    }

    pub(super) fn email(self) -> &'static str {
        match self {
            Self::Ada => "ada@sandbox.test",
            Self::Grace => "grace@sandbox.test",
        }
    }

    pub(super) fn from_sub(sub: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|person| person.sub() == sub)
    }

    /// The claims as OpenID Connect Core section 5.1 names them.
    pub(super) fn claims(self) -> Map<String, Value> {
        [("sub", self.sub()), ("name", self.name()), ("email", self.email())]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect()
    }
}
