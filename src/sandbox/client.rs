//! Defines the registered clients.

/// The id of the first confidential client.
pub const CLIENT_ID: &str = "practice";
/// Its secret, unless [`super::Options::client_secret`] says otherwise.
pub const CLIENT_SECRET: &str = "practice-secret";
/// The id of the second confidential client.
pub const SECOND_CLIENT_ID: &str = "practice-2";
/// Its secret.
pub const SECOND_CLIENT_SECRET: &str = "practice-2-secret";
/// The id of the client that has no secret (RFC 6749 section 2.1: "public").
pub const PUBLIC_CLIENT_ID: &str = "practice-public";

/// One registration.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Client {
    pub(super) id: &'static str,
    /// What the consent page calls it.
    pub(super) name: &'static str,
    pub(super) secret: Option<String>,
}

pub(super) fn registered(first_secret: &str) -> Vec<Client> {
    vec![
        Client { id: CLIENT_ID, name: "Practice", secret: Some(first_secret.to_owned()) },
        Client {
            id: SECOND_CLIENT_ID,
            name: "Practice 2",
            secret: Some(SECOND_CLIENT_SECRET.to_owned()),
        },
        Client { id: PUBLIC_CLIENT_ID, name: "Practice (public)", secret: None },
    ]
}
