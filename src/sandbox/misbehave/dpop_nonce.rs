//! Defines `dpop-nonce`: every DPoP proof must have a nonce, at the token endpoint and at the API.

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "dpop-nonce",
    explain: "every DPoP proof must have a nonce, at the token endpoint and at the API",
};
