//! Defines `text-expires-in`: the token answer gives the lifetime as text, "3600".

use serde_json::Value;

use super::about::{About, Answer};

pub(super) const ABOUT: About = About {
    name: "text-expires-in",
    explain: "the token answer gives the lifetime as text, \"3600\"",
};

pub(super) fn edit(answer: &mut Answer) {
    if let Some(expires_in) = answer.get_mut("expires_in") {
        *expires_in = Value::String(expires_in.to_string());
    }
}
