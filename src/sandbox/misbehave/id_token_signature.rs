//! Defines `id-token-signature`: the ID token is signed with another key than the published one.

use crate::jose::{KeyError, SigningKey};

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "id-token-signature",
    explain: "the ID token is signed with another key than the published one",
};

/// OpenID Connect Core section 3.1.3.7, rule 6: a client must not believe it.
pub(super) fn key() -> Result<SigningKey, KeyError> {
    SigningKey::generate_es256().map(|(key, _)| key)
}
