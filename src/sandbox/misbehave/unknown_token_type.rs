//! Defines `unknown-token-type`: the token answer has a token_type that nobody knows.

use super::about::{About, Answer};

pub(super) const ABOUT: About = About {
    name: "unknown-token-type",
    explain: "the token answer has a token_type that nobody knows",
};

/// RFC 6749 section 7.1: a client must not use such a token.
pub(super) fn edit(answer: &mut Answer) {
    answer.insert("token_type".to_owned(), "practice-unknown".into());
}
