//! `tieline test`: does an account work, and if not, why.

mod fresh;
mod kept;
mod print;
mod rehearsal;

use super::connect::Options;
use super::report::Destination;
use super::{App, report, trace};
use crate::accounts::Accounts;
use crate::catalog::Catalog;
use crate::context::now_ms;
use crate::error::{Error, Kind, Result};
use crate::report::{Run, Tested, json};
use crate::trial::{Mark, Step, Verdict};
use fresh::test_fresh;
use kept::test_kept;
use print::print;

/// Check an account step by step, or a whole authorization afresh
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline test github\n  \
    tieline test --all --json\n  \
    tieline test --all --report junit=tieline.xml --report html=tieline.html\n  \
    tieline test ./my-app.yaml --fresh\n  \
    tieline test ./my-app.yaml --against-sandbox")]
pub struct Arguments {
    /// `app`, `app/name`, or a definition's path
    #[arg(add = crate::candidates::accounts_or_files())]
    pub targets: Vec<String>,
    /// Every connected account
    #[arg(long, conflicts_with_all = ["targets", "fresh"])]
    pub all: bool,
    /// Run the whole authorization and keep nothing; always so for a path
    #[arg(long)]
    pub fresh: bool,
    /// Run the app's definition against a server made from it, which fails in every way that apps
    /// do; no account of yours is touched
    #[arg(long, conflicts_with_all = ["all", "fresh", "report"])]
    pub against_sandbox: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Write a report too: FORMAT is json, junit, html or har, and - is standard output
    #[arg(long, value_name = "FORMAT=FILE")]
    pub report: Vec<Destination>,
    /// What a whole authorization takes.
    #[command(flatten)]
    pub options: Options,
}

/// A target that could not even be begun with.
fn failed(target: &str, error: Error) -> Tested {
    let (mark, name, text) = (Mark::Failed, "credential", error.message.clone());
    let step = Step { mark, name, text, status: None, elapsed_ms: None };
    let verdict = Verdict {
        steps: vec![step],
        identity: None,
        verified: false,
        error: Some(error),
        elapsed_ms: 0,
    };
    Tested { id: target.to_owned(), auth: "?".to_owned(), verdict, exchanges: Vec::new() }
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let accounts = app.accounts();
    let began_at_ms = now_ms();
    report::check(&arguments.report, arguments.json)?;
    let targets = targets(arguments, &accounts)?;
    if arguments.against_sandbox {
        let auth = arguments.options.auth.as_deref();
        return rehearsal::run(app, &targets, auth, arguments.json).await;
    }
    let mut all = Vec::new();
    for target in &targets {
        let http = app.http(arguments.options.request_seconds());
        let tested = match arguments.fresh || Catalog::is_path(target) {
            true => test_fresh(arguments, app, &accounts, target, &http).await,
            false => test_kept(app, &accounts, (target, arguments.all), &http).await,
        };
        // One that cannot be tested keeps no other from it.
        let tested = tested.unwrap_or_else(|error| failed(target, error));
        if !arguments.json && !report::takes_output(&arguments.report) {
            print(app, &tested, targets.len() > 1)?;
        }
        trace::print_in_full(&app.terminal, &http);
        all.push(tested);
    }
    finish(arguments, app, all, began_at_ms)
}

fn targets(arguments: &Arguments, accounts: &Accounts<'_>) -> Result<Vec<String>> {
    let targets = match arguments.all {
        true => accounts.files.list().into_iter().map(|(id, _)| id.to_string()).collect(),
        false => arguments.targets.clone(),
    };
    if targets.is_empty() {
        let error = Error::new(
            Kind::Usage,
            match arguments.all {
                true => "no account is connected, so there is nothing to test",
                false => "it does not say what to test",
            },
        );
        return Err(error.hint("name an app, `app/name` or a definition's path, or `--all`"));
    }
    Ok(targets)
}

fn finish(arguments: &Arguments, app: &App, all: Vec<Tested>, began_at_ms: i64) -> Result<()> {
    let kinds: Vec<Kind> = all
        .iter()
        .filter_map(|tested| tested.verdict.error.as_ref().map(|error| error.kind))
        .collect();
    let worst = Kind::worst(&kinds);
    let exit_status = worst.map_or(0, Kind::status);
    let run = Run { command: command(arguments), began_at_ms, exit_status, tested: all };
    if arguments.json {
        app.terminal.print(&json::render(&run))?;
    } else if run.tested.len() > 1 && !report::takes_output(&arguments.report) {
        app.terminal.print(&format!(
            "{} work, {} not verified, {} failed\n",
            run.count("works"),
            run.count("not verified"),
            run.count("failed")
        ))?;
    }
    report::write(&arguments.report, &run, &app.terminal)?;
    worst.map_or(Ok(()), |kind| Err(Error::silent(kind)))
}

/// What was tested, as it was typed. Fields and clients are left out: they may be secret.
fn command(arguments: &Arguments) -> String {
    let flags = [("--all", arguments.all), ("--fresh", arguments.fresh)];
    let flags = flags.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag);
    let words = ["tieline", "test"].into_iter();
    let words = words.chain(arguments.targets.iter().map(String::as_str)).chain(flags);
    words.collect::<Vec<_>>().join(" ")
}
