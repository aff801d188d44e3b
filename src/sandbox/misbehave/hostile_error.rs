//! Defines `hostile-error`: the token endpoint refuses with a text full of terminal escapes.

use crate::sandbox::error::OAuthError;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "hostile-error",
    explain: "the token endpoint refuses with a text full of terminal escapes",
};

/// Escape sequences that clear the screen, set the title and link elsewhere, and a character
/// that turns the direction of writing. None of it may reach a terminal.
pub(super) fn error() -> OAuthError {
    OAuthError::invalid_grant(
        "gone\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}]8;;https://attacker.example\u{7}here\r\n\u{202e}error: ok",
    )
}
