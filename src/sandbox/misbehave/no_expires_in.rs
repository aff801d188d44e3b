//! Defines `no-expires-in`: the token answer does not tell the lifetime.

use super::about::{About, Answer};

pub(super) const ABOUT: About =
    About { name: "no-expires-in", explain: "the token answer does not tell the lifetime" };

/// RFC 6749 section 5.1 only recommends it.
pub(super) fn edit(answer: &mut Answer) {
    answer.remove("expires_in");
}
