//! Masking: nothing that is shown contains a secret, in whatever spelling it stands there.
//!
//! Two nets. By value: each known secret is masked wherever it occurs, raw, percent-encoded,
//! Base64-encoded or inside JSON, under a mark that stays the same for the same value. By name:
//! what a server sends or expects under a name such as `access_token` is masked even before
//! anybody knows the value.

use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use regex_lite::{Captures, Regex};
use std::sync::LazyLock;

/// Shorter values are masked by name only: masking `a` everywhere would hide everything.
const MIN_LENGTH: usize = 4;

/// Names whose values are secret, wherever they come from; in any case, with `_`, `-` or nothing
/// between the words, and with any word before.
const NAMES: &str = "[a-z0-9_-]*(?:tokens?|secrets?|passwords?|passwd|passphrase|api[_-]?keys?|\
    private[_-]?keys?|credentials?|client[_-]?assertion|verifier|device[_-]?code|session[_-]?id|signature)|\
    code|state|pwd|assertion|session|jwt|ticket|x-api-[a-z]+";

static JSON_MEMBER: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r#"(?i)("(?:{NAMES})"\s*:\s*)("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|\[[^\]\[{{}}]*\])"#
    ))
});
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(r"(?i)(^|[?&;\s])((?:{NAMES})=)(?:\[[a-z0-9_]+ [0-9]+\])?[^&\s;]*"))
});
static ELEMENT: LazyLock<Regex> =
    LazyLock::new(|| regex(&format!(r"(?i)(<(?:[a-z0-9]+:)?(?:{NAMES})(?:\s[^<>]*)?>)[^<]+")));

/// Headers that carry a credential.
const HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "dpop",
    "x-api-key",
    "api-key",
    "x-auth-token",
    "x-access-token",
];

/// Knows the secrets of one run.
#[derive(Default)]
pub struct Redactor {
    known: Vec<Known>,
}

struct Known {
    mark: String,
    secret: Secret,
    spellings: Vec<Secret>,
}

impl Redactor {
    /// Notes a secret under a name.
    pub fn learn(&mut self, name: &str, secret: &Secret) {
        let value = secret.expose();
        if value.len() < MIN_LENGTH || self.known.iter().any(|known| known.secret.equals(value)) {
            return;
        }
        let number =
            self.known.iter().filter(|known| known.mark.starts_with(&format!("[{name}"))).count();
        let mark = match number {
            0 => format!("[{name}]"),
            _ => format!("[{name} {}]", number + 1),
        };
        self.known.push(Known { mark, secret: secret.clone(), spellings: spellings(value) });
        // The longest first: a secret may hold another.
        self.known.sort_by_key(|known| std::cmp::Reverse(known.secret.expose().len()));
    }

    /// Masks every known secret, and what stands under a telling name.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let text = self.mask_values(text);
        let keep =
            |value: &str| value.is_empty() || self.known.iter().any(|known| known.mark == value);
        let text = JSON_MEMBER.replace_all(&text, |found: &Captures| {
            let value = found[2].trim_matches('"');
            match keep(value) {
                true => found[0].to_owned(),
                false => format!("{}\"[hidden]\"", &found[1]),
            }
        });
        let text = ELEMENT.replace_all(&text, |found: &Captures| {
            match keep(&found[0][found[1].len()..]) {
                true => found[0].to_owned(),
                false => format!("{}[hidden]", &found[1]),
            }
        });
        PAIR.replace_all(&text, |found: &Captures| {
            let value = &found[0][found[1].len() + found[2].len()..];
            match keep(value) {
                true => found[0].to_owned(),
                false => format!("{}{}[hidden]", &found[1], &found[2]),
            }
        })
        .into_owned()
    }

    /// Masks known secrets only: for sentences, where a word before `=` is no parameter.
    #[must_use]
    pub fn mask_values(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for known in &self.known {
            for spelling in &known.spellings {
                if text.contains(spelling.expose()) {
                    text = text.replace(spelling.expose(), &known.mark);
                }
            }
        }
        text
    }

    /// A header's value, masked by the header's name too.
    #[must_use]
    pub fn mask_header(&self, name: &str, value: &str) -> String {
        let masked = self.mask(value);
        let sensitive = HEADERS.iter().any(|known| known.eq_ignore_ascii_case(name))
            || name.to_ascii_lowercase().contains("secret")
            || name.to_ascii_lowercase().ends_with("-token");
        if !sensitive {
            return masked;
        }
        match masked.split_once(' ') {
            _ if masked.ends_with(']') && masked != value => masked,
            Some((scheme, _)) if is_scheme(scheme) => format!("{scheme} [hidden]"),
            _ => "[hidden]".to_owned(),
        }
    }
}

/// An authentication scheme's name; anything else could be part of the secret.
fn is_scheme(word: &str) -> bool {
    let known = ["basic", "bearer", "token", "digest", "dpop", "oauth", "session"];
    known.contains(&word.to_ascii_lowercase().as_str())
        || word.to_ascii_lowercase().ends_with("-oauthtoken")
}

/// The spellings in which a secret can occur.
fn spellings(value: &str) -> Vec<Secret> {
    let mut all = vec![value.to_owned(), percent(value), form(value)];
    let quoted = serde_json::Value::from(value).to_string();
    all.push(quoted[1..quoted.len() - 1].to_owned());
    // Base64 depends on what stands before: each of the three alignments, without the characters
    // that mix with the neighbours.
    for shift in 0..3 {
        let mut bytes = vec![b'.'; shift];
        bytes.extend_from_slice(value.as_bytes());
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            let start = [0, 2, 3][shift];
            let end = encoded.len() - [0, 1, 1][bytes.len() % 3];
            if end > start + 7 {
                all.push(encoded[start..end].to_owned());
            }
        }
    }
    all.sort_by_key(|text| std::cmp::Reverse(text.len()));
    all.dedup();
    all.into_iter().filter(|text| text.len() >= MIN_LENGTH).map(Secret::from).collect()
}

fn percent(value: &str) -> String {
    value.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

fn form(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

#[allow(clippy::expect_used, reason = "the patterns are literals of this file")]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a literal pattern")
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    fn redactor() -> Redactor {
        let mut redactor = Redactor::default();
        redactor.learn("access_token", &Secret::from("tok/en+42=="));
        redactor
    }

    #[test]
    fn a_known_secret_is_masked_in_every_spelling() {
        let redactor = redactor();
        for text in [
            "Bearer tok/en+42==",
            "https://a.test/t/tok%2Fen%2B42%3D%3D/x",
            "x=1&t=tok%2Fen%2B42%3D%3D",
            r#"{"a": "tok/en+42=="}"#,
        ] {
            let masked = redactor.mask(text);
            assert!(masked.contains("[access_token]"), "{masked}");
            assert!(!masked.contains("42"), "{masked}");
        }
    }

    #[test]
    fn what_stands_under_a_telling_name_is_masked_unseen() {
        let redactor = Redactor::default();
        assert_eq!(
            redactor.mask(r#"{"access_token":"new","n":1}"#),
            r#"{"access_token":"[hidden]","n":1}"#
        );
        assert_eq!(
            redactor.mask("grant_type=x&code=abc&client_secret=s"),
            "grant_type=x&code=[hidden]&client_secret=[hidden]"
        );
        for text in [
            r#"{"accessToken":"new"}"#,
            r#"{"clientSecret": "new"}"#,
            r#"{"tokens": ["new", "new2"]}"#,
            r#"{"api_key": 4711}"#,
            "<r><access_token>new</access_token></r>",
            "<a:authToken x='1'>new</a:authToken>",
        ] {
            let masked = redactor.mask(text);
            assert!(masked.contains("[hidden]"), "{masked}");
            assert!(!masked.contains("new") && !masked.contains("4711"), "{masked}");
        }
        assert_eq!(redactor.mask(r#"{"token_type":"bearer"}"#), r#"{"token_type":"bearer"}"#);
        assert_eq!(redactor.mask_header("Authorization", "Bearer abc"), "Bearer [hidden]");
        assert_eq!(redactor.mask_header("X-Api-Key", "abc"), "[hidden]");
        assert_eq!(redactor.mask("error: the state of things"), "error: the state of things");
    }

    #[test]
    fn a_second_secret_of_one_name_keeps_its_mark_and_only_marks_are_kept() {
        let mut redactor = redactor();
        redactor.learn("access_token", &Secret::from("another"));
        assert_eq!(
            redactor.mask("oauth_token=another&oauth_signature=a%252Fb&oauth_verifier=1234567"),
            "oauth_token=[access_token 2]&oauth_signature=[hidden]&oauth_verifier=[hidden]"
        );
        assert_eq!(redactor.mask(r#"{"token":"another"}"#), r#"{"token":"[access_token 2]"}"#);
        for text in ["token=[abc]", "token=[access_token 2]abc", r#"{"token":"[abc]"}"#] {
            let masked = redactor.mask(text);
            assert!(masked.contains("[hidden]") && !masked.contains("abc"), "{masked}");
        }
    }

    proptest! {
        #[test]
        fn base64_hides_it_at_every_alignment(before in "[a-z:]{0,5}", after in "[a-z:]{0,5}") {
            let secret = "hunter2-hunter2";
            let mut redactor = Redactor::default();
            redactor.learn("password", &Secret::from(secret));
            let text = STANDARD.encode(format!("{before}{secret}{after}"));
            prop_assert!(redactor.mask(&text).contains("[password]"));
        }
    }
}
