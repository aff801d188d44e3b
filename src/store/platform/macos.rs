//! macOS: the login Keychain.

use super::super::error::StoreError;
use keyring_core::CredentialStore;
use std::error::Error;
use std::sync::Arc;

pub(super) const NAME: &str = "Keychain";
pub(super) const PLACE: &str = "macOS Keychain";
pub(super) const LIMIT: Option<usize> = None;
pub(super) const SEARCH: &[(&str, &str)] = &[("service", "tieline")];
pub(super) const LABEL: Option<&str> = None;

pub(super) fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

pub(super) fn create_default() -> Result<(), StoreError> {
    Err(StoreError::NoCollection { cause: format!("{NAME}: there is no default keychain") })
}

/// The codes are those of `SecBase.h`.
pub(super) fn explain(error: &(dyn Error + Send + Sync + 'static)) -> StoreError {
    match code(error) {
        Some(-128) => StoreError::Denied { cause: format!("{NAME}: the user chose Deny (-128)") },
        // authFailed, permErr, invalidOwnerEdit, readOnly, duplicateItem, missingEntitlement
        Some(-25293 | -61 | -25244 | -25292 | -25299 | -34018) => {
            StoreError::Denied { cause: cause(error) }
        }
        // interactionNotAllowed: a locked keychain over SSH; interactionRequired
        Some(-25308 | -25315) => StoreError::Locked { cause: cause(error) },
        // noDefaultKeychain, noSuchKeychain
        Some(-25307 | -25294) => StoreError::NoCollection { cause: cause(error) },
        // notAvailable, invalidKeychain
        Some(-25291 | -25295) => StoreError::NoService { cause: cause(error) },
        _ => StoreError::Backend { cause: cause(error) },
    }
}

fn cause(error: &(dyn Error + Send + Sync + 'static)) -> String {
    match code(error) {
        Some(code) => format!("{NAME}: {error} ({code})"),
        None => format!("{NAME}: {error}"),
    }
}

/// The status code. `security_framework` shows it in `Debug` only, and to ask its type for it
/// would take a dependency of exactly the version that the keyring crate uses.
fn code(error: &(dyn Error + Send + Sync + 'static)) -> Option<i32> {
    let text = format!("{error:?}");
    let digits = text.split_once("code: ")?.1;
    digits.split(|c: char| c != '-' && !c.is_ascii_digit()).next()?.parse().ok()
}
