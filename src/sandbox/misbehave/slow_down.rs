//! Defines `slow-down`: the first poll of a device is answered slow_down, however slow it was.

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "slow-down",
    explain: "the first poll of a device is answered slow_down, however slow it was",
};
