//! The definitions in the executable, and what the build wrote down of each.

use super::entry::{Entry, Origin};
use crate::definition::names::AppName;

/// A definition in the binary.
pub(super) struct Embedded {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) status: &'static str,
    pub(super) family: bool,
    /// `NAME=TYPE NAME=TYPE`.
    pub(super) authorizations: &'static str,
    pub(super) text: &'static str,
}

/// Sorted by name.
pub(super) static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

impl Embedded {
    /// What lists show of it.
    pub(super) fn entry(&self) -> Entry {
        let ways = self.authorizations.split(' ').filter_map(|way| way.split_once('='));
        Entry {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            authorizations: ways.map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect(),
            status: self.status.to_owned(),
            family: self.family,
            origin: Origin::Embedded,
        }
    }
}

pub(super) fn embedded_app(app: &AppName) -> Option<&'static Embedded> {
    let found = EMBEDDED.binary_search_by_key(&app.as_str(), |embedded| embedded.name).ok()?;
    EMBEDDED.get(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn the_table_is_sorted_so_that_binary_search_finds_every_app() {
        let catalog = Catalog::new(Vec::new());
        for (name, title) in catalog.list() {
            let app = AppName::parse(&name).unwrap();
            assert!(catalog.tree(&app).unwrap().is_some(), "{name}");
            assert!(!title.is_empty(), "{name} has no title");
        }
    }
}
