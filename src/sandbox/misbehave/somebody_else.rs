//! Defines `somebody-else`: user information is about Grace Hopper, whoever agreed.

use crate::sandbox::person::Person;

use super::about::{About, Answer};

pub(super) const ABOUT: About = About {
    name: "somebody-else",
    explain: "user information is about Grace Hopper, whoever agreed",
};

/// As if another person had been logged in at the provider when reconnecting.
pub(super) fn edit(claims: &mut Answer) {
    claims.extend(Person::Grace.claims());
}
