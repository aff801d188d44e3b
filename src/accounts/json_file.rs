//! Small JSON files, written so that a reader sees the old text or the new one.

use crate::file;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// The most that is read of a file: what is longer was not written by us.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// What most files do not reach, so that one call reads them.
const TYPICAL: usize = 4096;

/// Reads a file in place of what `text` holds.
pub(super) fn read_bytes(path: &Path, text: &mut Vec<u8>) -> io::Result<()> {
    text.clear();
    text.reserve(TYPICAL);
    file::read_into(path, MAX_BYTES, text)
}

/// Reads a value; `None` where there is no file. What is no value, or no file at all, is
/// [`io::ErrorKind::InvalidData`].
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    let damaged = |why: &dyn fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", path.display()))
    };
    let mut bytes = Vec::new();
    match read_bytes(path, &mut bytes) {
        Ok(()) => serde_json::from_slice(&bytes).map(Some).map_err(|error| damaged(&error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData || !is_file(path) => {
            Err(damaged(&error))
        }
        Err(error) => Err(error),
    }
}

/// Whether it is a file itself: no folder, pipe or circle of links.
fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|about| about.is_file())
}

/// A temporary file beside the target, flushed, renamed over it, and the folder flushed: a reader
/// sees the old text or the new one.
pub(super) fn write<T: Serialize>(path: &Path, value: &T) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    private_folder(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut file, value)?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    if let Err(failed) = file.persist(path) {
        if is_file(path) {
            return Err(failed.error);
        }
        // A folder stands there. If anything is in it, it is somebody's.
        fs::remove_dir(path).map_err(|_| failed.error)?;
        failed.file.persist(path)?;
    }
    sync_folder(folder)
}

/// Removes a file; one that is not there is removed already.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path).is_ok_and(|about| about.is_dir()) {
        true => fs::remove_dir(path),
        false => fs::remove_file(path),
    };
    match removed {
        Ok(()) => sync_folder(path.parent().unwrap_or(Path::new("."))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows has no such call on a folder; its rename is durable by itself.
    if cfg!(windows) { Ok(()) } else { fs::File::open(folder)?.sync_all() }
}

/// Makes a folder that only its owner can enter.
///
/// # Errors
/// It cannot be made.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
