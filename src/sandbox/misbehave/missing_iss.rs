//! Defines `missing-iss`: the redirect names no issuer although the metadata promises one.

use super::about::{About, Parameters};

pub(super) const ABOUT: About = About {
    name: "missing-iss",
    explain: "the redirect names no issuer although the metadata promises one",
};

/// RFC 9207 section 2.4: a client must reject this too.
pub(super) fn edit(parameters: &mut Parameters) {
    parameters.retain(|(name, _)| *name != "iss");
}
