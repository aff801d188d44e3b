//! `tieline test`: does an account work, and if not, why.

mod fresh;
mod kept;
mod print;
mod recorded;
mod rehearsal;
mod summary;
mod targets;
mod together;

use super::connect::Options;
use super::report::Destination;
use super::{App, report, trace};
use crate::accounts::{Accounts, StoreChoice};
use crate::context::{Terminals, now_ms};
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::http::Client;
use crate::http::trace::Exchange;
use crate::report::recording::Recorded;
use crate::report::{Run, Tested, json};
use crate::terminal::Terminal;
use crate::trial::{Mark, Step, Verdict};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;
use targets::Target;
use together::{Progress, in_order};

/// How long a kept account may take in all, in seconds, if `--timeout` does not say.
const KEPT_SECONDS: u64 = 60;

/// Check accounts step by step, or a whole authorization afresh
#[derive(clap::Args, Debug)]
#[command(
    mut_arg("timeout", |timeout| timeout.help(
        "How long an account may take in all [default: 60]; in a fresh run, how long to wait for the \
         browser [default: 300] and for each request [default: 30]; in seconds"
    )),
    after_help = "Examples:\n  \
    tieline test github\n  \
    tieline test --all --json\n  \
    tieline test --all github zoho-crm\n  \
    tieline test --all --report junit=tieline.xml --report html=tieline.html\n  \
    tieline test ./my-app.yaml --fresh\n  \
    tieline test ./my-app.yaml --against-sandbox"
)]
pub struct Arguments {
    /// `app` (the account that `call` would use), `app/name`, or a definition's path
    #[arg(add = crate::candidates::accounts_or_files())]
    pub targets: Vec<String>,
    /// Every connected account, or every one of the apps that are named
    #[arg(long, conflicts_with = "fresh")]
    pub all: bool,
    /// Run the whole authorization and keep nothing; always so for a path
    #[arg(long)]
    pub fresh: bool,
    /// How many accounts are tested at once
    #[arg(long, value_name = "NUMBER", default_value_t = 16)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..))]
    pub jobs: u8,
    /// Run the app's definition against a server made from it, which fails in every way that apps
    /// do; no account of yours is touched
    #[arg(long, requires = "targets", conflicts_with_all = ["all", "fresh", "report"])]
    pub against_sandbox: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Write a report too: FORMAT is json, junit, html or har, and - is standard output
    #[arg(long, value_name = "FORMAT=FILE", add = report::candidates())]
    pub report: Vec<Destination>,
    /// Keep the requests and answers of accounts, masked, for --replay
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fresh", "against_sandbox"])]
    pub record: Option<PathBuf>,
    /// Run the definitions against a recording, without a network, and say what they ask otherwise
    #[arg(long, value_name = "FILE", conflicts_with_all = ["targets", "all", "fresh", "record", "against_sandbox"])]
    pub replay: Option<PathBuf>,
    /// What a whole authorization takes.
    #[command(flatten)]
    pub options: Options,
}

/// What the tests of one run share.
struct Testing<'a> {
    arguments: &'a Arguments,
    app: &'a App,
    accounts: Accounts<'a>,
    /// The connections of all kept accounts.
    http: Client,
    /// Where a kept account may ask something. Nobody is asked for one of several: they would talk at
    /// the same time.
    terminal: Terminal,
    /// What `--record` keeps.
    recorded: RefCell<BTreeMap<AccountId, Recorded>>,
}

/// A target that could not even be begun with, or not ended.
fn failed(target: &str, error: Error, exchanges: Vec<Exchange>) -> Tested {
    let (mark, name, text) = (Mark::Failed, "credential", error.message.clone());
    let step = Step { mark, name, text, status: None, elapsed_ms: None };
    let verdict = Verdict {
        steps: vec![step],
        identity: None,
        verified: false,
        error: Some(error),
        elapsed_ms: 0,
    };
    Tested { id: target.to_owned(), auth: "?".to_owned(), verdict, exchanges }
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let (began_at_ms, started) = (now_ms(), Instant::now());
    report::check(&arguments.report, arguments.json)?;
    if arguments.against_sandbox {
        let auth = arguments.options.auth.as_deref();
        return rehearsal::run(app, &arguments.targets, auth, arguments.json).await;
    }
    let accounts = app.accounts();
    let targets = match &arguments.replay {
        Some(file) => targets::recorded(recorded::read(file)?),
        None => {
            if app.stores.choice != StoreChoice::Env {
                app.finish_interrupted(&accounts).await;
            }
            targets::targets(arguments, app, &accounts)?
        }
    };
    let http = app.http(arguments.options.request_seconds());
    let mut terminal = app.terminal.clone();
    if targets.len() > 1 {
        terminal.terminals = Terminals { input: false, ..terminal.terminals };
    }
    let recorded = RefCell::default();
    let testing = Testing { arguments, app, accounts, http, terminal, recorded };
    let tested = testing.run(&targets).await?;
    if let Some(file) = &arguments.record {
        recorded::write(file, testing.recorded.into_inner().into_values().collect())?;
    }
    let kinds: Vec<Kind> = tested
        .iter()
        .filter_map(|tested| tested.verdict.error.as_ref().map(|error| error.kind))
        .collect();
    let worst = Kind::worst(&kinds);
    let exit_status = worst.map_or(0, Kind::status);
    let run = Run { command: command(arguments), began_at_ms, exit_status, tested };
    if arguments.json {
        app.terminal.print(&json::render(&run))?;
    } else if run.tested.len() > 1 && !report::takes_output(&arguments.report) {
        summary::print(app, &run, started.elapsed())?;
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

impl Testing<'_> {
    /// Kept accounts several at once; whole authorizations after them and one by one, since each may
    /// need the person, and a port that is registered.
    async fn run(&self, targets: &[Target]) -> Result<Vec<Tested>> {
        let (kept, fresh) = targets.split_at(targets.partition_point(|target| !target.is_fresh()));
        let names: Vec<&str> = kept.iter().map(Target::word).collect();
        let width = targets.iter().map(|target| target.word().len()).max().unwrap_or_default();
        let width = (targets.len() > 1).then_some(width);
        let show = |tested: &Tested| self.show(tested, width);
        let progress = Progress::new(&self.app.terminal, &names);
        let jobs = usize::from(self.arguments.jobs);
        let tests = kept.iter().map(|target| self.test(target));
        let mut all = in_order(tests, jobs, progress, &show).await?;
        for target in fresh {
            let tested = self.test(target).await;
            show(&tested)?;
            all.push(tested);
        }
        Ok(all)
    }

    async fn test(&self, target: &Target) -> Tested {
        match target {
            Target::Kept(id, _) => self.test_kept(id).await,
            Target::Recorded(recorded, word) => self.replay(word, recorded).await,
            Target::Fresh(word) => self.test_fresh(word).await,
            Target::Wrong(word, error) => failed(word, error.clone(), Vec::new()),
        }
    }

    fn show(&self, tested: &Tested, width: Option<usize>) -> Result<()> {
        if !self.arguments.json && !report::takes_output(&self.arguments.report) {
            match width {
                None => print::print_one(self.app, tested)?,
                Some(width) => print::print_folded(self.app, tested, width)?,
            }
        }
        trace::print_in_full(&self.app.terminal, &tested.exchanges);
        Ok(())
    }
}
