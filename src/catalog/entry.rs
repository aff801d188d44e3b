//! What lists show of an app: its name, title, ways in and status, without parsing what is embedded.

use std::path::PathBuf;

/// One app in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name in commands.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Its authorizations by name and type; the first is the default.
    pub authorizations: Vec<(String, String)>,
    /// How much is known of it, or `wrong` where its definition has errors.
    pub status: String,
    /// It is there to be extended: the products of a family are what people connect.
    pub family: bool,
    /// Where its definition comes from.
    pub origin: Origin,
}

/// Where a definition comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The executable.
    Embedded,
    /// A file.
    File(PathBuf),
}

/// How well a search fits an app; the best comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is the name.
    Name,
    /// The name or the title begins with it.
    Start,
    /// A word of the title or the name begins with it.
    Word,
    /// It stands somewhere in the name or the title.
    Within,
    /// It begins the name of a type, an authorization or a status.
    Kind,
    /// Its letters stand in the name in this order.
    Letters,
    /// The name or a word of the title is spelt almost like it.
    Spelling,
}

impl Entry {
    /// The types of its authorizations, each once, the default first.
    #[must_use]
    pub fn types(&self) -> Vec<&str> {
        let mut types = Vec::new();
        for (_, kind) in &self.authorizations {
            if !types.contains(&kind.as_str()) {
                types.push(kind.as_str());
            }
        }
        types
    }

    /// Whether it is for practice: it is spoken to by `tieline sandbox`.
    #[must_use]
    pub fn is_practice(&self) -> bool {
        self.name.starts_with("sandbox-")
    }

    /// Whether a list leaves it out until it is asked for.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.family || self.is_practice() || self.status == "discontinued"
    }

    /// How well a search fits: every word of it must, and the worst decides.
    #[must_use]
    pub fn fit(&self, search: &str) -> Option<Fit> {
        let search = search.to_lowercase();
        let fits = search.split_whitespace().map(|word| self.fit_word(word));
        fits.collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    fn fit_word(&self, word: &str) -> Option<Fit> {
        let title = self.title.to_lowercase();
        let parts = || title.split(|c: char| !c.is_alphanumeric()).chain(self.name.split('-'));
        let kinds = self.authorizations.iter().flat_map(|(name, kind)| [name, kind]);
        Some(match word {
            _ if self.name == word => Fit::Name,
            _ if self.name.starts_with(word) || title.starts_with(word) => Fit::Start,
            _ if parts().any(|part| part.starts_with(word)) => Fit::Word,
            _ if self.name.contains(word) || title.contains(word) => Fit::Within,
            _ if kinds.chain([&self.status]).any(|kind| kind.starts_with(word)) => Fit::Kind,
            _ if word.len() >= 3 && in_order(&self.name, word) => Fit::Letters,
            _ if parts().chain([self.name.as_str()]).any(|part| alike(part, word)) => Fit::Spelling,
            _ => return None,
        })
    }
}

impl Fit {
    /// Whether it is only a guess, for when nothing else fits.
    #[must_use]
    pub fn is_guess(self) -> bool {
        self >= Self::Letters
    }
}

/// Whether the letters stand in a text one after another, beginning with its first.
fn in_order(text: &str, letters: &str) -> bool {
    let mut rest = text.chars();
    text.starts_with(|c| letters.starts_with(c)) && letters.chars().all(|c| rest.any(|t| t == c))
}

/// One slip in a short word, two in a longer one.
fn alike(word: &str, typed: &str) -> bool {
    let slips = if typed.chars().count() < 6 { 1 } else { 2 };
    typed.chars().count() >= 4 && strsim::damerau_levenshtein(word, typed) <= slips
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, title: &str) -> Entry {
        Entry {
            name: name.into(),
            title: title.into(),
            authorizations: vec![
                ("main".into(), "oauth2".into()),
                ("key".into(), "api_key".into()),
            ],
            status: "documented".into(),
            family: false,
            origin: Origin::Embedded,
        }
    }

    #[test]
    fn a_name_fits_better_than_a_word_and_that_better_than_a_type() {
        let entry = entry("zoho-crm", "Zoho CRM");
        let fit = |search: &str| entry.fit(search);
        assert_eq!(fit("zoho-crm"), Some(Fit::Name));
        assert_eq!(fit("ZOHO c"), Some(Fit::Word));
        assert_eq!(fit("oho"), Some(Fit::Within));
        assert_eq!(fit("zoho"), Some(Fit::Start));
        assert_eq!(fit("crm"), Some(Fit::Word));
        assert_eq!(fit("api_key"), Some(Fit::Kind));
        assert_eq!(fit("crm oauth2"), Some(Fit::Kind));
        assert_eq!(fit("zcrm"), Some(Fit::Letters));
        assert_eq!(fit("zohoo"), Some(Fit::Spelling));
        assert_eq!(fit("crm github"), None);
    }
}
