//! Defines `oauth1-wrong-token`: the redirect of OAuth 1.0a names another token than the one that
//! was asked about.

use super::about::{About, Parameters};

pub(super) const ABOUT: About = About {
    name: "oauth1-wrong-token",
    explain: "the redirect of OAuth 1.0a names another oauth_token than the request",
};

/// What another person's agreement would look like: a client must go on waiting for its own.
pub(super) fn edit(parameters: &mut Parameters) {
    for (name, value) in parameters {
        if *name == "oauth_token" {
            "practice-temporary-of-somebody-else".clone_into(value);
        }
    }
}
