//! Names under which secrets are sent: what stands under one is masked before anybody knows it.

use super::mark::PATTERN;
use regex_lite::Regex;
use std::sync::LazyLock;

/// Names whose values are secret, wherever they come from; in any case, with `_`, `-` or nothing
/// between the words, and with any word before.
const NAMES: &str = "[a-z0-9_-]*(?:tokens?|secrets?|passwords?|passwd|passphrase|api[_-]?keys?|\
    private[_-]?keys?|credentials?|client[_-]?assertion|verifier|device[_-]?code|session[_-]?id|signature)|\
    code|state|pwd|assertion|session|jwt|ticket|x-api-[a-z]+";

/// A member of a JSON object: up to its value, its name, its value.
pub(super) static JSON_MEMBER: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r#"(?i)("({NAMES})"\s*:\s*)("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|\[[^\]\[{{}}]*\])"#
    ))
});

/// A parameter of a query or form: what is before it, `name=`, its name, its value.
pub(super) static PAIR: LazyLock<Regex> =
    LazyLock::new(|| regex(&format!(r#"(?i)(^|[?&;\s])(({NAMES})=)("?(?:{PATTERN})?[^&\s;]*)"#)));

/// An element of XML: its tag, and its text.
pub(super) static ELEMENT: LazyLock<Regex> =
    LazyLock::new(|| regex(&format!(r"(?i)(<(?:[a-z0-9]+:)?(?:{NAMES})(?:\s[^<>]*)?>)([^<]+)")));

/// A signed JWT in the compact serialization (RFC 7515 section 7.1): a JSON object's `{"` is `eyJ`.
pub(super) static JWT: LazyLock<Regex> =
    LazyLock::new(|| regex(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"));

/// What looks like a mark.
pub(super) static MARK: LazyLock<Regex> = LazyLock::new(|| regex(PATTERN));

/// A mark of ours, and nothing beside it.
pub(super) static HIDDEN: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\[(?:hidden|jwt) #[0-9a-f]{4}\]$"));

/// Words in the names of headers that carry a credential.
const HEADER_WORDS: &[&str] = &[
    "authorization",
    "cookie",
    "token",
    "secret",
    "session",
    "password",
    "api-key",
    "apikey",
    "credential",
    "signature",
];

/// Headers that have such a word and count or allow something.
const HARMLESS: &[&str] = &["access-control-", "x-ratelimit-", "ratelimit"];

/// Whether a header carries a credential, whoever sends it.
pub(super) fn is_secret_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let told = HEADER_WORDS.iter().any(|word| name.contains(word));
    let harmless = HARMLESS.iter().any(|start| name.starts_with(start));
    (told && !harmless) || matches!(name.as_str(), "dpop" | "x-auth")
}

#[allow(clippy::expect_used, reason = "the patterns are literals of this file")]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a literal pattern")
}
