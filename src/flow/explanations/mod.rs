//! Explanations: what an error code means, what to do about it, and where that is written. Data, one
//! file for each who gave the codes; an app's own stand in its definition and go first.

mod google;
mod http;
mod microsoft;
mod oauth1;
mod oauth2;
mod openid;
mod vendors;

/// What a refusal means. `{app}` and `{id}` in the fix are filled in.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// The error code, in lower case, or the status; empty for any.
    pub code: &'static str,
    /// What the description has to have in it, in lower case; empty for anything.
    pub said: &'static str,
    /// What is behind it.
    pub cause: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// Where the code is defined: a section of an RFC, or a vendor's page.
    pub source: &'static str,
}

impl Explanation {
    /// Of a code, whatever else is said.
    const fn of(
        code: &'static str,
        cause: &'static str,
        fix: &'static str,
        source: &'static str,
    ) -> Self {
        Self { code, said: "", cause, fix, source }
    }

    /// The same where the description has this in it.
    const fn said(self, said: &'static str) -> Self {
        Self { said, ..self }
    }

    fn fits(&self, code: &str, description: &str) -> bool {
        (self.code.is_empty() || self.code == code) && description.contains(self.said)
    }
}

/// The tables, the more particular first.
const TABLES: [&[Explanation]; 7] = [
    microsoft::TABLE,
    google::TABLE,
    vendors::TABLE,
    oauth2::TABLE,
    openid::TABLE,
    oauth1::TABLE,
    http::TABLE,
];

/// Every explanation there is.
pub fn all() -> impl Iterator<Item = &'static Explanation> {
    TABLES.iter().copied().flatten()
}

/// The explanation of a refusal: by what was said, else by its code, else by the code that this one
/// is another name of, else by the status.
#[must_use]
pub fn find(code: &str, description: &str, status: u16) -> Option<&'static Explanation> {
    let (code, description) = (code.to_ascii_lowercase(), description.to_ascii_lowercase());
    let status = status.to_string();
    let standard = vendors::ALIASES.iter().find(|(alias, _)| *alias == code).map(|(_, name)| *name);
    let by_word =
        |code: &str| all().find(|found| !found.said.is_empty() && found.fits(code, &description));
    let by_code = |wanted: &str| all().find(|found| found.said.is_empty() && found.code == wanted);
    by_word(&code)
        .or_else(|| by_word(standard?))
        .or_else(|| by_code(&code))
        .or_else(|| by_code(standard?))
        .or_else(|| by_code(&status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_explanation_is_found_by_what_it_is_for() {
        for one in all() {
            let found = find(one.code, one.said, 400).map(|found| (found.code, found.said));
            assert_eq!(found, Some((one.code, one.said)));
        }
    }

    #[test]
    fn every_explanation_is_written_as_a_part_of_a_sentence() {
        for one in all() {
            for text in [one.cause, one.fix] {
                let first = text.chars().next().unwrap_or('.');
                assert!(!text.ends_with('.') && first != '.', "{}: {text}", one.code);
                assert_eq!(text.matches('`').count() % 2, 0, "{}: {text}", one.code);
            }
            assert!(
                one.source.starts_with("RFC ") || one.source.starts_with("https://"),
                "{one:?}"
            );
            assert_eq!(one.code.to_ascii_lowercase(), one.code);
            assert_eq!(one.said.to_ascii_lowercase(), one.said);
        }
    }

    #[test]
    fn an_alias_leads_to_a_code() {
        for (alias, name) in vendors::ALIASES {
            assert_eq!(find(alias, "", 400).map(|found| found.code), Some(*name), "{alias}");
        }
    }
}
