//! Defines `par-expired`: a pushed authorization request is over before the browser can use it.

use std::time::{Duration, Instant};

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "par-expired",
    explain: "a pushed authorization request is over before the browser can use it",
};

/// As when somebody leaves the page waiting for longer than `expires_in` (RFC 9126 section 2.2).
pub(super) fn since(now: Instant, lifetime: Duration) -> Instant {
    // A machine that has just started has no such past: then the request stays good.
    now.checked_sub(lifetime).unwrap_or(now)
}
