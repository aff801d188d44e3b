//! Marks: what stands in a secret's place. Equal secrets have equal marks, all through a run.

use ring::hmac;
use ring::rand::SystemRandom;
use std::sync::LazyLock;

/// The key of this run, which is kept nowhere: without it a short password could be found from its
/// mark by trying. `None` where the system has no randomness, and then marks tell names only.
static KEY: LazyLock<Option<hmac::Key>> =
    LazyLock::new(|| hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).ok());

/// What a mark looks like, as a pattern.
pub(super) const PATTERN: &str = r"\[[A-Za-z0-9_.-]+ #[0-9a-f]{4}\]";

/// The mark of a secret under a name: `[access_token #3f2a]`.
pub(super) fn mark(name: &str, value: &str) -> String {
    match KEY.as_ref() {
        Some(key) => {
            let tag = hmac::sign(key, value.as_bytes());
            format!("[{name} #{}]", crate::text::hex(&tag.as_ref()[..2]))
        }
        None => format!("[{name}]"),
    }
}

/// The mark of a secret that nobody has told about, known by where it stands.
pub(super) fn hidden(value: &str) -> String {
    mark("hidden", value)
}
