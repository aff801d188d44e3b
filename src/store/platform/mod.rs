//! The keyring of each operating system: how it is opened and what its errors mean.

use super::error::StoreError;
use keyring_core::{CredentialStore, Error};
use std::sync::Arc;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as os;

#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
use macos as os;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as os;

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod none;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
use none as os;

/// The technical name, in front of a cause.
pub(super) const NAME: &str = os::NAME;
/// The name for people.
pub(super) const PLACE: &str = os::PLACE;
/// How many bytes an entry holds, where that is limited.
pub(super) const LIMIT: Option<usize> = os::LIMIT;

/// Opens the keyring. May block for ever.
pub(super) fn open() -> Result<Arc<CredentialStore>, StoreError> {
    os::open().map_err(|error| explain(error, ""))
}

/// Makes the default keyring where a fresh login has none, which asks the person for a password.
pub(super) fn create_default() -> Result<(), StoreError> {
    os::create_default()
}

/// Which entries a search for all of ours has to ask for.
pub(super) fn search_terms() -> &'static [(&'static str, &'static str)] {
    os::SEARCH
}

/// What an entry is called in the keyring's own window, as the modifiers of the platform.
pub(super) fn modifiers(label: &str) -> Vec<(&'static str, &str)> {
    os::LABEL.map(|key| (key, label)).into_iter().collect()
}

/// What an error of the platform means to us. The bytes that some of them carry stay behind.
pub(super) fn explain(error: Error, user: &str) -> StoreError {
    match error {
        Error::NoEntry => StoreError::NotFound {
            place: "keyring",
            cause: format!("{NAME}: no item with service `tieline`, user `{user}`"),
        },
        Error::Ambiguous(entries) => {
            StoreError::Ambiguous { count: entries.len(), user: user.to_owned() }
        }
        Error::BadEncoding(mut bytes) | Error::BadDataFormat(mut bytes, _) => {
            zeroize::Zeroize::zeroize(&mut bytes);
            StoreError::Corrupt { cause: format!("{NAME}: the item `{user}` is not text") }
        }
        Error::TooLong(what, limit) if what != "user" && what != "target" => {
            StoreError::TooLarge { limit: limit as usize, size: 0, store: NAME }
        }
        Error::PlatformFailure(source) | Error::NoStorageAccess(source) => {
            os::explain(source.as_ref())
        }
        Error::NoDefaultStore | Error::NotSupportedByStore(_) => {
            StoreError::NoService { cause: format!("{NAME}: {error}") }
        }
        other => StoreError::Backend { cause: format!("{NAME}: {other}") },
    }
}
