//! Defines `metadata-issuer`: the metadata says that it is of another issuer.

use super::about::{About, Answer};

pub(super) const ABOUT: About =
    About { name: "metadata-issuer", explain: "the metadata says that it is of another issuer" };

/// RFC 8414 section 3.3: a client must not use it.
pub(super) fn edit(metadata: &mut Answer) {
    metadata.insert("issuer".to_owned(), "https://attacker.example".into());
}
