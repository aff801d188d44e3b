//! Windows: the Credential Manager.

use super::super::error::StoreError;
use keyring_core::CredentialStore;
use std::error::Error;
use std::sync::Arc;

pub(super) const NAME: &str = "Credential Manager";
pub(super) const PLACE: &str = "Windows Credential Manager";
/// `CRED_MAX_CREDENTIAL_BLOB_SIZE`. We store UTF-8, so these are bytes of the value itself.
pub(super) const LIMIT: Option<usize> = Some(5 * 512);
pub(super) const SEARCH: &[(&str, &str)] = &[("pattern", r"\.tieline$")];
pub(super) const LABEL: Option<&str> = None;

pub(super) fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

pub(super) fn create_default() -> Result<(), StoreError> {
    Err(StoreError::NoCollection { cause: format!("{NAME}: there is no default keychain") })
}

/// The codes are those of `winerror.h`; the keyring crate shows them in `Debug` only.
pub(super) fn explain(error: &(dyn Error + Send + Sync + 'static)) -> StoreError {
    let (text, debug) = (format!("{NAME}: {error}"), format!("{error:?}"));
    let digits: String = debug.chars().filter(char::is_ascii_digit).collect();
    match digits.parse() {
        Ok(5) => StoreError::Denied { cause: text },
        // ERROR_NO_SUCH_LOGON_SESSION: a service or a network logon has no vault
        Ok(1312) => StoreError::NoService { cause: text },
        _ => StoreError::Backend { cause: text },
    }
}
