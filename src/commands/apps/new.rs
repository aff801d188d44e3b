//! `tieline apps new`: a definition to begin with, from a type, from what a server says of itself, or from
//! an OpenAPI description.

use super::{read_given, save_new, templates};
use crate::catalog::path_word;
use crate::commands::connect::describe;
use crate::commands::{App, schema};
use crate::definition::names::AppName;
use crate::definition::{TYPES, Type};
use crate::draft::write;
use crate::error::{Error, Kind, Result};
use crate::openapi;
use clap::builder::PossibleValuesParser;
use std::path::{Path, PathBuf};

/// How long a server may take to say what it is, in seconds.
const PATIENCE: u64 = 30;

/// What `apps new` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline apps new acme --type api_key\n  \
    tieline apps new acme --issuer https://login.acme.example\n  \
    tieline apps new acme --openapi openapi.yaml --output ./acme.yaml")]
pub struct NewArguments {
    /// The app's name: lower-case letters, digits and `-`
    pub name: String,
    /// How it is authorized; on a terminal you are asked
    #[arg(long = "type", value_name = "TYPE", group = "from",
          value_parser = PossibleValuesParser::new(TYPES.iter().map(|(name, _)| *name)))]
    pub kind: Option<String>,
    /// Ask this authorization server, or API, what it says of itself
    #[arg(long, value_name = "URL", group = "from")]
    pub issuer: Option<String>,
    /// Read an OpenAPI description: 2.0, 3.0 or 3.1, JSON or YAML
    #[arg(long, value_name = "FILE", group = "from", value_hint = clap::ValueHint::FilePath)]
    pub openapi: Option<PathBuf>,
    /// Where it is written [default: NAME.yaml in the folder of your own]
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Overwrite a file that is there
    #[arg(long)]
    pub force: bool,
}

pub(super) async fn run(arguments: &NewArguments, app: &App) -> Result<()> {
    let name = AppName::parse(&arguments.name)?;
    let own = app.context.folders.apps.join(format!("{name}.yaml"));
    let path = arguments.output.as_ref().unwrap_or(&own);
    if path.exists() && !arguments.force {
        return Err(super::is_there(path));
    }
    let (mut text, notes) = text(arguments, app, &name).await?;
    if path == &own {
        // Editors then know every key; from elsewhere they would not find the schema.
        schema::install(app)?;
        text.insert_str(0, &schema::comment());
    }
    save_new(path, &text, arguments.force)?;
    tell(app, &name, path, &notes, path == &own)
}

async fn text(
    arguments: &NewArguments,
    app: &App,
    name: &AppName,
) -> Result<(String, Vec<String>)> {
    if let Some(issuer) = &arguments.issuer {
        return Ok((describe(&app.http(PATIENCE), issuer).await?, Vec::new()));
    }
    if let Some(file) = &arguments.openapi {
        return from_openapi(file, name);
    }
    let kind = match &arguments.kind {
        Some(kind) => TYPES.iter().find(|(known, _)| known == kind).map(|(_, kind)| *kind),
        None => None,
    };
    let kind = kind.map_or_else(|| ask(app), Ok)?;
    Ok((write(&templates::of_type(name.as_str(), kind)), Vec::new()))
}

fn ask(app: &App) -> Result<Type> {
    if !app.terminal.can_ask() {
        return Err(Error::new(Kind::Usage, "it does not say what to begin with")
            .hint("give `--type TYPE`, `--issuer URL` or `--openapi FILE`"));
    }
    let names: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
    let at = app.terminal.choose("How is the app authorized?", &names, 0)?;
    Ok(TYPES[at].1)
}

fn from_openapi(file: &Path, name: &AppName) -> Result<(String, Vec<String>)> {
    let text = read_given(file, openapi::MAX_BYTES)?;
    let read = openapi::convert(&text, name.as_str()).map_err(|why| {
        let message = format!("nothing can be made of `{}`", file.display());
        Error::new(Kind::Definition, message).because(why)
    })?;
    Ok((write(&read.draft), read.notes))
}

/// What was written, what could not be, and what is still to be done.
fn tell(app: &App, name: &AppName, path: &Path, notes: &[String], own: bool) -> Result<()> {
    let terminal = &app.terminal;
    for note in notes {
        terminal.warn(format!("not converted: {note}"));
    }
    terminal.done(format!("Wrote {}", path.display()));
    let word = if own { name.to_string() } else { path_word(path) };
    let (_, parsed) = app.catalog.anew().parse(&word)?;
    if let Some(finding) = parsed.findings.first() {
        let more = parsed.findings.len() - 1;
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        terminal.detail("to do", format!("{}{more}", finding.line()));
    }
    terminal.command("edit", &format!("tieline apps edit {word}"));
    terminal.command("check", &format!("tieline lint {word}"));
    terminal.command("next", &format!("tieline connect {word}"));
    Ok(())
}
