//! Where secrets are kept: the keyring of the system, or a sealed file.
//!
//! This level knows named secrets only. What is in them, and which account they belong to, is the
//! business of the caller, as is the lock that keeps two processes from writing one name at once.
//!
//! The keyring is called from a thread of its own, because it can block for ever. The sealed file is
//! read and written where it is asked for: it takes milliseconds, and a passphrase once a tenth of a
//! second.

mod error;
mod keyring;
mod parts;
mod platform;
mod seal;
mod sealed;
mod session;

pub use error::{Doing, StoreError, WRITABLE};
pub use keyring::{ENTRY_LIMIT, Keyring, TIMEOUT};
pub use seal::SealedKey;
pub use sealed::Sealed;

use crate::secret::Secret;
use ring::rand::{SecureRandom, SystemRandom};

/// The place where the secrets of this run are kept.
#[derive(Debug)]
pub enum Store {
    /// The keyring of the system.
    Keyring(Keyring),
    /// A folder of encrypted files.
    Sealed(Sealed),
}

impl Store {
    /// Reads the secret of `user`.
    pub async fn read(&self, user: &str) -> Result<Secret, StoreError> {
        match self {
            Self::Keyring(keyring) => keyring.read(user).await,
            Self::Sealed(sealed) => sealed.read(user),
        }
    }

    /// Writes the secret of `user`, reads it back and compares.
    pub async fn write(&self, user: &str, value: &Secret) -> Result<(), StoreError> {
        match self {
            Self::Keyring(keyring) => keyring.write(user, value).await,
            Self::Sealed(sealed) => sealed.write(user, value),
        }
    }

    /// Removes the secret of `user`. That there was none is no error.
    pub async fn delete(&self, user: &str) -> Result<(), StoreError> {
        match self {
            Self::Keyring(keyring) => keyring.delete(user).await,
            Self::Sealed(sealed) => sealed.delete(user),
        }
    }

    /// Makes sure, by trying, that a secret could be written now. To be asked before a refresh
    /// token is used that works only once.
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        match self {
            Self::Keyring(keyring) => keyring.check_writable().await,
            Self::Sealed(sealed) => sealed.check_writable(),
        }
    }

    /// The names of all entries that are ours, the parts of long values among them.
    pub async fn entries(&self) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Keyring(keyring) => keyring.entries().await,
            Self::Sealed(sealed) => sealed.entries(),
        }
    }

    /// What people call this place.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Keyring(_) => platform::PLACE.to_owned(),
            Self::Sealed(sealed) => format!("sealed file, {}", sealed.folder().display()),
        }
    }

    /// The word for `--store` that chooses it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Keyring(_) => "keyring",
            Self::Sealed(_) => "file",
        }
    }
}

fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| StoreError::NoRandom)?;
    Ok(bytes)
}
