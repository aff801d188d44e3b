//! A home folder of a test's own, in which `tieline` runs.

use super::{Pty, Ran, Waiting};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// 32 bytes in hexadecimal: the key of the sealed store in tests.
pub(crate) const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A home folder of its own, with the sealed file as the store.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    variables: BTreeMap<String, String>,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut variables = BTreeMap::new();
        variables.insert("TIELINE_HOME".into(), folder.path().join("home").display().to_string());
        variables.insert("TIELINE_STORE".into(), "file".into());
        variables.insert("TIELINE_KEY".into(), KEY.into());
        variables.insert("LANG".into(), "C.UTF-8".into());
        Self { folder, variables }
    }

    /// The same with a variable for every command that follows.
    pub(crate) fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// The folder that holds everything of this test; it is also where commands run.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder and gives its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// `tieline` with nothing of the caller's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tieline"));
        command.args(arguments).env_clear().envs(&self.variables).current_dir(self.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs `tieline` to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::new(arguments, self.command(arguments).output().unwrap())
    }

    /// Runs `tieline` with a text on standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // A command that refuses at once does not read it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::new(arguments, child.wait_with_output().unwrap())
    }

    /// Connects `sandbox-oauth2` (or another OAuth app) with `arguments`, playing the browser.
    pub(crate) fn connect(&self, arguments: &[&str]) -> Ran {
        self.start_connect(arguments).browse_and_finish()
    }

    /// Starts a connect that waits for the browser.
    pub(crate) fn start_connect(&self, arguments: &[&str]) -> Waiting {
        self.start(&[&["connect", "--no-browser"], arguments].concat())
    }

    /// Starts any command that waits for the browser.
    pub(crate) fn start(&self, all: &[&str]) -> Waiting {
        Waiting::new(self.command(all).spawn().unwrap(), all)
    }

    /// Writes a definition of the user's own.
    pub(crate) fn define(&self, app: &str, yaml: &str) {
        self.write(&format!("home/apps/{app}.yaml"), yaml);
    }

    /// How many entries the sealed store has.
    pub(crate) fn kept(&self) -> usize {
        std::fs::read_dir(self.path().join("home/vault")).map_or(0, Iterator::count)
    }

    /// Runs `tieline` on a terminal of 80 columns that echoes what is typed.
    pub(crate) fn on_terminal(&self, arguments: &[&str]) -> Pty {
        self.on_terminal_like(80, "xterm", arguments)
    }

    /// The same with so many columns.
    pub(crate) fn on_terminal_of(&self, columns: usize, arguments: &[&str]) -> Pty {
        self.on_terminal_like(columns, "xterm", arguments)
    }

    /// The same of this sort.
    pub(crate) fn on_terminal_like(&self, columns: usize, name: &str, arguments: &[&str]) -> Pty {
        let mut command = Command::new("/bin/sh");
        let script =
            format!("PATH=/usr/bin:/bin stty echo rows 24 cols {columns}; exec \"$0\" \"$@\"");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_tieline")]).args(arguments);
        command.env_clear().envs(&self.variables).env("TERM", name).current_dir(self.path());
        Pty::start(command)
    }
}
