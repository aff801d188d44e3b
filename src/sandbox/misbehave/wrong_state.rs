//! Defines `wrong-state`: the redirect carries another state than the request.

use super::about::{About, Parameters};

pub(super) const ABOUT: About =
    About { name: "wrong-state", explain: "the redirect carries another state than the request" };

/// RFC 6749 section 10.12: a client must notice.
pub(super) fn edit(parameters: &mut Parameters) {
    for (name, value) in parameters {
        if *name == "state" {
            "not-your-state".clone_into(value);
        }
    }
}
