//! Defines `fewer-scopes`: the token answer says that one scope less was granted.

use super::about::{About, Answer};

pub(super) const ABOUT: About = About {
    name: "fewer-scopes",
    explain: "the token answer says that one scope less was granted",
};

/// RFC 6749 section 3.3: a provider may grant less, and then the answer must say so.
pub(super) fn edit(answer: &mut Answer) {
    let scope = answer.get("scope").and_then(|scope| scope.as_str()).unwrap_or_default();
    let fewer = scope.rsplit_once(' ').map_or(scope, |(fewer, _)| fewer).to_owned();
    answer.insert("scope".to_owned(), fewer.into());
}
