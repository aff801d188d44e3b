//! Every app of the catalogue: by name for completion, by title for menus, with its ways in for lists.

use super::Catalog;
use super::embedded::{EMBEDDED, Embedded};
use super::entry::{Entry, Origin};
use super::file::{read_file, title, yaml_files};
use crate::definition::Definition;
use crate::definition::names::AppName;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

impl Catalog {
    /// Every app by name and title; a file in a folder hides the embedded one.
    #[must_use]
    pub fn list(&self) -> Vec<(String, String)> {
        let mut apps: Vec<(String, String)> =
            EMBEDDED.iter().map(|e| (e.name.to_owned(), e.title.to_owned())).collect();
        for name in self.own_names() {
            apps.retain(|(known, _)| *known != name);
            apps.push((name.clone(), name));
        }
        apps.sort();
        apps
    }

    /// The apps whose names begin like this, with their titles. For the title of one of the user's own
    /// its file is read, unless there are more of those than `readable`.
    #[must_use]
    pub fn beginning(&self, start: &str, readable: usize) -> BTreeMap<String, Option<String>> {
        let begins = |name: &str| name.starts_with(start);
        let mut own = BTreeMap::new();
        for path in self.folders.iter().rev().flat_map(|folder| yaml_files(folder)) {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if begins(&name) {
                own.insert(name, path);
            }
        }
        let reads = own.len() <= readable;
        let mut apps: BTreeMap<String, Option<String>> = EMBEDDED
            .iter()
            .filter(|app| begins(app.name))
            .map(|app| (app.name.to_owned(), Some(app.title.to_owned())))
            .collect();
        let title = |path: &Path| title(&String::from_utf8_lossy(&read_file(path).ok()?));
        apps.extend(
            own.into_iter().map(|(name, path)| (name, reads.then(|| title(&path)).flatten())),
        );
        apps
    }

    /// Every app with what a list shows of it. Only what lies in folders is parsed.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = EMBEDDED.iter().map(Embedded::entry).collect();
        for name in self.own_names() {
            entries.retain(|known| known.name != name);
            entries.push(self.own_entry(name));
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        entries
    }

    fn own_names(&self) -> BTreeSet<String> {
        let files = self.folders.iter().flat_map(|folder| yaml_files(folder));
        files
            .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
            .filter(|name| AppName::parse(name).is_ok())
            .collect()
    }

    fn own_entry(&self, name: String) -> Entry {
        let origin = self.origin(&name).unwrap_or(Origin::Embedded);
        match self.load(&name) {
            Ok(definition) => Entry {
                name,
                title: definition.title.clone(),
                authorizations: ways(&definition),
                status: definition.status.name().to_owned(),
                family: false,
                origin,
            },
            Err(_) => Entry {
                title: name.clone(),
                name,
                authorizations: Vec::new(),
                status: "wrong".to_owned(),
                family: false,
                origin,
            },
        }
    }
}

fn ways(definition: &Definition) -> Vec<(String, String)> {
    let all = definition.authorizations.iter();
    all.map(|auth| (auth.name.clone(), auth.kind.name().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_listed_without_parsing_is_what_the_parser_reads() {
        let catalog = Catalog::new(Vec::new());
        for entry in catalog.entries() {
            let definition = catalog.load(&entry.name).unwrap();
            assert_eq!(entry.title, definition.title);
            assert_eq!(entry.status, definition.status.name(), "{}", entry.name);
            assert_eq!(entry.authorizations, ways(&definition), "{}", entry.name);
        }
    }
}
