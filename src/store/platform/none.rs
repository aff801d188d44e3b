//! Any other system: no keyring, only the sealed file.

use super::super::error::StoreError;
use keyring_core::CredentialStore;
use std::error::Error;
use std::sync::Arc;

pub(super) const NAME: &str = "keyring";
pub(super) const PLACE: &str = "keyring";
pub(super) const LIMIT: Option<usize> = None;
pub(super) const SEARCH: &[(&str, &str)] = &[];
pub(super) const LABEL: Option<&str> = None;

pub(super) fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(keyring_core::Error::NoDefaultStore)
}

pub(super) fn create_default() -> Result<(), StoreError> {
    Err(StoreError::NoService { cause: "this system has none that is supported".into() })
}

pub(super) fn explain(error: &(dyn Error + Send + Sync + 'static)) -> StoreError {
    StoreError::Backend { cause: error.to_string() }
}
