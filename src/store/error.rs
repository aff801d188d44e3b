//! What can go wrong with a store, and what a person can do about each case.

use crate::text::io_cause;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why a store did not do what it was asked. No variant ever holds a part of a secret.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing on this machine answers for the keyring.
    #[error("no keyring is running")]
    NoService {
        /// What was tried, in the platform's words.
        cause: String,
    },
    /// The service runs, but has no default keyring to put an entry into.
    #[error("there is no default keyring yet")]
    NoCollection {
        /// What was tried, in the platform's words.
        cause: String,
    },
    /// The keyring is there and stayed locked.
    #[error("the keyring is locked")]
    Locked {
        /// How the attempt to unlock it ended.
        cause: String,
    },
    /// The person or the system refused.
    #[error("access to the keyring was denied")]
    Denied {
        /// Who refused, in the platform's words.
        cause: String,
    },
    /// More than the store can hold, even in parts.
    #[error("the value is too large for the store")]
    TooLarge {
        /// How many bytes fit.
        limit: usize,
        /// How many there are.
        size: usize,
        /// The store's name.
        store: &'static str,
    },
    /// There is no such entry.
    #[error("there is no such entry in the store")]
    NotFound {
        /// What people call the place: `keyring` or `sealed file`.
        place: &'static str,
        /// Where it was looked for.
        cause: String,
    },
    /// Several entries answer to the same name, and which one is right cannot be told.
    #[error("the keyring holds several entries for the same name")]
    Ambiguous {
        /// How many there are.
        count: usize,
        /// The attribute that names them.
        user: String,
    },
    /// The service took the question and never answered.
    #[error("the keyring did not answer")]
    TimedOut {
        /// How long it was waited for.
        after: Duration,
        /// The store's name.
        store: &'static str,
    },
    /// What was read back is not what was written.
    #[error("the store did not keep what was written")]
    VerifyFailed,
    /// The keyring answered with an error that has no meaning of its own here.
    #[error("the keyring failed")]
    Backend {
        /// The error in the platform's words.
        cause: String,
    },
    /// Neither a key nor a passphrase for the sealed file is at hand.
    #[error("the sealed file needs a key or a passphrase")]
    SealedKeyMissing,
    /// The key has the wrong form.
    #[error("the key of the sealed file is not 32 bytes in Base64 or hex")]
    SealedKeyInvalid,
    /// The key or passphrase is not the one that sealed this.
    #[error("the key does not open the sealed file")]
    WrongKey {
        /// What it was sealed with: `a passphrase` or `a key`.
        sealed_with: &'static str,
        /// The file that did not open.
        path: PathBuf,
    },
    /// The entry is there, but is damaged or was not written by this program.
    #[error("the entry is damaged")]
    Corrupt {
        /// What is wrong with it.
        cause: String,
    },
    /// The system random number generator failed.
    #[error("the system gives no random numbers")]
    NoRandom,
    /// A file operation failed.
    #[error("cannot use {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// What was to be done with a credential, for [`StoreError::describe`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Reading it.
    Read,
    /// Writing it.
    Store,
    /// Removing it.
    Delete,
}

impl StoreError {
    /// One sentence about the credential of `account`, for the line after `error:`.
    #[must_use]
    pub fn describe(&self, account: &str, doing: Doing) -> String {
        let done = match doing {
            Doing::Read => "read",
            Doing::Store => "stored",
            Doing::Delete => "deleted",
        };
        match self {
            Self::Denied { .. } => format!("access to the credential of `{account}` was denied"),
            Self::TooLarge { .. } => {
                format!("the credential of `{account}` is too large for the store")
            }
            Self::NotFound { .. } => {
                format!("the credential of `{account}` is gone from the store")
            }
            Self::Corrupt { .. } => format!("the stored credential of `{account}` is damaged"),
            _ => format!("{self}, so the credential of `{account}` cannot be {done}"),
        }
    }

    /// The reason beneath, for the line after `caused by:`.
    #[must_use]
    pub fn cause(&self) -> Option<String> {
        match self {
            Self::NoService { cause }
            | Self::NoCollection { cause }
            | Self::Locked { cause }
            | Self::Denied { cause }
            | Self::NotFound { cause, .. }
            | Self::Backend { cause }
            | Self::Corrupt { cause } => Some(cause.clone()),
            Self::TooLarge { limit, size, store } => {
                Some(format!("{store}: it holds {}, this needs {}", bytes(*limit), bytes(*size)))
            }
            Self::TimedOut { after, store } => {
                Some(format!("{store}: no answer within {} s", after.as_secs_f32()))
            }
            Self::Ambiguous { count, user } => {
                Some(format!("{count} entries with service `tieline`, user `{user}`"))
            }
            Self::WrongKey { sealed_with, path } => {
                Some(format!("`{}` was sealed with {sealed_with} that is another", path.display()))
            }
            Self::Io { source, .. } => Some(io_cause(source)),
            Self::VerifyFailed
            | Self::SealedKeyMissing
            | Self::SealedKeyInvalid
            | Self::NoRandom => None,
        }
    }

    /// What to do about it, one line each. `account` is the name as a person would type it.
    #[must_use]
    pub fn hints(&self, account: &str) -> Vec<String> {
        let lines: &[&str] = match self {
            Self::NoService { .. } => {
                &["start a keyring such as GNOME Keyring, or add `--store file`"]
            }
            Self::NoCollection { .. } => &[
                "create a default keyring (Passwords and Keys, or sign in to the desktop once)",
                "over SSH or in CI, use a sealed file: add `--store file` to `connect`",
            ],
            Self::Locked { .. } => {
                &[UNLOCK, "over SSH or in CI, use a sealed file: add `--store file` to `connect`"]
            }
            Self::Denied { .. } => &[ALLOW],
            Self::TooLarge { .. } => &["add `--store file`"],
            Self::NotFound { .. } | Self::Corrupt { .. } => {
                return vec![format!("run `tieline connect {account}`")];
            }
            Self::Ambiguous { user, .. } => {
                return vec![
                    format!("remove them with `secret-tool clear service tieline username {user}`"),
                    format!("then run `tieline connect {account}`"),
                ];
            }
            Self::TimedOut { .. } | Self::Backend { .. } | Self::VerifyFailed => {
                &["look at the keyring, or use a sealed file: add `--store file` to `connect`"]
            }
            Self::SealedKeyMissing => {
                &["set `TIELINE_PASSPHRASE`, or a key of 32 bytes (Base64 or hex) in `TIELINE_KEY`"]
            }
            Self::SealedKeyInvalid => &["make one with `openssl rand -base64 32`"],
            Self::WrongKey { sealed_with, .. } => match *sealed_with {
                PASSPHRASE => &["set `TIELINE_PASSPHRASE` to the passphrase it was sealed with"],
                _ => &["set `TIELINE_KEY` to the key it was sealed with"],
            },
            Self::NoRandom => &[],
            Self::Io { .. } => &[WRITABLE],
        };
        lines.iter().map(ToString::to_string).collect()
    }
}

/// [`StoreError::WrongKey`]: it was sealed with a passphrase.
pub(super) const PASSPHRASE: &str = "a passphrase";
/// [`StoreError::WrongKey`]: it was sealed with a raw key.
pub(super) const RAW_KEY: &str = "a key";

/// What to do where a file or folder cannot be written.
pub const WRITABLE: &str = "check that the folder can be written and the disk is not full";

const UNLOCK: &str = if cfg!(target_os = "macos") {
    "unlock it with `security unlock-keychain`"
} else {
    "unlock the \"Login\" keyring (Passwords and Keys, or sign in again)"
};
const ALLOW: &str = if cfg!(target_os = "macos") {
    "run it again and choose Always Allow"
} else {
    "allow access in the keyring's own settings and run it again"
};

/// `2,560 bytes` below ten thousand, `71 kB` above.
fn bytes(count: usize) -> String {
    match count {
        0..1_000 => format!("{count} bytes"),
        1_000..10_000 => format!("{},{:03} bytes", count / 1_000, count % 1_000),
        _ => format!("{} kB", count.div_ceil(1_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_keyring_is_told_with_its_cause_and_two_ways_out() {
        let error = StoreError::Locked { cause: "Secret Service: nobody answered".into() };
        assert_eq!(
            error.describe("github", Doing::Read),
            "the keyring is locked, so the credential of `github` cannot be read"
        );
        assert_eq!(error.cause().unwrap(), "Secret Service: nobody answered");
        assert_eq!(error.hints("github").len(), 2);
    }

    #[test]
    fn sizes_are_told_in_bytes_and_then_in_kilobytes() {
        let error =
            StoreError::TooLarge { limit: 2_560, size: 70_100, store: "Credential Manager" };
        assert_eq!(
            error.cause().unwrap(),
            "Credential Manager: it holds 2,560 bytes, this needs 71 kB"
        );
    }
}
