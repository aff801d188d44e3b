//! The files that definitions lie in: found in a folder, and read within bounds.

use super::{Catalog, CatalogError};
use crate::definition::source::MAX_BYTES;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

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

/// A path as a word that cannot be taken for an app's name.
#[must_use]
pub fn path_word(path: &Path) -> String {
    let text = path.display().to_string();
    if Catalog::is_path(&text) { text } else { format!("./{text}") }
}

/// Reads no more than the bound. A pipe may never begin, and a device never end.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, CatalogError> {
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

/// The `title` of a definition, without reading the rest of it.
pub(super) fn title(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix("title:"))?;
    let value = value.split(" #").next().unwrap_or_default().trim();
    Some(value.trim_matches(['"', '\'']).to_owned())
}
