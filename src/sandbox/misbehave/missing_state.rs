//! Defines `missing-state`: the redirect carries no state.

use super::about::{About, Parameters};

pub(super) const ABOUT: About =
    About { name: "missing-state", explain: "the redirect carries no state" };

/// A client that compares only when there is something to compare lets this pass.
pub(super) fn edit(parameters: &mut Parameters) {
    parameters.retain(|(name, _)| *name != "state");
}
