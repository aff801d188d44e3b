//! Defines `no-token-type`: the token answer has no token_type.

use super::about::{About, Answer};

pub(super) const ABOUT: About =
    About { name: "no-token-type", explain: "the token answer has no token_type" };

/// RFC 6749 section 5.1 requires it, and many providers forget.
pub(super) fn edit(answer: &mut Answer) {
    answer.remove("token_type");
}
