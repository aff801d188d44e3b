//! Defines `oauth1-unconfirmed`: the provider follows OAuth 1.0 before its revision A.

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "oauth1-unconfirmed",
    explain: "a request token of OAuth 1.0a does not confirm the callback (session fixation)",
};
