//! Masking: nothing that is shown contains a secret, in whatever spelling it stands there.
//!
//! Two nets. By value: each known secret is masked wherever it occurs, raw, percent-encoded,
//! Base64-encoded or inside JSON, under a mark that stays the same for the same value. By name:
//! what a server sends or expects under a name such as `access_token` is masked even before
//! anybody knows the value.

mod jwt;
mod mark;
mod names;
mod spelling;

pub use jwt::Token;

use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mark::{hidden, mark};
use names::{ELEMENT, HIDDEN, JSON_MEMBER, JWT, MARK, PAIR, is_secret_header};
use regex_lite::Captures;
use spelling::spellings;

/// A text cut before and after each mark, and whether a piece is one: for views that set them apart.
pub fn split_at_marks(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut at = 0;
    let mut pieces = Vec::new();
    for found in MARK.find_iter(text) {
        pieces.push((false, &text[at..found.start()]));
        pieces.push((true, found.as_str()));
        at = found.end();
    }
    pieces.push((false, &text[at..]));
    pieces.into_iter().filter(|(_, piece)| !piece.is_empty())
}

/// Shorter values are masked by name only: masking `a` everywhere would hide everything.
const MIN_LENGTH: usize = 4;

/// From this length on a value that stood under a telling name is looked for elsewhere too.
const MIN_FOUND: usize = 16;

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
        let (mark, spellings) = (mark(name, value), spellings(value));
        self.known.push(Known { mark, secret: secret.clone(), spellings });
        // The longest first: a secret may hold another.
        self.known.sort_by_key(|known| std::cmp::Reverse(known.secret.expose().len()));
    }

    /// Notes what stands under a telling name in a message, so that it is masked wherever else it
    /// occurs. Only what looks random: `"state": "open"` must not hide every `open`.
    pub fn learn_from(&mut self, text: &str) {
        let members = JSON_MEMBER.captures_iter(text).map(|found| {
            (found[2].to_owned(), serde_json::from_str(&found[3]).unwrap_or_default())
        });
        let pairs = PAIR.captures_iter(text).map(|found| {
            (
                found[3].to_owned(),
                percent_encoding::percent_decode_str(&found[4]).decode_utf8_lossy().into_owned(),
            )
        });
        let named: Vec<(String, String)> = members.chain(pairs).collect();
        for (name, value) in named.iter().filter(|(_, value)| looks_random(value)) {
            self.learn(name, &Secret::from(value.as_str()));
        }
        for found in JWT.find_iter(text) {
            self.learn("jwt", &Secret::from(found.as_str()));
        }
    }

    /// Masks every known secret, and what stands under a telling name.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        // A JWT first and whole: its claims may hold another secret.
        let text = JWT.replace_all(text, |found: &Captures| self.mark_of_jwt(&found[0]));
        let text = self.mask_values(&text);
        let text = JSON_MEMBER.replace_all(&text, |found: &Captures| {
            let value = found[3].trim_matches('"');
            match self.is_mark(value) {
                true => found[0].to_owned(),
                false => format!("{}\"{}\"", &found[1], hidden(value)),
            }
        });
        let text = ELEMENT.replace_all(&text, |found: &Captures| {
            format!("{}{}", &found[1], self.marked(&found[2]))
        });
        // In an `OAuth` header the value stands in quotes, and a comma follows.
        let text = PAIR.replace_all(&text, |found: &Captures| {
            let value = found[4].trim_end_matches(',').trim_matches('"');
            let (before, after) = found[4].split_once(value).unwrap_or_default();
            format!("{}{}{before}{}{after}", &found[1], &found[2], self.marked(value))
        });
        text.into_owned()
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
        if !is_secret_header(name) {
            return self.mask(value);
        }
        match name.to_ascii_lowercase().as_str() {
            "cookie" => {
                value.split("; ").map(|pair| self.cookie(pair)).collect::<Vec<_>>().join("; ")
            }
            "set-cookie" => {
                let (pair, attributes) = value.split_once(';').unwrap_or((value, ""));
                let end = if attributes.is_empty() { "" } else { ";" };
                format!("{}{end}{}", self.cookie(pair), self.mask_values(attributes))
            }
            _ => self.credential(value),
        }
    }

    /// A credential as a header carries it: the scheme can be read, and of `Basic` the user name.
    fn credential(&self, value: &str) -> String {
        let Some((scheme, rest)) = value.split_once(' ') else { return self.marked(value) };
        match scheme.to_ascii_lowercase().as_str() {
            "basic" => format!("{scheme} {}", self.basic(rest)),
            "oauth" if rest.contains("oauth_signature=") => format!("{scheme} {}", self.mask(rest)),
            known if is_scheme(known) => format!("{scheme} {}", self.marked(rest)),
            _ => self.marked(value),
        }
    }

    /// RFC 7617: who, and the mark of the password. Where the password is not known, the user name
    /// could as well be the secret.
    fn basic(&self, encoded: &str) -> String {
        let decoded = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let pair = decoded.as_deref().and_then(|text| text.split_once(':'));
        let Some((user, password)) = pair else { return self.marked(encoded) };
        let (user, password) = (self.mask_values(user), self.mask_values(password));
        match self.is_mark(&user) || self.is_mark(&password) && !password.is_empty() {
            true if self.is_mark(&password) => format!("{user}:{password}"),
            true => format!("{user}:{}", hidden(&password)),
            false => hidden(encoded),
        }
    }

    fn cookie(&self, pair: &str) -> String {
        match pair.split_once('=') {
            Some((name, value)) => format!("{}={}", self.mask_values(name), self.marked(value)),
            None => self.marked(pair),
        }
    }

    fn mark_of_jwt(&self, jwt: &str) -> String {
        let known = self.known.iter().find(|known| known.secret.equals(jwt));
        known.map_or_else(|| mark("jwt", jwt), |known| known.mark.clone())
    }

    /// A value that is secret as a whole: its own mark, or that of something hidden.
    fn marked(&self, value: &str) -> String {
        let masked = self.mask_values(value);
        if self.is_mark(&masked) { masked } else { hidden(value) }
    }

    /// Whether a text is one of our marks and nothing beside it; an empty one hides nothing.
    fn is_mark(&self, text: &str) -> bool {
        text.is_empty()
            || HIDDEN.is_match(text)
            || self.known.iter().any(|known| known.mark == text)
    }
}

/// An authentication scheme's name; anything else could be part of the secret.
fn is_scheme(word: &str) -> bool {
    ["bearer", "token", "digest", "dpop", "oauth", "session"].contains(&word)
        || word.ends_with("-oauthtoken")
}

fn looks_random(value: &str) -> bool {
    let has = |test: fn(&u8) -> bool| value.as_bytes().iter().any(test);
    value.len() >= MIN_FOUND
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && !has(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests;
