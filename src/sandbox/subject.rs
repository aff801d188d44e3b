//! Defines for whom a caller speaks: a person, or a client for itself.

use serde_json::{Map, Value};

use super::person::Person;

/// The `sub` of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    Person(Person),
    /// RFC 6749 section 4.4: nobody but the client, by its id.
    Client(String),
}

impl Subject {
    pub(super) fn sub(&self) -> &str {
        match self {
            Self::Person(person) => person.sub(),
            Self::Client(id) => id,
        }
    }

    /// What an API calls it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Person(person) => person.email(),
            Self::Client(id) => id,
        }
    }

    /// What user information tells of it.
    pub(super) fn claims(&self) -> Map<String, Value> {
        match self {
            Self::Person(person) => person.claims(),
            Self::Client(id) => ["sub", "client_id"]
                .into_iter()
                .map(|name| (name.to_owned(), Value::from(id.as_str())))
                .collect(),
        }
    }
}
