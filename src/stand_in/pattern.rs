//! A text that fits a pattern, for a field without an example.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// What a repetition without an upper bound gets beyond its lower one.
const MORE: u32 = 8;

/// A text that fits; `seed` makes that of two fields with the same pattern differ. `None` for what is no
/// pattern, or one that needs more than characters.
pub(super) fn fitting(pattern: &str, seed: &str) -> Option<String> {
    let hir = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()?;
    let start = seed.bytes().fold(7, |sum: usize, byte| sum.wrapping_mul(31) + usize::from(byte));
    let mut writer = Writer { at: start, bytes: Vec::new() };
    writer.write(&hir);
    String::from_utf8(writer.bytes).ok()
}

struct Writer {
    /// Which of several possibilities comes next.
    at: usize,
    bytes: Vec<u8>,
}

impl Writer {
    fn write(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.bytes.extend_from_slice(&literal.0),
            HirKind::Class(class) => self.write_one_of(class),
            HirKind::Repetition(repetition) => {
                let most = repetition.max.unwrap_or(repetition.min + MORE);
                for _ in 0..most.min(repetition.min + MORE) {
                    self.write(&repetition.sub);
                }
            }
            HirKind::Capture(capture) => self.write(&capture.sub),
            HirKind::Concat(all) => all.iter().for_each(|hir| self.write(hir)),
            HirKind::Alternation(all) => self.write(&all[0]),
        }
    }

    /// A letter or digit where the class has any: what else it has may mean something elsewhere.
    fn write_one_of(&mut self, class: &Class) {
        let fits = |byte: u8| match class {
            Class::Bytes(class) => {
                class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte))
            }
            Class::Unicode(class) => class
                .ranges()
                .iter()
                .any(|range| (range.start()..=range.end()).contains(&char::from(byte))),
        };
        let plain: Vec<u8> =
            (b'!'..=b'~').filter(|b| b.is_ascii_alphanumeric() && fits(*b)).collect();
        let all: Vec<u8> =
            if plain.is_empty() { (b' '..=b'~').filter(|b| fits(*b)).collect() } else { plain };
        self.at =
            self.at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.bytes.extend(all.get((self.at >> 33) % all.len().max(1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_lite::Regex;

    #[test]
    fn what_comes_out_fits() {
        for pattern in [
            "[a-z0-9][a-z0-9-]*",
            "AC[0-9a-f]{32}",
            "xox[a-z][.-].+",
            "(ntn_|secret_).+",
            "[^|]+",
            ".+-[a-z]{2,4}[0-9]+",
            "[A-Za-z0-9_-]{43}=?",
        ] {
            let text = fitting(pattern, "api_key").unwrap();
            assert!(
                Regex::new(&format!("^(?:{pattern})$")).unwrap().is_match(&text),
                "{pattern}: {text}"
            );
            assert_ne!(text, fitting(pattern, "api_secret").unwrap(), "{pattern}");
        }
    }
}
