//! Defines `id-token-expired`: the ID token expired an hour ago.

use super::about::{About, Answer};

pub(super) const ABOUT: About =
    About { name: "id-token-expired", explain: "the ID token expired an hour ago" };

/// OpenID Connect Core section 3.1.3.7, rule 9: a client must not believe it.
pub(super) fn edit(claims: &mut Answer) {
    for name in ["exp", "iat"] {
        let issued = claims.get("iat").and_then(serde_json::Value::as_u64).unwrap_or_default();
        claims.insert(name.to_owned(), issued.saturating_sub(3600).into());
    }
}
