//! Defines `id-token-audience`: the ID token is for another client.

use super::about::{About, Answer};

pub(super) const ABOUT: About =
    About { name: "id-token-audience", explain: "the ID token is for another client" };

/// OpenID Connect Core section 3.1.3.7, rule 3: a client must not believe it.
pub(super) fn edit(claims: &mut Answer) {
    claims.insert("aud".to_owned(), "somebody-else".into());
}
