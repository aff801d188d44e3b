//! Defines `wrong-iss`: the redirect names another issuer, as in a mix-up attack.

use super::about::{About, Parameters};

pub(super) const ABOUT: About = About {
    name: "wrong-iss",
    explain: "the redirect names another issuer, as in a mix-up attack",
};

/// RFC 9207 section 2.4: a client must reject it.
pub(super) fn edit(parameters: &mut Parameters) {
    for (name, value) in parameters {
        if *name == "iss" {
            "https://attacker.example".clone_into(value);
        }
    }
}
