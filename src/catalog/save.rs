//! Writing definitions: whole or not at all, since another process may read them at any time.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Writes a definition, and the folder that it lies in. Without `force` a file that is there stays.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`], or the folder cannot be written.
pub fn save(path: &Path, text: &str, force: bool) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    let saved = if force { file.persist(path) } else { file.persist_noclobber(path) };
    saved.map(|_| ()).map_err(|error| error.error)
}
