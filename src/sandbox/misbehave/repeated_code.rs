//! Defines `repeated-code`: the redirect carries two codes, and the second is the right one.

use super::about::{About, Parameters};

pub(super) const ABOUT: About = About {
    name: "repeated-code",
    explain: "the redirect carries two codes, and the second is the right one",
};

/// RFC 6749 section 3.1: no parameter may occur twice, so neither code may be believed.
pub(super) fn edit(parameters: &mut Parameters) {
    if let Some(index) = parameters.iter().position(|(name, _)| *name == "code") {
        parameters.insert(index, ("code", "practice-code-of-somebody-else".to_owned()));
    }
}
