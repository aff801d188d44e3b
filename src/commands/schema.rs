//! `tieline schema`: the JSON Schema of definitions, for editors and validators.

use super::App;
use crate::definition::schema::schema;
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Beside the folder of the person's own definitions, so that every one of them finds it as `../NAME`.
const NAME: &str = "definition.schema.json";

/// Print the JSON Schema of definitions, for editors
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline schema --install\n  \
    tieline schema >definition.schema.json")]
pub struct Arguments {
    /// Write it beside your own definitions, and print the line by which editors find it there
    #[arg(long)]
    pub install: bool,
}

pub(crate) fn run(arguments: &Arguments, app: &App) -> Result<()> {
    if !arguments.install {
        return app.terminal.print(&text());
    }
    let file = install(app)?;
    let apps = app.context.folders.apps.display();
    app.terminal.say(format!("Wrote {}", file.display()));
    app.terminal.say(format!("The first line of a definition in {apps}:"));
    app.terminal.print(&comment())
}

fn text() -> String {
    format!("{:#}\n", schema())
}

/// The line by which editors find the schema from one of the person's own definitions.
pub(super) fn comment() -> String {
    format!("# yaml-language-server: $schema=../{NAME}\n")
}

/// Writes the schema beside the person's own definitions, in place of an older one.
pub(super) fn install(app: &App) -> Result<PathBuf> {
    let apps = &app.context.folders.apps;
    let file = apps.parent().unwrap_or(Path::new(".")).join(NAME);
    fs::create_dir_all(apps).and_then(|()| fs::write(&file, text())).map_err(|error| {
        Error::io(format!("the schema cannot be written to `{}`", file.display()), &error)
    })?;
    Ok(file)
}
