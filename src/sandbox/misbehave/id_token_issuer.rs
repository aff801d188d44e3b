//! Defines `id-token-issuer`: the ID token is from another issuer.

use super::about::{About, Answer};

pub(super) const ABOUT: About =
    About { name: "id-token-issuer", explain: "the ID token is from another issuer" };

/// OpenID Connect Core section 3.1.3.7, rule 2: a client must not believe it.
pub(super) fn edit(claims: &mut Answer) {
    claims.insert("iss".to_owned(), "https://attacker.example".into());
}
