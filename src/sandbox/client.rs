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
    pub(super) id: String,
    /// What the consent page calls it.
    pub(super) name: String,
    pub(super) secret: Option<String>,
}

impl Client {
    fn new(id: &str, name: &str, secret: Option<&str>) -> Self {
        Self { id: id.to_owned(), name: name.to_owned(), secret: secret.map(str::to_owned) }
    }

    /// RFC 6749 section 2.1: whether it can prove who it is.
    pub(super) fn is_confidential(&self) -> bool {
        self.secret.is_some()
    }
}

pub(super) fn registered(first_secret: &str) -> Vec<Client> {
    vec![
        Client::new(CLIENT_ID, "Practice", Some(first_secret)),
        Client::new(SECOND_CLIENT_ID, "Practice 2", Some(SECOND_CLIENT_SECRET)),
        Client::new(PUBLIC_CLIENT_ID, "Practice (public)", None),
    ]
}
