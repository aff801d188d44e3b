//! What stands on the command line that is being completed, as far as it decides what can follow.

use crate::accounts::files::Files;
use crate::catalog::Catalog;
use crate::context::{Context, words_to_complete};
use crate::definition::Definition;
use std::path::PathBuf;

/// The words so far, and where apps and accounts are.
pub(super) struct Typed {
    words: Vec<String>,
    context: Context,
    catalog: Catalog,
}

impl Typed {
    /// Reads them; `None` where there is no home folder.
    pub(super) fn read() -> Option<Self> {
        let context = Context::from_process().ok()?;
        let words = words_to_complete();
        let folders = value(&words, "--apps").map(PathBuf::from).into_iter();
        let catalog = Catalog::new(folders.chain([context.folders.apps.clone()]).collect());
        Some(Self { words, context, catalog })
    }

    pub(super) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub(super) fn files(&self) -> Files {
        Files::new(&self.context.folders)
    }

    /// The app, or the file of a definition: the first word that is one. Which word is an argument and
    /// which the value of a flag need not be known for that.
    pub(super) fn app(&self) -> Option<&str> {
        self.words.iter().skip(2).map(|word| app_part(word)).find(|app| self.catalog.has(app))
    }

    /// Its definition.
    pub(super) fn definition(&self) -> Option<Definition> {
        self.catalog.load(self.app()?).ok()
    }

    /// What `--auth` says.
    pub(super) fn authorization(&self) -> Option<&str> {
        value(&self.words, "--auth")
    }
}

fn app_part(word: &str) -> &str {
    if Catalog::is_path(word) { word } else { word.split('/').next().unwrap_or_default() }
}

/// The value of a flag, as `--flag VALUE` or `--flag=VALUE`.
fn value<'w>(words: &'w [String], flag: &str) -> Option<&'w str> {
    words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix(flag)? {
        "" => words.get(at + 1).map(String::as_str),
        rest => rest.strip_prefix('='),
    })
}
