//! What surrounds the process: the environment, the folders, the clock. Only this module reads them.

mod surroundings;

pub use surroundings::{Ssh, Surroundings};

use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use etcetera::{BaseStrategy, choose_base_strategy};
use std::env;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// What surrounds the process. Of its variables, few are ever looked up, so that they are not copied.
pub struct Context {
    /// Variables that stand before those of the process.
    variables: Vec<(String, OsString)>,
    settings: Vec<(&'static str, String)>,
    /// Where things are kept.
    pub folders: Folders,
    /// Whether standard input, output and error are terminals.
    pub terminals: Terminals,
}

/// Where things are kept.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The user's own definitions.
    pub apps: PathBuf,
    /// The configuration file.
    pub config: PathBuf,
    /// Account and client files, without secrets.
    pub data: PathBuf,
    /// Locks.
    pub locks: PathBuf,
}

/// The folders of the person, where other programs keep their settings.
#[derive(Clone, Debug)]
pub struct Home {
    /// The home folder itself.
    pub folder: PathBuf,
    /// What is configured: `~/.config` on Linux.
    pub config: PathBuf,
    /// What is kept: `~/.local/share` on Linux.
    pub data: PathBuf,
    /// Where zsh looks for its start-up files.
    pub zsh: PathBuf,
}

/// Which standard streams are terminals.
#[derive(Clone, Copy, Debug)]
pub struct Terminals {
    /// Standard input.
    pub input: bool,
    /// Standard output.
    pub output: bool,
    /// Standard error.
    pub error: bool,
}

impl Context {
    /// Reads the process's surroundings.
    ///
    /// # Errors
    /// There is no home folder, and `TIELINE_HOME` names none.
    pub fn from_process() -> Result<Self> {
        let folders = Folders::new(env::var_os("TIELINE_HOME").as_ref())?;
        let terminals = Terminals {
            input: std::io::stdin().is_terminal(),
            output: std::io::stdout().is_terminal(),
            error: std::io::stderr().is_terminal(),
        };
        Ok(Self { variables: Vec::new(), settings: Vec::new(), folders, terminals })
    }

    /// A variable that is set, is UTF-8 and is not empty.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        let value = self.find(name).and_then(|value| value.into_string().ok());
        let set = || self.settings.iter().find(|(known, _)| *known == name);
        value.filter(|value| !value.is_empty()).or_else(|| set().map(|(_, value)| value.clone()))
    }

    /// Whether the environment itself has a variable, that is not empty.
    #[must_use]
    pub fn is_in_environment(&self, name: &str) -> bool {
        self.find(name).is_some_and(|value| !value.is_empty())
    }

    fn find(&self, name: &str) -> Option<OsString> {
        let own = self.variables.iter().find(|(known, _)| known == name);
        own.map(|(_, value)| value.clone()).or_else(|| env::var_os(name))
    }

    /// What stands in for variables that the environment does not have: what the person has set.
    #[must_use]
    pub fn with_settings(self, settings: Vec<(&'static str, String)>) -> Self {
        Self { settings, ..self }
    }

    /// An input of an account: `TIELINE_<APP>__<NAME>__<INPUT>`, else `TIELINE_<APP>_<INPUT>`.
    #[must_use]
    pub fn input(&self, account: &AccountId, input: &str) -> Option<Secret> {
        let own = account.name.as_ref().and_then(|_| self.variable(&variable(account, input)));
        let shared = AccountId { app: account.app.clone(), name: None };
        own.or_else(|| self.variable(&variable(&shared, input))).map(Secret::from)
    }

    /// The same with other values of some variables.
    #[must_use]
    pub fn with(&self, values: impl Iterator<Item = (String, Secret)>) -> Self {
        let new: Vec<_> = values.map(|(name, value)| (name, value.expose().into())).collect();
        let kept = self.variables.iter().filter(|(name, _)| !new.iter().any(|(n, _)| n == name));
        let variables = kept.cloned().chain(new.iter().cloned()).collect();
        let (settings, folders) = (self.settings.clone(), self.folders.clone());
        Self { variables, settings, folders, terminals: self.terminals }
    }

    /// The names of our own variables: a child that is not ours must not inherit them.
    pub fn own_variables(&self) -> impl Iterator<Item = String> {
        let process = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let names = self.variables.iter().map(|(name, _)| name.clone()).chain(process);
        names.filter(|name| name.starts_with("TIELINE_"))
    }

    /// The folder that relative paths begin at, where it still exists.
    #[must_use]
    pub fn working_folder(&self) -> Option<PathBuf> {
        env::current_dir().ok()
    }

    /// The folders of the person.
    ///
    /// # Errors
    /// There is no home folder.
    pub fn home(&self) -> Result<Home> {
        let strategy = strategy()?;
        let folder = strategy.home_dir().to_owned();
        let zsh = self.variable("ZDOTDIR").map_or_else(|| folder.clone(), PathBuf::from);
        Ok(Home { folder, zsh, config: strategy.config_dir(), data: strategy.data_dir() })
    }

    /// What sort of machine this is.
    #[must_use]
    pub fn surroundings(&self) -> Surroundings {
        Surroundings::read(|name| self.variable(name))
    }

    /// `$BROWSER`.
    #[must_use]
    pub fn browser(&self) -> Option<OsString> {
        let own = self.find("BROWSER").filter(|value| !value.is_empty());
        own.or_else(|| self.variable("BROWSER").map(OsString::from))
    }
}

fn strategy() -> Result<impl BaseStrategy> {
    choose_base_strategy().map_err(|error| {
        Error::new(Kind::Failed, "there is no home folder")
            .because(error)
            .hint("set TIELINE_HOME to a folder of your own")
    })
}

/// The variable of an account's input.
#[must_use]
pub fn variable(account: &AccountId, input: &str) -> String {
    let (app, input) = (variable_part(account.app.as_str()), variable_part(input));
    match &account.name {
        Some(name) => format!("TIELINE_{app}__{}__{input}", variable_part(name)),
        None => format!("TIELINE_{app}_{input}"),
    }
}

/// A name as part of a variable's name: upper case, every other character `_`.
#[must_use]
pub fn variable_part(name: &str) -> String {
    let map = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    name.chars().map(map).collect()
}

impl Folders {
    fn new(home: Option<&OsString>) -> Result<Self> {
        if let Some(home) = home.filter(|home| !home.is_empty()) {
            let home = PathBuf::from(home);
            let (apps, locks) = (home.join("apps"), home.join("locks"));
            return Ok(Self { apps, config: home.join("config.yaml"), data: home, locks });
        }
        let strategy = strategy()?;
        // Locks follow the credential's folder and not the session's, so that two sessions of one
        // user exclude each other.
        let data = strategy.data_dir().join("tieline");
        let config = strategy.config_dir().join("tieline");
        Ok(Self {
            apps: config.join("apps"),
            config: config.join("config.yaml"),
            locks: data.join("locks"),
            data,
        })
    }
}

/// The words of the command line that a shell wants completed: what it passes behind `--`.
#[must_use]
pub fn words_to_complete() -> Vec<String> {
    let words = env::args_os().skip_while(|word| word != "--").skip(1);
    words.map(|word| word.to_string_lossy().into_owned()).collect()
}

/// Unix time in milliseconds.
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Unix time in seconds.
#[must_use]
pub fn now() -> i64 {
    now_ms() / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_named_by_app_account_and_input() {
        let plain = AccountId::parse("zoho-crm").unwrap();
        assert_eq!(variable(&plain, "client_id"), "TIELINE_ZOHO_CRM_CLIENT_ID");
        let named = AccountId::parse("zoho-crm/eu.x").unwrap();
        assert_eq!(variable(&named, "api_key"), "TIELINE_ZOHO_CRM__EU_X__API_KEY");
    }
}
