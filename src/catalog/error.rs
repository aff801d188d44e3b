//! Why there is no definition to use.

use crate::definition::finding::Finding;
use crate::definition::names::NameError;
use std::io;
use std::path::PathBuf;

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
        /// The app, or the path that was given.
        app: String,
        /// All of them.
        findings: Vec<Finding>,
    },
}
