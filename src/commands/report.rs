//! Where reports go: `--report FORMAT=FILE`.

use crate::candidates::{completer, explained, files_behind};
use crate::error::{Error, Kind, Result};
use crate::report::{Run, har, html, json, junit};
use crate::terminal::Terminal;
use clap_complete::engine::ArgValueCompleter;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A form of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Junit,
    Html,
    Har,
}

/// The forms by name, with who reads each.
const FORMATS: [(&str, Format, &str); 4] = [
    ("json", Format::Json, "for programs"),
    ("junit", Format::Junit, "for CI"),
    ("html", Format::Html, "a page for people"),
    ("har", Format::Har, "for a browser's network tools"),
];

/// What `--report` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    format: Format,
    /// None is standard output.
    file: Option<PathBuf>,
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (format, file) = text.split_once('=').ok_or("it is FORMAT=FILE")?;
        let known = FORMATS.iter().find(|(name, ..)| *name == format);
        let (_, format, _) = known.ok_or_else(|| {
            let names = FORMATS.map(|(name, ..)| name).join(", ");
            format!("there is no format `{format}`: {names}")
        })?;
        let format = *format;
        match file {
            "" => Err("the name of the file is missing".to_owned()),
            "-" => Ok(Self { format, file: None }),
            file => Ok(Self { format, file: Some(file.into()) }),
        }
    }
}

/// What a shell can complete: the format, then a file.
pub(super) fn candidates() -> ArgValueCompleter {
    completer(|word| match word.split_once('=') {
        None => {
            let fitting = FORMATS.iter().filter(|(name, ..)| name.starts_with(word));
            fitting
                .map(|(name, _, reader)| explained(format!("{name}="), Some((*reader).to_owned())))
                .collect()
        }
        Some((format, path)) => files_behind(&format!("{format}="), path),
    })
}

/// Whether a report is written to standard output, which then carries nothing else.
pub(super) fn takes_output(all: &[Destination]) -> bool {
    all.iter().any(|destination| destination.file.is_none())
}

/// Checks what can be known beforehand: nobody wants to hear it after minutes of testing.
///
/// # Errors
/// Standard output is claimed twice, a file is named twice, or its folder is not there.
pub(super) fn check(all: &[Destination], json: bool) -> Result<()> {
    let usage = |message: &str| Err(Error::new(Kind::Usage, message));
    if all.iter().filter(|one| one.file.is_none()).count() + usize::from(json) > 1 {
        return usage("standard output can carry one report only");
    }
    for (at, one) in all.iter().enumerate() {
        let Some(file) = &one.file else { continue };
        if all[..at].iter().any(|other| other.file.as_ref() == Some(file)) {
            return usage("two reports would be written to the same file");
        }
        let folder = folder_of(file);
        if !folder.is_dir() {
            let message = format!("the folder of `{}` is not there", file.display());
            return Err(Error::new(Kind::Usage, message)
                .hint(format!("run `mkdir -p {}`", folder.display())));
        }
    }
    Ok(())
}

/// Writes every report; the first failure is told after all of them were tried.
///
/// # Errors
/// A file cannot be written.
pub(super) fn write(all: &[Destination], run: &Run, terminal: &Terminal) -> Result<()> {
    let mut outcome = Ok(());
    for destination in all {
        let text = render(destination.format, run)?;
        let written = match &destination.file {
            None => terminal.print(&text),
            Some(file) => replace(file, &text).map_err(|error| {
                Error::io(format!("the report `{}` cannot be written", file.display()), &error)
            }),
        };
        outcome = outcome.and(written);
    }
    outcome
}

fn render(format: Format, run: &Run) -> Result<String> {
    Ok(match format {
        Format::Json => json::render(run),
        Format::Har => har::render(run),
        Format::Html => html::render(run),
        Format::Junit => {
            junit::render(run).map_err(|error| Error::io("the report cannot be made", &error))?
        }
    })
}

/// In one step, and for its owner's eyes: what an account may see can be private though no secret.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let mut new = tempfile::NamedTempFile::new_in(folder_of(file))?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(file)?;
    Ok(())
}

fn folder_of(file: &Path) -> &Path {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}
