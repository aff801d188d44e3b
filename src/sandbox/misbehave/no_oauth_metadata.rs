//! Defines `no-oauth-metadata`: only OpenID Connect's metadata is there, not that of RFC 8414.

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "no-oauth-metadata",
    explain: "only OpenID Connect's metadata is there, not that of RFC 8414",
};
