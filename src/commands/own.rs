//! This very program, run in a home of its own: what is kept there is gone with it.

use super::App;
use crate::error::{Error, Kind, Result};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

/// How long any one command may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// A home, and what commands in it find in their environment.
pub(super) struct Own {
    program: PathBuf,
    home: TempDir,
    variables: Vec<(String, String)>,
}

impl Own {
    /// A new one, with a sealed file as its store, and nothing of the person's environment but the paths.
    ///
    /// # Errors
    /// There is no place for it.
    pub(super) fn new(app: &App, prefix: &str) -> Result<Self> {
        let program =
            std::env::current_exe().map_err(|e| Error::io("this program cannot be found", &e))?;
        let home = tempfile::Builder::new().prefix(prefix).tempdir();
        let home = home.map_err(|error| Error::io("no temporary folder can be made", &error))?;
        let key = crate::accounts::revision()?
            + &crate::accounts::revision()?
            + &crate::accounts::revision()?;
        let mut own = Self { program, home, variables: Vec::new() };
        own.set("TIELINE_HOME", own.path().join("home").display().to_string());
        own.set("TIELINE_STORE", "file");
        own.set("TIELINE_KEY", &key[..64]);
        for name in ["SYSTEMROOT", "TEMP", "TMP", "LANG", "LC_ALL"] {
            if let Some(value) = app.context.variable(name) {
                own.set(name, value);
            }
        }
        Ok(own)
    }

    /// Sets a variable for every command that follows.
    pub(super) fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.variables.push((name.into(), value.into()));
    }

    /// Where commands run.
    pub(super) fn path(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file there.
    ///
    /// # Errors
    /// The disk is full.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path().join(name);
        std::fs::write(&path, text).map_err(|error| Error::writing(&path, &error))?;
        Ok(path)
    }

    /// A command, with everything that it says to be read.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(self.path()).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// It cannot be started, or does not end.
    pub(super) async fn run(&self, arguments: &[&str], input: Option<&str>) -> Result<Output> {
        let error = |error| Error::io("this program cannot be run", &error);
        let mut child = self.command(arguments).spawn().map_err(error)?;
        if let Some(mut stdin) = child.stdin.take() {
            let bytes = input.unwrap_or_default().as_bytes();
            // A command that refuses at once does not read it.
            let _ = stdin.write_all(bytes).await;
        }
        let hangs = |_| {
            let message = format!("`tieline {}` does not end", arguments.join(" "));
            Error::new(Kind::Failed, message)
        };
        timeout(PATIENCE, child.wait_with_output()).await.map_err(hangs)?.map_err(error)
    }

    /// Removes it.
    ///
    /// # Errors
    /// Something in it cannot be removed.
    pub(super) fn close(self) -> Result<()> {
        let path = self.path().to_owned();
        self.home
            .close()
            .map_err(|error| Error::io(format!("`{}` cannot be removed", path.display()), &error))
    }
}
