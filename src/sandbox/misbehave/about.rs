//! Defines what every misbehaviour says of itself, and what it may edit.

use serde_json::{Map, Value};

/// The parameters of a redirect.
pub(super) type Parameters = Vec<(&'static str, String)>;
/// The members of a token answer, or of user information.
pub(super) type Answer = Map<String, Value>;

/// What a misbehaviour is called and what it does.
pub(super) struct About {
    pub(super) name: &'static str,
    pub(super) explain: &'static str,
}
