//! `tieline apps path` and `apps edit`: definitions of one's own.

use super::save_new;
use crate::catalog::{Catalog, Origin, path_word};
use crate::commands::App;
use crate::commands::editor::Editor;
use crate::definition::names::AppName;
use crate::error::{Error, Kind, Result};
use crate::terminal::Style;
use std::path::{Path, PathBuf};

/// What `apps path` takes.
#[derive(clap::Args, Debug)]
pub struct PathArguments {
    /// The app; without it, the folder of your own definitions
    #[arg(add = crate::candidates::apps())]
    pub app: Option<String>,
}

/// What `apps edit` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = "The editor is what VISUAL or EDITOR says, with its arguments.")]
pub struct EditArguments {
    /// The app, or a definition's path
    #[arg(add = crate::candidates::apps())]
    pub app: String,
}

/// Where a definition lies: a path on standard output, or a word on standard error that there is none.
pub(super) fn path(arguments: &PathArguments, app: &App) -> Result<()> {
    let folder = &app.context.folders.apps;
    let Some(word) = &arguments.app else {
        return app.terminal.print(&format!("{}\n", folder.display()));
    };
    match origin(app, word)? {
        Origin::File(path) => app.terminal.print(&format!("{}\n", path.display())),
        Origin::Embedded => {
            app.terminal.say(format!("`{word}` is embedded in tieline, and is no file."));
            app.terminal.detail("yours", format!("would be {}", own(folder, word).display()));
            let edit = format!("tieline apps edit {word}");
            app.terminal.command("to change", &edit);
            Ok(())
        }
    }
}

/// Opens a definition in the editor, and says afterwards what is wrong with it.
pub(super) fn edit(arguments: &EditArguments, app: &App) -> Result<()> {
    let editor = Editor::of(app)?;
    let path = own_file(&arguments.app, app)?;
    loop {
        editor.open(&path)?;
        let word = path_word(&path);
        let (name, parsed) = app.catalog.anew().parse(&word)?;
        if parsed.findings.is_empty() {
            app.terminal.done(format!("{name}: no findings"));
            return Ok(());
        }
        for finding in &parsed.findings {
            app.terminal.say(format!("{}\n", finding.draw(app.terminal.colors_output())));
        }
        let again = app.terminal.can_ask() && app.terminal.confirm("Edit it again?")?;
        if !again {
            return match parsed.definition {
                Some(_) => Ok(()),
                None => Err(Error::new(
                    Kind::Definition,
                    format!("the definition of `{name}` is wrong"),
                )
                .hint(format!("run `tieline apps edit {}`", arguments.app))),
            };
        }
    }
}

/// The file to edit: an embedded definition is copied first.
fn own_file(word: &str, app: &App) -> Result<PathBuf> {
    let folder = &app.context.folders.apps;
    match origin(app, word)? {
        Origin::File(path) => Ok(path),
        Origin::Embedded => {
            let name = AppName::parse(word)?;
            let text = Catalog::embedded_text(&name).unwrap_or_default();
            let path = own(folder, word);
            save_new(&path, text, false)?;
            let shown = app.terminal.paint(Style::Command, &path.display().to_string());
            app.terminal.say(format!("Copied the embedded definition to {shown}"));
            app.terminal.say("It takes the place of the embedded one until you delete it.");
            Ok(path)
        }
    }
}

fn origin(app: &App, word: &str) -> Result<Origin> {
    let origin = app.catalog.origin(word);
    let there = |origin: &Origin| match origin {
        Origin::Embedded => true,
        Origin::File(path) => path.is_file(),
    };
    match origin.filter(there) {
        Some(origin) => Ok(origin),
        // It says which app was probably meant.
        None => match app.catalog.parse(word) {
            Err(error) => Err(error.into()),
            Ok(_) => Err(Error::new(Kind::Usage, format!("there is no file `{word}`"))),
        },
    }
}

fn own(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.yaml"))
}
