//! The catalogue: where the definition of an app comes from.
//!
//! A path that was given, the user's own folder, then the embedded definitions. A folder `./apps`
//! is looked at only where it is asked for: a cloned repository must not be able to redirect a
//! credential that is already kept.

mod embedded;
mod entry;
mod error;
mod file;
mod list;
mod save;

pub use entry::{Entry, Fit, Origin};
pub use error::CatalogError;
pub use file::{path_word, yaml_files};
pub use save::save;

use crate::definition::names::{AppName, nearest};
use crate::definition::source::Source;
use crate::definition::{Definition, Parsed, Tree};
use embedded::{Embedded, embedded_app};
use file::read_file;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Where definitions are looked for.
#[derive(Clone, Debug)]
pub struct Catalog {
    folders: Vec<PathBuf>,
    /// What has been read: a file may be the parent of many.
    trees: RefCell<HashMap<PathBuf, Rc<Tree>>>,
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
        let (_, parsed) = self.parse(word)?;
        match parsed.definition {
            Some(definition) => Ok(definition),
            None => Err(CatalogError::Wrong { app: word.to_owned(), findings: parsed.findings }),
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

    fn own_file(&self, app: &AppName) -> Option<PathBuf> {
        let endings = ["yaml", "yml"];
        let files = self
            .folders
            .iter()
            .flat_map(|folder| endings.map(|ending| folder.join(format!("{app}.{ending}"))));
        files.into_iter().find(|path| path.symlink_metadata().is_ok())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_app_suggests_the_nearest() {
        let error = Catalog::new(Vec::new()).load("githb").unwrap_err();
        assert!(
            matches!(error, CatalogError::Unknown { near: Some(near), .. } if near == "github")
        );
    }
}
