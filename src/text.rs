//! Text: what comes from outside made safe for a screen, and bytes as text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use std::fmt::Write;

/// All but the unreserved characters of RFC 3986 section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What the system said of a file, without the name of a temporary one, which nobody has ever seen.
#[must_use]
pub fn io_cause(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split_once(" at path \"").map_or(text.as_str(), |(cause, _)| cause).to_owned()
}

/// Without characters that could steer a terminal, turn the direction of text, or hide in it. Line
/// breaks stay.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().filter(|c| is_shown(*c)).collect()
}

/// Whether a character is one that a screen shows, or a line break.
#[must_use]
pub fn is_shown(c: char) -> bool {
    c == '\n' || !(c.is_control() || is_hidden(c))
}

/// Whether a character is of a script that is written from right to left, such as Hebrew and Arabic.
#[must_use]
pub fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// One line of at most `length` characters.
#[must_use]
pub fn short(text: &str, length: usize) -> String {
    let clean = printable(text).replace('\n', " ");
    let clean = clean.trim();
    match clean.char_indices().nth(length) {
        Some((at, _)) => format!("{}..", &clean[..at]),
        None => clean.to_owned(),
    }
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Percent-encodes all but the unreserved characters of RFC 3986 section 2.3, in UTF-8.
#[must_use]
pub fn percent_encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, RESERVED).to_string()
}

/// A Content Security Policy that allows a page its own style, by hash, and nothing else. The style
/// is the page's only one.
#[must_use]
pub fn style_policy(html: &str) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, style_of(html).as_bytes());
    let hash = STANDARD.encode(hash);
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

/// What stands in a page's only style element.
#[must_use]
pub fn style_of(html: &str) -> &str {
    let after = html.split_once("<style>").map_or("", |(_, after)| after);
    after.split_once("</style>").map_or("", |(style, _)| style)
}

/// The name in `known` that was probably meant by `typed`.
#[must_use]
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = (typed.len() / 3).max(1);
    // As many letters are missing or too many, so it need not be compared.
    let near = |name: &&str| name.len().abs_diff(typed.len()) <= far || name.starts_with(typed);
    let distance = |name: &&str| strsim::damerau_levenshtein(typed, name);
    let best = known.into_iter().filter(near).min_by_key(distance)?;
    let close = strsim::damerau_levenshtein(typed, best) <= far;
    let extends = typed.len() > 2 && best.starts_with(typed);
    (close || extends).then_some(best)
}

/// Bidirectional controls, zero-width characters, and the separators that some terminals obey.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_file_is_not_named() {
        let error = tempfile::NamedTempFile::new_in("/nowhere").unwrap_err();
        assert!(error.to_string().contains("/nowhere"), "{error}");
        assert!(!io_cause(&error).contains("/nowhere"), "{}", io_cause(&error));
    }

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        assert_eq!(printable("a\u{1b}[31m\u{202e}b\u{200b}\n"), "a[31mb\n");
        assert_eq!(short(" a\nb ", 9), "a b");
        assert_eq!(short("abcdef", 3), "abc..");
    }

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(percent_encode("aZ0-._~"), "aZ0-._~");
        assert_eq!(percent_encode(" +%/é"), "%20%2B%25%2F%C3%A9");
    }

    #[test]
    fn hex_has_two_digits_a_byte() {
        assert_eq!(hex(&[0, 0x0a, 0xff]), "000aff");
    }
}
