//! `tieline lint`: everything that is wrong with definitions.

mod github;
mod json;
mod online;
mod report;
mod rules;
mod sarif;
mod text;

use super::App;
use crate::catalog::{Catalog, CatalogError, path_word, yaml_files};
use crate::definition::finding::Finding;
use crate::definition::rule::{Rule, Severity};
use crate::definition::source::{Source, Span};
use crate::error::{Error, Kind, Result};
use clap::ValueEnum;
use report::Report;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;

/// Check definitions: files, folders, or apps by name
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline lint ./my-app.yaml\n  \
    tieline lint apps --deny warnings --format github\n  \
    tieline lint --rules")]
pub struct Arguments {
    /// Files, folders or app names [default: your own definitions]
    #[arg(add = crate::candidates::apps_or_files())]
    pub targets: Vec<PathBuf>,
    /// How to print the findings
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub format: Format,
    /// What fails besides errors
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub deny: Option<Deny>,
    /// Compare with what each definition's issuer says of itself, too
    #[arg(long)]
    pub online: bool,
    /// Print what each rule finds and why, and check nothing
    #[arg(long, conflicts_with_all = ["targets", "deny", "online"])]
    pub rules: bool,
}

/// Who reads the findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A person: the line, and a caret beneath it
    Text,
    /// A program
    Json,
    /// A code scanner (SARIF 2.1.0)
    Sarif,
    /// GitHub Actions, which shows them at the lines
    Github,
}

/// What fails besides errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Warnings, too
    Warnings,
}

pub(crate) fn run(arguments: &Arguments, app: &App) -> Result<()> {
    if arguments.rules {
        return rules::print(app, arguments.format);
    }
    let report = check(app, &targets(arguments, app)?)?;
    finish(arguments, app, &report)
}

/// The same, and a comparison with what the issuers say.
pub(crate) async fn run_online(arguments: &Arguments, app: &App) -> Result<()> {
    let targets = targets(arguments, app)?;
    let mut report = check(app, &targets)?;
    let compared = online::differences(app, &targets, &mut report.findings).await;
    compared.and(finish(arguments, app, &report))
}

fn finish(arguments: &Arguments, app: &App, report: &Report) -> Result<()> {
    let working = app.context.working_folder();
    let text = match arguments.format {
        Format::Text => text::print(report, &app.terminal),
        Format::Json => json::print(report),
        Format::Sarif => sarif::print(report, working.as_deref()),
        Format::Github => github::print(report, working.as_deref()),
    };
    app.terminal.print(&text)?;
    let fails = |finding: &Finding| {
        finding.rule.severity() == Severity::Error || arguments.deny == Some(Deny::Warnings)
    };
    match report.findings.iter().any(fails) {
        true => Err(Error::silent(Kind::Definition)),
        false => Ok(()),
    }
}

fn check(app: &App, targets: &[String]) -> Result<Report> {
    let mut report = Report { definitions: targets.len(), findings: Vec::new() };
    // What is wrong with a parent is found with each of its children, and told once.
    let mut told = BTreeSet::new();
    for target in targets {
        let findings = match app.catalog.parse(target) {
            Ok((_, parsed)) => parsed.findings,
            Err(CatalogError::Wrong { findings, .. }) => findings,
            // The other files are worth looking at.
            Err(error) if targets.len() > 1 => vec![unreadable(target, error.into())],
            Err(error) => return Err(error.into()),
        };
        report.findings.extend(findings.into_iter().filter(|finding| told.insert(finding.line())));
    }
    Ok(report)
}

fn unreadable(target: &str, error: Error) -> Finding {
    let source = Rc::new(Source::new(target, ""));
    let message = std::iter::once(error.message).chain(error.causes).collect::<Vec<_>>().join(": ");
    Finding::new(Rule::Unreadable, Span::first_line(&source), message)
}

fn targets(arguments: &Arguments, app: &App) -> Result<Vec<String>> {
    let own = [app.context.folders.apps.clone()];
    let named = if arguments.targets.is_empty() { own.as_slice() } else { &arguments.targets };
    let mut targets = Vec::new();
    for path in named {
        if path.is_dir() || arguments.targets.is_empty() {
            targets.extend(yaml_files(path).iter().map(|path| path_word(path)));
        } else {
            let text = path.display().to_string();
            targets.push(if path.is_file() && !Catalog::is_path(&text) {
                path_word(path)
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
