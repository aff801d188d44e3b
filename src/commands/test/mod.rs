//! `tieline test`: does an account work, and if not, why.

mod fresh;
mod json;
mod kept;
mod print;

use super::connect::Options;
use super::{App, trace};
use crate::accounts::Accounts;
use crate::catalog::Catalog;
use crate::error::{Error, Kind, Result};
use crate::trial::{Mark, Step, Verdict};
use fresh::test_fresh;
use json::as_json;
use kept::test_kept;
use print::print;
use serde_json::{Value, json};

/// The version of `--json`.
const SCHEMA: u32 = 1;

/// Check an account step by step, or a whole authorization afresh
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline test github\n  \
    tieline test --all --json\n  \
    tieline test ./my-app.yaml --fresh")]
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
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// What a whole authorization takes.
    #[command(flatten)]
    pub options: Options,
}

/// A target and what was found.
struct Tested {
    id: String,
    auth: String,
    verdict: Verdict,
    exchanges: Value,
}

impl Tested {
    /// A target that could not even be begun with.
    fn failed(target: &str, error: Error) -> Self {
        let (mark, name, text) = (Mark::Failed, "credential", error.message.clone());
        let step = Step { mark, name, text, status: None, elapsed_ms: None };
        let verdict = Verdict {
            steps: vec![step],
            identity: None,
            verified: false,
            error: Some(error),
            elapsed_ms: 0,
        };
        Self { id: target.to_owned(), auth: "?".to_owned(), verdict, exchanges: json!([]) }
    }
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let accounts = app.accounts();
    let targets = targets(arguments, &accounts)?;
    let mut all = Vec::new();
    for target in &targets {
        let http = app.http(arguments.options.request_seconds());
        let tested = match arguments.fresh || Catalog::is_path(target) {
            true => test_fresh(arguments, app, &accounts, target, &http).await,
            false => test_kept(app, &accounts, (target, arguments.all), &http).await,
        };
        // One that cannot be tested keeps no other from it.
        let tested = tested.unwrap_or_else(|error| Tested::failed(target, error));
        if !arguments.json {
            print(app, &tested, targets.len() > 1)?;
        }
        trace::print_in_full(&app.terminal, &http);
        all.push(tested);
    }
    finish(arguments, app, all)
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

fn finish(arguments: &Arguments, app: &App, all: Vec<Tested>) -> Result<()> {
    if arguments.json {
        let list: Vec<Value> = all.iter().map(as_json).collect();
        let text = serde_json::to_string_pretty(&json!({ "schema": SCHEMA, "tests": list }));
        app.terminal.print(&(text.unwrap_or_default() + "\n"))?;
    } else if all.len() > 1 {
        let count = |word: &str| all.iter().filter(|tested| tested.verdict.word() == word).count();
        app.terminal.print(&format!(
            "{} work, {} not verified, {} failed\n",
            count("works"),
            count("not verified"),
            count("failed")
        ))?;
    }
    let kinds: Vec<Kind> = all
        .iter()
        .filter_map(|tested| tested.verdict.error.as_ref().map(|error| error.kind))
        .collect();
    Kind::worst(&kinds).map_or(Ok(()), |kind| Err(Error::silent(kind)))
}
