//! What is left in a file that is shared: notes to oneself, and what looks like a secret. Comments
//! count too, so it is the text that is looked through, and not its tree.

use super::finding::Finding;
use super::rule::Rule;
use super::source::{Source, Span};
use std::rc::Rc;

/// Words that say that something is still missing.
const NOTES: &[&str] = &["TODO", "FIXME"];

/// How secrets of well-known providers begin.
const PREFIXES: &[&str] = &[
    "AIza",
    "EAAC",
    "GOCSPX-",
    "SG.",
    "eyJ",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "key-",
    "lin_api_",
    "ntn_",
    "rk_live_",
    "sk-",
    "sk_live_",
    "sk_test_",
    "shpat_",
    "xapp-",
    "xoxb-",
    "xoxp-",
    "ya29.",
];

/// Behind the prefix of a real one stand at least this many characters in a row.
const LENGTH: usize = 16;

const PRIVATE_KEY: &str = "PRIVATE KEY-----";

/// Looks through a whole file.
pub(super) fn check(source: &Rc<Source>, findings: &mut Vec<Finding>) {
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        check_line(source, start, line, findings);
        start += line.len();
    }
}

/// One finding a line is enough to have it looked at.
fn check_line(source: &Rc<Source>, at: usize, line: &str, findings: &mut Vec<Finding>) {
    let (mut secret, mut note) = (None, None);
    // Each definition that is used is looked through, so it is done once, and most words are short.
    for (start, word) in words(line) {
        if word.len() > LENGTH && looks_secret(word) {
            secret.get_or_insert((start, word));
        } else if NOTES.contains(&word) {
            note.get_or_insert((start, word));
        }
    }
    let secret = secret.or_else(|| Some((line.find(PRIVATE_KEY)?, PRIVATE_KEY)));
    if let Some((start, word)) = secret {
        let span = Span::of(source, at + start, word.len());
        let message = "this looks like a secret, and a definition holds none";
        let finding = Finding::new(Rule::SecretInDefinition, span, message);
        findings.push(finding.help("take it out, and have it replaced where it is from"));
    }
    if let Some((start, word)) = note {
        let span = Span::of(source, at + start, word.len());
        let message = format!("`{word}`: something is still to be done here");
        findings.push(Finding::new(Rule::Todo, span, message));
    }
}

/// Runs of the characters that secrets are made of, and where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let bytes = text.as_bytes();
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + bytes[rest..].iter().position(part)?;
        let length = bytes[start..].iter().position(|byte| !part(byte));
        rest = length.map_or(bytes.len(), |length| start + length);
        Some((start, text[start..rest].trim_end_matches(['.', '-'])))
    })
}

/// A known prefix, and behind it a run of letters and digits that is no word.
fn looks_secret(word: &str) -> bool {
    let Some(rest) = PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix)) else {
        return false;
    };
    rest.split(['-', '.']).any(|run| {
        let has = |test: fn(&u8) -> bool| run.as_bytes().iter().any(test);
        run.len() >= LENGTH && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, (usize, usize))> {
        let mut findings = Vec::new();
        check(&Rc::new(Source::new("x.yaml", text)), &mut findings);
        findings.iter().map(|finding| (finding.rule.id(), finding.span.position())).collect()
    }

    #[test]
    fn notes_and_secrets_are_seen_in_values_and_comments() {
        assert_eq!(found("a: b # TODO: c\n"), [("todo", (1, 8))]);
        assert_eq!(found("a: TODOS\n"), []);
        let token = format!("ghp_{}", "a1B2".repeat(9));
        assert_eq!(found(&format!("a: \"{token}\"\n")), [("secret-in-definition", (1, 5))]);
        assert_eq!(found(&format!("a: x\n# {token}\n")), [("secret-in-definition", (2, 3))]);
        assert_eq!(found("a: |\n  -----BEGIN PRIVATE KEY-----\n").len(), 1);
    }

    #[test]
    fn what_only_begins_like_one_is_none() {
        for fine in ["ghp_...", "sk-your-key-of-many-letters", "key-rotation-guide-2024", "eyJ"] {
            assert_eq!(found(fine), [], "{fine}");
        }
    }
}
