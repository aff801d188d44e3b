//! Which store is used, made at the first use.

use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use crate::store::{ENTRY_LIMIT, Keyring, Sealed, SealedKey, Store, StoreError, TIMEOUT};
use crate::terminal::Terminal;
use std::cell::OnceCell;
use std::path::PathBuf;
use std::time::Duration;

/// Where secrets are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum StoreChoice {
    /// The keyring of the operating system.
    Keyring,
    /// A sealed file, under TIELINE_KEY or a passphrase.
    File,
    /// Nowhere: the credential comes from the environment.
    Env,
}

impl StoreChoice {
    /// The choice behind a kind that an account file names.
    #[must_use]
    pub fn from_kind(kind: &str) -> Self {
        if kind == "file" { Self::File } else { Self::Keyring }
    }
}

/// The stores.
pub struct Stores {
    keyring: OnceCell<Store>,
    sealed: OnceCell<Store>,
    settings: Settings,
    /// The store for what is new.
    pub choice: StoreChoice,
}

struct Settings {
    timeout: Duration,
    vault: PathBuf,
    key: Option<Secret>,
    passphrase: Option<Secret>,
    can_ask: bool,
}

impl Stores {
    /// The stores, from flags and environment. Nothing is opened.
    ///
    /// # Errors
    /// A setting is wrong.
    pub fn new(context: &Context, terminal: &Terminal, flag: Option<StoreChoice>) -> Result<Self> {
        let settings = Settings {
            timeout: timeout(context)?,
            vault: context.folders.data.join("vault"),
            key: context.variable("TIELINE_KEY").map(Secret::from),
            passphrase: context.variable("TIELINE_PASSPHRASE").map(Secret::from),
            can_ask: terminal.can_ask(),
        };
        let choice = match (flag, context.variable("TIELINE_STORE").as_deref()) {
            (Some(choice), _) => choice,
            (None, None | Some("keyring")) => StoreChoice::Keyring,
            (None, Some("file")) => StoreChoice::File,
            (None, Some("env")) => StoreChoice::Env,
            (None, Some(other)) => {
                return Err(Error::new(Kind::Usage, format!("`{other}` is no store"))
                    .hint("set TIELINE_STORE to keyring, file or env"));
            }
        };
        Ok(Self { keyring: OnceCell::new(), sealed: OnceCell::new(), settings, choice })
    }

    /// A store.
    ///
    /// # Errors
    /// Nothing can be kept in the environment.
    pub fn get(&self, choice: StoreChoice) -> Result<&Store> {
        match choice {
            StoreChoice::Keyring => Ok(self.keyring.get_or_init(|| self.settings.keyring())),
            StoreChoice::File => Ok(self.sealed.get_or_init(|| self.settings.sealed())),
            StoreChoice::Env => {
                Err(Error::new(Kind::Usage, "nothing can be stored in the environment").hint(
                    "with TIELINE_STORE=env, `call` and `test` read the credential from it; \
                     there is nothing to connect",
                ))
            }
        }
    }

    /// The store that an account file names.
    ///
    /// # Errors
    /// It names none.
    pub fn by_kind(&self, kind: &str) -> Result<&Store> {
        match kind {
            "keyring" | "file" => self.get(StoreChoice::from_kind(kind)),
            other => Err(Error::new(Kind::Store, format!("`{other}` is no store"))),
        }
    }
}

impl Settings {
    fn keyring(&self) -> Store {
        let slow = || {
            let _ = std::io::Write::write_all(
                &mut std::io::stderr(),
                b"The keyring does not answer yet; it may be waiting to be unlocked.\n",
            );
        };
        Store::Keyring(Keyring::new(self.timeout, ENTRY_LIMIT, Box::new(slow)))
    }

    fn sealed(&self) -> Store {
        let (key, passphrase, can_ask) = (self.key.clone(), self.passphrase.clone(), self.can_ask);
        let folder = self.vault.clone();
        let new = {
            let folder = folder.clone();
            move || Sealed::is_new(&folder)
        };
        Store::Sealed(Sealed::new(folder, move || {
            if let Some(key) = &key {
                return SealedKey::parse(key);
            }
            if let Some(passphrase) = &passphrase {
                return Ok(SealedKey::Passphrase(passphrase.clone()));
            }
            if !can_ask {
                return Err(StoreError::SealedKeyMissing);
            }
            Terminal::passphrase("Passphrase of the sealed file", new())
                .map(SealedKey::Passphrase)
                .map_err(|_| StoreError::SealedKeyMissing)
        }))
    }
}

/// How long a keyring may take: it may be waiting for a person to unlock it.
fn timeout(context: &Context) -> Result<Duration> {
    let Some(text) = context.variable("TIELINE_KEYRING_TIMEOUT") else { return Ok(TIMEOUT) };
    match text.parse::<u64>() {
        Ok(seconds) if (1..=600).contains(&seconds) => Ok(Duration::from_secs(seconds)),
        _ => {
            Err(Error::new(Kind::Usage, "TIELINE_KEYRING_TIMEOUT is a number of seconds, 1 to 600"))
        }
    }
}
