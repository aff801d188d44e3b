//! The person's own editor, which the commands that edit a file open.

use super::App;
use crate::error::{Error, Kind, Result};
use std::path::Path;
use std::process::Command;

/// A program and its arguments: an editor may be `code --wait`.
pub(super) struct Editor(Vec<String>);

impl Editor {
    /// What VISUAL or EDITOR says. Nobody is put into an editor that they did not choose, but on Windows,
    /// where everybody can leave it again.
    ///
    /// # Errors
    /// Neither says anything.
    pub(super) fn of(app: &App) -> Result<Self> {
        let named = ["VISUAL", "EDITOR"].into_iter().find_map(|name| app.context.variable(name));
        let named = named.or(cfg!(windows).then(|| "notepad".to_owned())).unwrap_or_default();
        let words: Vec<String> = named.split_whitespace().map(ToOwned::to_owned).collect();
        match words.is_empty() {
            false => Ok(Self(words)),
            true => Err(Error::new(Kind::Usage, "it is not known which editor to open")
                .hint("set VISUAL or EDITOR, such as `EDITOR=nano`")),
        }
    }

    /// Opens a file, and waits until the editor ends.
    ///
    /// # Errors
    /// It cannot be started, or fails.
    pub(super) fn open(&self, path: &Path) -> Result<()> {
        let Some((program, arguments)) = self.0.split_first() else { return Ok(()) };
        let failed = |error| Error::io(format!("`{program}` cannot be started"), &error);
        let status = Command::new(program).args(arguments).arg(path).status().map_err(failed)?;
        match status.success() {
            true => Ok(()),
            false => Err(Error::new(Kind::Failed, format!("`{program}` ended with {status}"))),
        }
    }
}
