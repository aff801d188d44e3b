//! The catalogue: where the definition of an app comes from.
//!
//! A path that was given, the user's own folder, then the embedded definitions. A folder `./apps`
//! is looked at only where it is asked for: a cloned repository must not be able to redirect a
//! credential that is already kept.

mod entry;
mod save;

pub use entry::{Entry, Fit, Origin};
pub use save::save;

use crate::definition::finding::Finding;
use crate::definition::names::{AppName, NameError, nearest};
use crate::definition::source::{MAX_BYTES, Source};
use crate::definition::{Definition, Parsed, Tree};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A definition in the binary.
struct Embedded {
    name: &'static str,
    title: &'static str,
    status: &'static str,
    family: bool,
    authorizations: &'static [(&'static str, &'static str)],
    text: &'static str,
}

/// Sorted by name.
static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// Where definitions are looked for.
#[derive(Clone, Debug)]
pub struct Catalog {
    folders: Vec<PathBuf>,
    /// What has been read: a file may be the parent of many.
    trees: RefCell<HashMap<PathBuf, Rc<Tree>>>,
}

/// Why there is no definition to use.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Nobody knows this app.
    #[error("there is no app `{app}`")]
    Unknown {
        /// The name asked for.
        app: String,
        /// The app that was probably meant.
        near: Option<String>,
    },
    /// Not a name at all.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The file cannot be read.
    #[error("`{}` cannot be read", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The definition has errors.
    #[error("the definition of `{app}` is wrong")]
    Wrong {
        /// The app.
        app: String,
        /// All of them.
        findings: Vec<Finding>,
    },
}

impl Catalog {
    /// A catalogue with folders that come before the embedded definitions.
    #[must_use]
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self { folders, trees: RefCell::default() }
    }

    /// The same with nothing read yet, for files that have changed since.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self::new(self.folders.clone())
    }

    /// Whether a word on the command line is a path and not an app's name.
    #[must_use]
    pub fn is_path(word: &str) -> bool {
        let ends = Path::new(word).extension().is_some_and(|e| e == "yaml" || e == "yml");
        ends || word.starts_with(['.', '/', '~']) || word.contains('\\')
    }

    /// The definition of an app, by name or path.
    ///
    /// # Errors
    /// There is none, or it has errors.
    pub fn load(&self, word: &str) -> Result<Definition, CatalogError> {
        let (app, parsed) = self.parse(word)?;
        match parsed.definition {
            Some(definition) => Ok(definition),
            None => Err(CatalogError::Wrong { app: app.to_string(), findings: parsed.findings }),
        }
    }

    /// The same with everything that was found.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn parse(&self, word: &str) -> Result<(AppName, Parsed), CatalogError> {
        if !Self::is_path(word) {
            let app = AppName::parse(word)?;
            let tree = self.tree(&app)?.ok_or_else(|| self.unknown(word))?;
            let parsed = Definition::parse(&app, &tree, &|name| self.tree(name).ok().flatten());
            return Ok((app, parsed));
        }
        let path = Path::new(word);
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let app = AppName::parse(&stem)?;
        let tree = self.file(path)?;
        let beside = path.parent().map(Path::to_owned).unwrap_or_default();
        let parsed = Definition::parse(&app, &tree, &|name| {
            let near = beside.join(format!("{name}.yaml"));
            self.file(&near).ok().or_else(|| self.tree(name).ok().flatten())
        });
        Ok((app, parsed))
    }

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

    /// Whether a word is the name of an app or the path of a definition that is there. Nothing is
    /// read.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        if Self::is_path(word) {
            return Path::new(word).is_file();
        }
        let there = |app| embedded_app(&app).is_some() || self.own_file(&app).is_some();
        AppName::parse(word).is_ok_and(there)
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

    /// Where the definition of an app comes from; `None` where there is none.
    #[must_use]
    pub fn origin(&self, word: &str) -> Option<Origin> {
        if Self::is_path(word) {
            return Some(Origin::File(PathBuf::from(word)));
        }
        let app = AppName::parse(word).ok()?;
        let own = self.own_file(&app).map(Origin::File);
        own.or_else(|| embedded_app(&app).map(|_| Origin::Embedded))
    }

    /// The text of the embedded definition, whatever lies in folders.
    #[must_use]
    pub fn embedded_text(app: &AppName) -> Option<&'static str> {
        embedded_app(app).map(|found| found.text)
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

    fn own_file(&self, app: &AppName) -> Option<PathBuf> {
        let endings = ["yaml", "yml"];
        let files = self
            .folders
            .iter()
            .flat_map(|folder| endings.map(|ending| folder.join(format!("{app}.{ending}"))));
        files.into_iter().find(|path| fs::symlink_metadata(path).is_ok())
    }

    fn tree(&self, app: &AppName) -> Result<Option<Rc<Tree>>, CatalogError> {
        if let Some(path) = self.own_file(app) {
            return self.file(&path).map(Some);
        }
        let embedded = |found: &'static Embedded| {
            let name = format!("catalogue:{app}");
            self.kept(Path::new(&name), || {
                Ok(Tree::read(&Rc::new(Source::new(name.as_str(), found.text))))
            })
        };
        embedded_app(app).map(embedded).transpose()
    }

    /// A file's tree.
    fn file(&self, path: &Path) -> Result<Rc<Tree>, CatalogError> {
        self.kept(path, || Ok(Tree::from_bytes(path.display().to_string(), read_file(path)?)))
    }

    /// The tree of a path, read once.
    fn kept(
        &self,
        path: &Path,
        read: impl FnOnce() -> Result<Tree, CatalogError>,
    ) -> Result<Rc<Tree>, CatalogError> {
        if let Some(tree) = self.trees.borrow().get(path) {
            return Ok(Rc::clone(tree));
        }
        let tree = Rc::new(read()?);
        self.trees.borrow_mut().insert(path.to_owned(), Rc::clone(&tree));
        Ok(tree)
    }

    fn unknown(&self, word: &str) -> CatalogError {
        let apps = self.list();
        let near = nearest(word, apps.iter().map(|(name, _)| name.as_str()));
        CatalogError::Unknown { app: word.to_owned(), near: near.map(ToOwned::to_owned) }
    }
}

/// The `title` of a definition, without reading the rest of it.
fn title(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix("title:"))?;
    let value = value.split(" #").next().unwrap_or_default().trim();
    Some(value.trim_matches(['"', '\'']).to_owned())
}

impl Embedded {
    fn entry(&self) -> Entry {
        let ways = self.authorizations.iter();
        Entry {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            authorizations: ways.map(|(name, kind)| (name.to_string(), kind.to_string())).collect(),
            status: self.status.to_owned(),
            family: self.family,
            origin: Origin::Embedded,
        }
    }
}

fn embedded_app(app: &AppName) -> Option<&'static Embedded> {
    let found = EMBEDDED.binary_search_by_key(&app.as_str(), |embedded| embedded.name).ok()?;
    EMBEDDED.get(found)
}

fn ways(definition: &Definition) -> Vec<(String, String)> {
    let all = definition.authorizations.iter();
    all.map(|auth| (auth.name.clone(), auth.kind.name().to_owned())).collect()
}

/// The definitions in a folder, sorted.
#[must_use]
pub fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml" || e == "yml"))
        .collect();
    files.sort();
    files
}

/// Reads no more than the bound. A pipe may never begin, and a device never end.
fn read_file(path: &Path) -> Result<Vec<u8>, CatalogError> {
    let error = |source| CatalogError::Io { path: path.to_owned(), source };
    let about = fs::metadata(path).map_err(error)?.file_type();
    if !about.is_file() && !about.is_dir() {
        let message = "it is a pipe or a device, and a definition is read from a file";
        return Err(error(io::Error::other(message)));
    }
    let file = fs::File::open(path).map_err(error)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(error)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_binary_search_finds_every_app() {
        let catalog = Catalog::new(Vec::new());
        for (name, title) in catalog.list() {
            let app = AppName::parse(&name).unwrap();
            assert!(catalog.tree(&app).unwrap().is_some(), "{name}");
            assert!(!title.is_empty(), "{name} has no title");
        }
    }

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

    #[test]
    fn an_unknown_app_suggests_the_nearest() {
        let error = Catalog::new(Vec::new()).load("githb").unwrap_err();
        assert!(
            matches!(error, CatalogError::Unknown { near: Some(near), .. } if near == "github")
        );
    }
}
