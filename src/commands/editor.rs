//! The person's editor.

use super::App;
use crate::error::{Error, Kind, Result};
use std::path::Path;
use std::process::Command;

/// What is on nearly every machine, for whoever sits at one and has named no editor.
const COMMON: &str = if cfg!(windows) { "notepad" } else { "vi" };

/// An editor's program and its arguments, as in `code --wait`.
pub(super) struct Editor(Vec<String>);

impl Editor {
    /// What VISUAL or EDITOR names.
    ///
    /// # Errors
    /// They name none, and nobody sits at a terminal to use another.
    pub(super) fn of(app: &App) -> Result<Self> {
        let named = ["VISUAL", "EDITOR"].into_iter().find_map(|name| app.context.variable(name));
        let named = named.filter(|words| !words.trim().is_empty());
        let words =
            named.or_else(|| app.terminal.can_ask().then_some(COMMON)).ok_or_else(|| {
                Error::new(Kind::Usage, "it is not known which editor to open")
                    .hint("set VISUAL or EDITOR, such as `EDITOR=nano`")
            })?;
        Ok(Self(words.split_whitespace().map(ToOwned::to_owned).collect()))
    }

    /// Opens a file in it, and waits until it is closed.
    ///
    /// # Errors
    /// It cannot be run, or says that it failed.
    pub(super) fn open(&self, path: &Path) -> Result<()> {
        let Some((program, arguments)) = self.0.split_first() else { return Ok(()) };
        let failed = |error| Error::io(format!("`{program}` cannot be run"), &error);
        let status = Command::new(program).args(arguments).arg(path).status().map_err(failed)?;
        match status.success() {
            true => Ok(()),
            false => Err(Error::new(Kind::Failed, format!("`{program}` ended with {status}"))),
        }
    }
}
