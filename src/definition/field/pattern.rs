//! Patterns: regular expressions that must match a field's whole value.

use crate::definition::finding::Finding;
use crate::definition::reader::Reader;
use crate::definition::rule::Rule;
use crate::definition::yaml::Node;
use regex_lite::Regex;

/// A regular expression that must match the whole value.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl Pattern {
    pub(super) fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        let text = reader.text(node, "`pattern`")?;
        match Regex::new(&text).and_then(|_| Regex::new(&format!("^(?:{text})$"))) {
            Ok(regex) => Some(Self { text, regex }),
            Err(error) => {
                let message = format!("this is no regular expression: {error}");
                reader.findings.push(Finding::new(Rule::Pattern, node.span.clone(), message));
                None
            }
        }
    }

    /// The expression as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn fits(&self, value: &str) -> bool {
        self.regex.is_match(value)
    }

    /// Whether some short value with a dot would fit. A sample, not a proof: the value itself is
    /// checked again when a host is made of it.
    pub(super) fn allows_dot(&self) -> bool {
        ["a.b", "a.b.c", ".", "a1.b2", "evil.com", "1.2", "a-b.c"].iter().any(|v| self.fits(v))
    }
}
