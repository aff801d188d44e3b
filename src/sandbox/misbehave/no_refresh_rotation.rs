//! Defines `no-refresh-rotation`: a refresh answers no new refresh token, and the old one stays
//! good.

use crate::sandbox::ledger::Rotation;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "no-refresh-rotation",
    explain: "a refresh answers no new refresh token, and the old one stays good",
};

/// RFC 6749 section 6 allows it: the client keeps the one it has.
pub(super) fn rotation() -> Rotation {
    Rotation::Reusable
}
