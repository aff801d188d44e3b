//! One lock per account across processes.

use super::json_file::private_folder;
use crate::error::{Error, Kind, Result};
use crate::file::without_waiting;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long another process may hold an account before we give up: it may be refreshing over a
/// slow network.
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(15);

/// Held until it is dropped, or the process dies.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock of `name`.
    ///
    /// # Errors
    /// Another process holds it for too long, or the folder cannot be written.
    pub async fn acquire(folder: &Path, name: &str) -> Result<Self> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(lock) = Self::try_acquire(folder, name)? {
                return Ok(lock);
            }
            if Instant::now() > deadline {
                let message = format!("another tieline holds `{name}` and does not let go");
                return Err(Error::new(Kind::Failed, message)
                    .hint("look for a tieline that hangs, and end it"));
            }
            sleep(PAUSE).await;
        }
    }

    /// The lock of `name`, if nobody holds it.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn try_acquire(folder: &Path, name: &str) -> Result<Option<Self>> {
        let error = |error| {
            Error::unwritable(format!("no lock can be made in `{}`", folder.display()), &error)
        };
        private_folder(folder).map_err(error)?;
        let path = folder.join(format!("{}.lock", name.replace('/', "__")));
        let mut options = OpenOptions::new();
        options.create(true).write(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = without_waiting(&mut options).open(path).map_err(error)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(error(source)),
        }
    }
}
