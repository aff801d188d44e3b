//! Defines `hostile-identity`: user information has a name and an address full of terminal
//! escapes.

use super::about::{About, Answer};

pub(super) const ABOUT: About = About {
    name: "hostile-identity",
    explain: "user information has a name and an address full of terminal escapes",
};

/// The identity is shown in lists and in the shell's completions.
pub(super) fn edit(claims: &mut Answer) {
    claims.insert("name".to_owned(), "Ada\u{1b}[2J\u{202e}\r\nerror: none".into());
    claims.insert("email".to_owned(), "ada\u{1b}]0;owned\u{7}@sandbox.test\u{202e}".into());
}
