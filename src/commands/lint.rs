//! `tieline lint`: everything that is wrong with definitions.

use super::App;
use crate::catalog::{Catalog, CatalogError, yaml_files};
use crate::definition::finding::{Finding, Severity};
use crate::error::{Error, Kind, Result};
use crate::terminal::Style;
use std::path::{Path, PathBuf};

/// Check definitions: files, folders, or apps by name
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Files, folders or app names [default: your own definitions]
    #[arg(add = crate::candidates::apps_or_files())]
    pub targets: Vec<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let targets = targets(arguments, app)?;
    let (mut errors, mut warnings) = (0, 0);
    for target in &targets {
        let findings = match app.catalog.parse(target) {
            Ok((_, parsed)) => parsed.findings,
            Err(CatalogError::Wrong { findings, .. }) => findings,
            Err(error) if targets.len() > 1 => {
                // The other files are worth looking at.
                app.terminal.report(&error.into());
                errors += 1;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        for finding in &findings {
            app.terminal.print(&format!("{}\n\n", finding.draw(app.terminal.colors_output())))?;
        }
        let count = |severity| {
            findings.iter().filter(|finding: &&Finding| finding.severity == severity).count()
        };
        errors += count(Severity::Error);
        warnings += count(Severity::Warning);
    }
    summary(app, targets.len(), errors, warnings)
}

fn summary(app: &App, files: usize, errors: usize, warnings: usize) -> Result<()> {
    let plural = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    let files = plural(files, "definition");
    if errors + warnings == 0 {
        let tick = app.terminal.paint_output(Style::Good, app.terminal.tick());
        return app.terminal.print(&format!("{tick} {files}: no findings\n"));
    }
    let cross = app.terminal.paint_output(Style::Bad, app.terminal.cross());
    let (errors_text, warnings_text) = (plural(errors, "error"), plural(warnings, "warning"));
    app.terminal.print(&format!("{cross} {files}: {errors_text}, {warnings_text}\n"))?;
    if errors > 0 { Err(Error::silent(Kind::Definition)) } else { Ok(()) }
}

fn targets(arguments: &Arguments, app: &App) -> Result<Vec<String>> {
    let own = [app.context.folders.apps.clone()];
    let named = if arguments.targets.is_empty() { own.as_slice() } else { &arguments.targets };
    let mut targets = Vec::new();
    for path in named {
        if path.is_dir() || arguments.targets.is_empty() {
            targets.extend(yaml_files(path).iter().map(|path| as_path(path)));
        } else {
            let text = path.display().to_string();
            targets.push(if path.is_file() && !Catalog::is_path(&text) {
                as_path(path)
            } else {
                text
            });
        }
    }
    if targets.is_empty() {
        return Err(Error::new(Kind::Usage, "there is no definition to check")
            .hint("name a file, a folder or an app: `tieline lint ./my-app.yaml`"));
    }
    Ok(targets)
}

/// A path that cannot be taken for an app's name.
fn as_path(path: &Path) -> String {
    let text = path.display().to_string();
    if Catalog::is_path(&text) { text } else { format!("./{text}") }
}
