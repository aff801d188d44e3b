//! The store for machines without a keyring: a folder with one encrypted file per secret.
//!
//! A file of its own for each is what lets two processes write two secrets at once: the rename that
//! puts a new file in place is atomic, and there is nothing shared that would need a lock.

use super::error::StoreError;
use super::random;
use super::seal::{Origin, SealedKey, SealedText, Sealer};
use crate::file::{read_into, read_text};
use crate::secret::Secret;
use crate::text::hex;
use ring::digest;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A folder of encrypted files. Neither the folder nor the key is asked for before the first use.
pub struct Sealed {
    folder: PathBuf,
    key: Box<dyn Fn() -> Result<SealedKey, StoreError> + Send + Sync>,
    cache: Mutex<Cache>,
}

/// A passphrase is asked for once and worked on once per salt, and a folder has one salt. It has
/// two only where two processes wrote its first two files at the same instant.
#[derive(Default)]
struct Cache {
    given: Option<Arc<SealedKey>>,
    sealers: Vec<Arc<Sealer>>,
}

/// The most that is read of an entry, in bytes: no credential comes near it.
const MAX_BYTES: usize = 16 * 1024 * 1024;
const ENDING: &str = "sealed";
const TEMPORARY: &str = ".tmp";
/// No write takes this long, so an older temporary file is what a kill left behind.
const STALE: Duration = Duration::from_secs(60);

impl Sealed {
    /// The files in `folder`, opened with what `key` gives. It may ask a person.
    #[must_use]
    pub fn new(
        folder: PathBuf,
        key: impl Fn() -> Result<SealedKey, StoreError> + Send + Sync + 'static,
    ) -> Self {
        Self { folder, key: Box::new(key), cache: Mutex::default() }
    }

    /// Where the files are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether `folder` holds nothing yet, so that a passphrase typed now is a new one and should
    /// be typed twice.
    #[must_use]
    pub fn is_new(folder: &Path) -> bool {
        files(folder).is_ok_and(|files| files.is_empty())
    }

    pub(super) fn read(&self, user: &str) -> Result<Secret, StoreError> {
        let path = self.path(user);
        let text = read_text(&path, MAX_BYTES).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => StoreError::NotFound {
                place: "sealed file",
                cause: format!("no file for `{user}` in {}", self.folder.display()),
            },
            io::ErrorKind::InvalidData => {
                StoreError::Corrupt { cause: format!("`{}`: {source}", path.display()) }
            }
            _ => failed(&path)(source),
        })?;
        let sealed = SealedText::parse(&text, &path)?;
        self.sealer(sealed.origin(), &path)?.open(user, &sealed, &path)
    }

    pub(super) fn write(&self, user: &str, value: &Secret) -> Result<(), StoreError> {
        let text = self.sealer_for_writing()?.seal(user, value)?;
        self.remove_leftovers(user, STALE);
        self.put(user, &text)?;
        if self.read(user)?.equals(value.expose()) { Ok(()) } else { Err(StoreError::VerifyFailed) }
    }

    pub(super) fn delete(&self, user: &str) -> Result<(), StoreError> {
        let path = self.path(user);
        match fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&path)(error)),
            Ok(()) => sync_folder(&self.folder)?,
        }
        self.remove_leftovers(user, Duration::ZERO);
        Ok(())
    }

    /// The names of all entries, as their headers tell them. Nothing is opened.
    pub(super) fn entries(&self) -> Result<Vec<String>, StoreError> {
        let mut users = Vec::new();
        for path in files(&self.folder).map_err(failed(&self.folder))? {
            let Some(text) = read_if_there(&path)? else { continue };
            users.extend(SealedText::parse(&text, &path).map(|sealed| sealed.user().to_owned()));
        }
        Ok(users)
    }

    pub(super) fn check_writable(&self) -> Result<(), StoreError> {
        self.sealer_for_writing()?;
        let mut file = self.temporary("probe")?;
        // a page, so that a full disk shows
        let written = file.write_all(&[0; 4096]).and_then(|()| file.as_file().sync_all());
        written.map_err(failed(&self.folder))
    }

    /// A name is made into a hash because file systems fold case, reserve names (`CON`) and end
    /// them at 255 bytes. The name itself is no secret, and stands in the file's header.
    fn path(&self, user: &str) -> PathBuf {
        self.folder.join(format!("{}.{ENDING}", file_stem(user)))
    }

    /// The key with which a new file is sealed: the one of the files that are there, or else a
    /// folder would end up with files that no single key opens.
    fn sealer_for_writing(&self) -> Result<Arc<Sealer>, StoreError> {
        create_folder(&self.folder)?;
        for path in files(&self.folder).map_err(failed(&self.folder))? {
            let Some(text) = read_if_there(&path)? else { continue };
            // a damaged neighbour is no reason not to write
            let Ok(sealed) = SealedText::parse(&text, &path) else { continue };
            let sealer = self.sealer(sealed.origin(), &path)?;
            sealer.check(&sealed, &path)?;
            return Ok(sealer);
        }
        let kdf = self.given()?.kdf();
        self.sealer(&Origin { kdf, salt: random::<16>()?.to_vec() }, &self.folder)
    }

    fn sealer(&self, origin: &Origin, path: &Path) -> Result<Arc<Sealer>, StoreError> {
        let given = self.given()?;
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = cache.sealers.iter().find(|sealer| sealer.origin == *origin) {
            return Ok(Arc::clone(known));
        }
        let sealer = Arc::new(Sealer::new(&given, origin.clone(), path)?);
        cache.sealers.push(Arc::clone(&sealer));
        Ok(sealer)
    }

    fn given(&self) -> Result<Arc<SealedKey>, StoreError> {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(given) = &cache.given {
            return Ok(Arc::clone(given));
        }
        let given = Arc::new((self.key)()?);
        cache.given = Some(Arc::clone(&given));
        Ok(given)
    }

    /// Puts the file in place: complete on the disk first, then under its name.
    fn put(&self, user: &str, text: &str) -> Result<(), StoreError> {
        let path = self.path(user);
        let mut file = self.temporary(&file_stem(user))?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all());
        written.map_err(failed(&path))?;
        file.persist(&path).map_err(|error| failed(&path)(error.error))?;
        sync_folder(&self.folder)
    }

    /// `tempfile` makes it readable for its owner only.
    fn temporary(&self, stem: &str) -> Result<tempfile::NamedTempFile, StoreError> {
        tempfile::Builder::new()
            .prefix(&format!("{stem}-"))
            .suffix(TEMPORARY)
            .tempfile_in(&self.folder)
            .map_err(failed(&self.folder))
    }

    /// Removes what a killed write of `user` left. Ciphertext only, but a deleted secret is to be
    /// gone in every form.
    fn remove_leftovers(&self, user: &str, older_than: Duration) {
        let prefix = format!("{}-", file_stem(user));
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let ours =
                name.to_str().is_some_and(|n| n.starts_with(&prefix) && n.ends_with(TEMPORARY));
            let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
            if ours && age().is_some_and(|age| age >= older_than) {
                // tidying up is not worth failing for
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("folder", &self.folder).finish_non_exhaustive()
    }
}

fn file_stem(user: &str) -> String {
    hex(digest::digest(&digest::SHA256, user.as_bytes()).as_ref())
}

/// The sealed files, in the order of their names. No folder is no files.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let mut files: Vec<_> =
        paths.into_iter().filter(|path| path.extension().is_some_and(|e| e == ENDING)).collect();
    files.sort();
    Ok(files)
}

/// A file that another process may just have removed; damaged ones read as well as they can.
fn read_if_there(path: &Path) -> Result<Option<String>, StoreError> {
    let mut bytes = Vec::new();
    match read_into(path, MAX_BYTES, &mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path)(error)),
        Ok(()) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
    }
}

#[cfg(unix)]
fn create_folder(folder: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.and_then(|()| {
        let open = fs::metadata(folder)?.permissions().mode() & 0o077 != 0;
        if open { fs::set_permissions(folder, fs::Permissions::from_mode(0o700)) } else { Ok(()) }
    })
    .map_err(failed(folder))
}

#[cfg(not(unix))]
fn create_folder(folder: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(folder).map_err(failed(folder))
}

/// Makes a rename or removal last through a power cut. Windows has no such call for folders.
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))?;
    }
    Ok(())
}

fn failed(path: &Path) -> impl Fn(io::Error) -> StoreError + '_ {
    |source| StoreError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests;
