//! Defines `metadata-resource`: the metadata of /mcp says that it is of another resource.

use super::about::{About, Answer};

pub(super) const ABOUT: About = About {
    name: "metadata-resource",
    explain: "the metadata of /mcp says that it is of another resource",
};

/// RFC 9728 section 3.3: a client must not use it.
pub(super) fn edit(metadata: &mut Answer) {
    metadata.insert("resource".to_owned(), "https://attacker.example/mcp".into());
}
