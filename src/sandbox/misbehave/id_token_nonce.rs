//! Defines `id-token-nonce`: the ID token has the nonce of another request.

use super::about::{About, Answer};

pub(super) const ABOUT: About =
    About { name: "id-token-nonce", explain: "the ID token has the nonce of another request" };

/// OpenID Connect Core section 3.1.3.7, rule 11: a client must not believe it.
pub(super) fn edit(claims: &mut Answer) {
    claims.insert("nonce".to_owned(), "of-another-request".into());
}
