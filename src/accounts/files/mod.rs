//! The files of accounts and clients: everything that is not secret, written atomically.

mod record;

pub use record::{ClientRecord, Clients, Defaults, PendingRecord, Record, State};

use super::json_file::{read, read_bytes, remove, write};
use crate::context::Folders;
use crate::definition::names::{AccountId, AppName};
use record::UNNAMED;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of all of it.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// The files under the data folder.
    #[must_use]
    pub fn new(folders: &Folders) -> Self {
        Self { folder: folders.data.clone() }
    }

    /// Every account, sorted; a file that cannot be read is passed over.
    #[must_use]
    pub fn list(&self) -> Vec<(AccountId, Record)> {
        accounts_in(self.account_files())
    }

    /// The same of one app.
    #[must_use]
    pub fn list_of(&self, app: &AppName) -> Vec<(AccountId, Record)> {
        accounts_in(account_files_in(&self.folder.join("accounts").join(app.as_str())))
    }

    /// Whether every account file can be read.
    #[must_use]
    pub fn all_readable(&self) -> bool {
        self.account_files().all(|path| read::<Record>(&path).is_ok())
    }

    /// The accounts whose files are there and hold something else.
    #[must_use]
    pub fn damaged(&self) -> Vec<AccountId> {
        let damaged = |path: &PathBuf| {
            read::<Record>(path).is_err_and(|error| error.kind() == io::ErrorKind::InvalidData)
        };
        self.account_files().filter(damaged).filter_map(|path| id_of(&path)).collect()
    }

    /// The accounts whose ids begin like this, sorted, by the names of their files: none is read.
    #[must_use]
    pub fn beginning(&self, start: &str) -> Vec<AccountId> {
        let app = start.split('/').next().unwrap_or_default();
        let apps = fs::read_dir(self.folder.join("accounts")).into_iter().flatten().flatten();
        let apps = apps.filter(|folder| folder.file_name().to_string_lossy().starts_with(app));
        let mut ids: Vec<AccountId> = apps
            .flat_map(|folder| account_files_in(&folder.path()))
            .filter_map(|path| id_of(&path))
            .filter(|id| id.to_string().starts_with(start))
            .collect();
        ids.sort();
        ids
    }

    fn account_files(&self) -> impl Iterator<Item = PathBuf> {
        let apps = fs::read_dir(self.folder.join("accounts")).into_iter().flatten().flatten();
        apps.flat_map(|app| account_files_in(&app.path()))
    }

    /// One account.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn load(&self, id: &AccountId) -> io::Result<Option<Record>> {
        read(&self.account_path(id))
    }

    /// The store that a damaged file of an account still names.
    #[must_use]
    pub fn store_named_by_damaged(&self, id: &AccountId) -> Option<String> {
        let value: serde_json::Value = read(&self.account_path(id)).ok().flatten()?;
        Some(value.get("store")?.as_str()?.to_owned())
    }

    /// Writes one account.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, id: &AccountId, record: &Record) -> io::Result<()> {
        write(&self.account_path(id), record)
    }

    /// Removes one account.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn remove(&self, id: &AccountId) -> io::Result<()> {
        remove(&self.account_path(id))
    }

    /// The account that an app's default is, by name.
    #[must_use]
    pub fn default(&self, app: &AppName) -> Option<Option<String>> {
        self.defaults().of(app)
    }

    /// Every app's default, read once.
    #[must_use]
    pub fn defaults(&self) -> Defaults {
        Defaults(read(&self.defaults_path()).ok().flatten().unwrap_or_default())
    }

    /// Sets an app's default, or forgets it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn set_default(&self, app: &AppName, id: Option<&AccountId>) -> io::Result<()> {
        let path = self.defaults_path();
        let mut defaults: BTreeMap<String, String> = read(&path)?.unwrap_or_default();
        match id {
            Some(id) => {
                let name = id.name.clone().unwrap_or_else(|| UNNAMED.to_owned());
                defaults.insert(app.to_string(), name);
            }
            None if defaults.remove(app.as_str()).is_none() => return Ok(()),
            None => {}
        }
        write(&path, &defaults)
    }

    /// The clients of an app.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn clients(&self, app: &AppName) -> io::Result<Clients> {
        Ok(read(&self.clients_path(app))?.unwrap_or_default())
    }

    /// The apps that have clients.
    #[must_use]
    pub fn client_apps(&self) -> Vec<AppName> {
        let files = fs::read_dir(self.folder.join("clients")).into_iter().flatten().flatten();
        files
            .filter_map(|file| AppName::parse(&file.path().file_stem()?.to_string_lossy()).ok())
            .collect()
    }

    /// Writes the clients of an app; none at all removes the file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save_clients(&self, app: &AppName, clients: &Clients) -> io::Result<()> {
        match clients.known.is_empty() && clients.current.is_none() {
            true => remove(&self.clients_path(app)),
            false => write(&self.clients_path(app), clients),
        }
    }

    /// The pending authorization of an account.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn pending(&self, id: &AccountId) -> io::Result<Option<PendingRecord>> {
        read(&self.pending_path(id))
    }

    /// Every pending authorization; a file that cannot be read is passed over.
    #[must_use]
    pub fn list_pending(&self) -> Vec<(AccountId, PendingRecord)> {
        let apps = fs::read_dir(self.folder.join("pending")).into_iter().flatten().flatten();
        apps.flat_map(|app| fs::read_dir(app.path()).into_iter().flatten().flatten())
            .filter(|file| file.path().extension().is_some_and(|ending| ending == "json"))
            .filter_map(|file| read::<PendingRecord>(&file.path()).ok().flatten())
            .filter_map(|record| Some((AccountId::parse(&record.account).ok()?, record)))
            .collect()
    }

    /// Writes a pending authorization.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save_pending(&self, id: &AccountId, record: &PendingRecord) -> io::Result<()> {
        write(&self.pending_path(id), record)
    }

    /// Removes a pending authorization.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn remove_pending(&self, id: &AccountId) -> io::Result<()> {
        remove(&self.pending_path(id))
    }

    fn pending_path(&self, id: &AccountId) -> PathBuf {
        let name = id.name.as_deref().unwrap_or(UNNAMED);
        self.folder.join("pending").join(id.app.as_str()).join(format!("{name}.json"))
    }

    fn account_path(&self, id: &AccountId) -> PathBuf {
        let name = id.name.as_deref().unwrap_or(UNNAMED);
        self.folder.join("accounts").join(id.app.as_str()).join(format!("{name}.json"))
    }

    fn clients_path(&self, app: &AppName) -> PathBuf {
        self.folder.join("clients").join(format!("{app}.json"))
    }

    fn defaults_path(&self) -> PathBuf {
        self.folder.join("defaults.json")
    }
}

fn accounts_in(files: impl Iterator<Item = PathBuf>) -> Vec<(AccountId, Record)> {
    let mut text = Vec::new();
    let mut accounts: Vec<_> = files
        .filter_map(|path| {
            read_bytes(&path, &mut text).ok()?;
            let record: Record = serde_json::from_slice(&text).ok()?;
            Some((record.account.id().ok()?, record))
        })
        .collect();
    accounts.sort_by(|a, b| a.0.cmp(&b.0));
    accounts
}

fn account_files_in(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter(|file| file.file_name().as_encoded_bytes().ends_with(b".json"))
        .map(|file| file.path())
}

/// The account that a file is of, by its name.
fn id_of(path: &Path) -> Option<AccountId> {
    let app = AppName::parse(path.parent()?.file_name()?.to_str()?).ok()?;
    let name = path.file_stem()?.to_str().filter(|name| *name != UNNAMED);
    AccountId::new(app, name).ok()
}
