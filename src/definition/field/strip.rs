//! What is taken off a pasted value: an address becomes the part of it that is wanted.

use crate::definition::keys::app::STRIP;
use crate::definition::reader::Reader;
use crate::definition::yaml::Node;

/// Prefix and suffix of a pasted value that are dropped.
#[derive(Clone, Debug, Default)]
pub struct Strip {
    prefix: String,
    suffix: String,
}

impl Strip {
    pub(super) fn read(reader: &mut Reader, node: &Node) -> Self {
        let mut strip = Self::default();
        if let Some(entries) = reader.entries(node, "`strip`", STRIP) {
            if let Some(node) = entries.take("prefix") {
                strip.prefix = reader.text(node, "`prefix`").unwrap_or_default();
            }
            if let Some(node) = entries.take("suffix") {
                strip.suffix = reader.text(node, "`suffix`").unwrap_or_default();
            }
        }
        strip
    }

    /// Trim, drop the prefix, then the suffix and all after it, ignoring ASCII case.
    pub(super) fn apply(&self, input: &str) -> String {
        let mut value = input.trim();
        let lower = value.to_ascii_lowercase();
        if !self.prefix.is_empty() && lower.starts_with(&self.prefix.to_ascii_lowercase()) {
            value = &value[self.prefix.len()..];
        }
        let lower = value.to_ascii_lowercase();
        if !self.suffix.is_empty()
            && let Some(at) = lower.find(&self.suffix.to_ascii_lowercase())
        {
            value = &value[..at];
        }
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_address_becomes_the_bare_value() {
        let strip = Strip { prefix: "https://".into(), suffix: ".zendesk.com".into() };
        assert_eq!(strip.apply(" HTTPS://acme.Zendesk.com/agent "), "acme");
        assert_eq!(strip.apply("acme"), "acme");
    }
}
