//! What modern terminals do with a text beyond showing it: open a link (OSC 8), take it to the
//! clipboard (OSC 52). Neither ever goes into a pipe.

use super::{Style, Terminal};
use crate::context::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::{self, Write};

/// Terminals that show OSC 8 links. Most others skip the sequence, but some print it, so it goes only to
/// those that are known: <https://github.com/Alhadis/OSC8-Adoption>.
const TERM: &[&str] = &["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour"];
const TERM_PROGRAM: &[&str] =
    &["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby"];
const VARIABLES: &[&str] = &["KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM"];
/// The first version of VTE, which GNOME's and other terminals are made of, that does not crash on it.
const VTE: u32 = 5002;

/// Whether this terminal is known to show links.
pub(super) fn shows_links(context: &Context) -> bool {
    let is = |name: &str, known: &[&str]| {
        context.variable(name).is_some_and(|value| known.contains(&value.as_str()))
    };
    let vte = context.variable("VTE_VERSION").and_then(|version| version.parse::<u32>().ok());
    // What multiplexes terminals may lead to one that does not.
    let inside = context.variable("TMUX").is_some() || context.variable("STY").is_some();
    !inside
        && (is("TERM", TERM)
            || is("TERM_PROGRAM", TERM_PROGRAM)
            || VARIABLES.iter().any(|name| context.variable(name).is_some())
            || vte.is_some_and(|version| version >= VTE))
}

impl Terminal {
    /// An address for standard error, which can be clicked where the terminal has links.
    #[must_use]
    pub fn link(&self, url: &str) -> String {
        let shown = self.paint(Style::Command, url);
        // What could end the sequence is no part of a URL.
        if !self.links || url.chars().any(char::is_control) {
            return shown;
        }
        format!("\x1b]8;;{url}\x1b\\{shown}\x1b]8;;\x1b\\")
    }

    /// Offers a text to the clipboard, and says so. Whether the terminal takes it is not known: it
    /// does not answer.
    pub fn copy(&self, what: &str, text: &str) {
        if self.terminals.error && !self.dumb {
            let _ = write!(io::stderr(), "\x1b]52;c;{}\x07", STANDARD.encode(text));
            self.say(format!("  {what} is in the clipboard, if this terminal allows that."));
            self.say("");
        }
    }
}
