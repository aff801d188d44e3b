//! The catalogue: where the definition of an app comes from.
//!
//! A path that was given, the user's own folder, then the embedded definitions. A folder `./apps`
//! is looked at only where it is asked for: a cloned repository must not be able to redirect a
//! credential that is already kept.

use crate::definition::finding::Finding;
use crate::definition::names::{AppName, NameError, nearest};
use crate::definition::source::{MAX_BYTES, Source};
use crate::definition::{Definition, Parsed, Tree};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A definition in the binary.
struct Embedded {
    name: &'static str,
    title: &'static str,
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
        for folder in &self.folders {
            for path in yaml_files(folder) {
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                apps.retain(|(known, _)| *known != name);
                apps.push((name.clone(), name));
            }
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
        let own =
            || self.folders.iter().any(|folder| folder.join(format!("{word}.yaml")).is_file());
        AppName::parse(word).is_ok() && (embedded(word).is_some() || own())
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

    fn tree(&self, app: &AppName) -> Result<Option<Rc<Tree>>, CatalogError> {
        for folder in &self.folders {
            let path = folder.join(format!("{app}.yaml"));
            if path.is_file() {
                return self.file(&path).map(Some);
            }
        }
        let tree = |found: &Embedded| {
            let name = format!("catalogue:{app}");
            self.kept(Path::new(&name), || {
                let text = found.text.to_owned();
                Ok(Tree::read(&Rc::new(Source { name: name.clone(), text })))
            })
        };
        embedded(app.as_str()).map(tree).transpose()
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

fn embedded(name: &str) -> Option<&'static Embedded> {
    EMBEDDED.binary_search_by_key(&name, |app| app.name).ok().map(|at| &EMBEDDED[at])
}

/// The `title` of a definition, without reading the rest of it.
fn title(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix("title:"))?;
    let value = value.split(" #").next().unwrap_or_default().trim();
    Some(value.trim_matches(['"', '\'']).to_owned())
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
    fn an_unknown_app_suggests_the_nearest() {
        let error = Catalog::new(Vec::new()).load("githb").unwrap_err();
        assert!(
            matches!(error, CatalogError::Unknown { near: Some(near), .. } if near == "github")
        );
    }
}
