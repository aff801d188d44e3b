//! Defines `no-refresh-token`: the token answer has no refresh token.

use super::about::{About, Answer};

pub(super) const ABOUT: About =
    About { name: "no-refresh-token", explain: "the token answer has no refresh token" };

pub(super) fn edit(answer: &mut Answer) {
    answer.remove("refresh_token");
}
