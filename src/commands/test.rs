//! `tieline test`: does an account work, and if not, why.

use super::connect::{Ground, Options, definition, prepare};
use super::{App, authorization, authorization_of, rehearsal, trace};
use crate::accounts::Accounts;
use crate::catalog::Catalog;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::flow::Chooser;
use crate::http::Client;
use crate::redirect::{Outcome, Page};
use crate::refresh::Surroundings;
use crate::terminal::Style;
use crate::trial::{Mark, Step, Verdict, test};
use serde_json::{Value, json};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::time::Instant;

/// The version of `--json`.
const SCHEMA: u32 = 1;

/// Check that an account works, step by step; or a whole authorization, with --fresh
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline test github\n  \
    tieline test --all --json\n  \
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
    #[arg(long, conflicts_with_all = ["all", "fresh"])]
    pub against_sandbox: bool,
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

async fn test_kept(
    app: &App,
    accounts: &Accounts<'_>,
    (target, exactly): (&str, bool),
    http: &Client,
) -> Result<Tested> {
    let wanted = AccountId::parse(target)?;
    let started = Instant::now();
    let (definition, opened) = match exactly {
        true => app.open_this(accounts, &wanted).await?,
        false => {
            app.open(accounts, &wanted).await.map(|(definition, opened, _)| (definition, opened))?
        }
    };
    let read_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let auth = authorization_of(&definition, &opened)?;
    let store = match accounts.store_of(&opened.record) {
        Ok(store) => store.name(),
        Err(_) => "the environment".to_owned(),
    };
    let id = opened.id.clone();
    let (none, kept) = (BTreeMap::new(), opened.account.extras.clone());
    let chooser = Chooser { terminal: &app.terminal, given: &none, kept: &kept };
    let around =
        Surroundings { accounts, context: &app.context, http, definition: &definition, auth };
    let verdict = test(around, opened, read_ms, &store, &chooser).await;
    Ok(Tested {
        id: id.to_string(),
        auth: auth.name.clone(),
        verdict,
        exchanges: json!(http.exchanges()),
    })
}

/// The whole authorization, as `connect` would run it, and nothing kept. It never reads a kept
/// account's secret: a definition under work must not get at it.
async fn test_fresh(
    arguments: &Arguments,
    app: &App,
    accounts: &Accounts<'_>,
    target: &str,
    http: &Client,
) -> Result<Tested> {
    let definition = definition(app, target)?;
    let name = match Catalog::is_path(target) {
        true => None,
        false => target.split_once('/').map(|(_, name)| name),
    };
    let id = AccountId::new(definition.app.clone(), name)?;
    let auth = authorization(&definition, arguments.options.auth.as_deref())?;
    let started = Instant::now();
    let ground = Ground {
        app,
        accounts,
        definition: &definition,
        auth,
        id: &id,
        http,
        again: false,
        keeps: false,
        completed: &OnceCell::new(),
    };
    let mut prepared = prepare(&arguments.options, ground, None).await?;
    let (waiting, result) = prepared.run(app).await;
    if let Some(waiting) = waiting {
        let (outcome, heading) = match &result {
            Ok(_) => (Outcome::Connected, format!("{} works", definition.title)),
            Err(_) => (Outcome::Failed, format!("{} does not work", definition.title)),
        };
        waiting
            .finish(Page {
                outcome,
                heading,
                lead: "This was a test: nothing was stored.".to_owned(),
                initial: definition.title.clone(),
                rows: Vec::new(),
                next: "Close this tab and go back to your terminal.".to_owned(),
            })
            .await;
    }
    let mut steps: Vec<Step> = Vec::new();
    for exchange in http.exchanges() {
        let crate::http::trace::Exchange::Http { purpose, request, status, elapsed_ms, .. } =
            exchange
        else {
            continue;
        };
        let good = status.is_some_and(|status| status < 400);
        let line = request.line.split('?').next().unwrap_or_default().to_owned();
        let mark = if good { Mark::Passed } else { Mark::Failed };
        steps.push(Step {
            mark,
            name: step_name(&purpose),
            text: line,
            status,
            elapsed_ms: Some(elapsed_ms),
        });
    }
    let (identity, verified, error) = match result {
        Ok(obtained) => (obtained.identity.name, obtained.identity.verified, None),
        Err(error) => (None, false, Some(error)),
    };
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let verdict = Verdict { steps, identity, verified, error, elapsed_ms };
    Ok(Tested {
        id: id.to_string(),
        auth: auth.name.clone(),
        verdict,
        exchanges: json!(http.exchanges()),
    })
}

fn step_name(purpose: &str) -> &'static str {
    match purpose {
        "token" | "access token" => "token",
        "login" => "login",
        "lookup" => "lookup",
        "user information" => "user info",
        _ => "request",
    }
}

fn print(app: &App, tested: &Tested, folded: bool) -> Result<()> {
    let terminal = &app.terminal;
    let verdict = &tested.verdict;
    let seconds = format!("{} ms", verdict.elapsed_ms);
    if folded && verdict.error.is_none() {
        let (mark, style) = mark(app, if verdict.verified { Mark::Passed } else { Mark::Noted });
        let who = verdict.identity.as_deref().unwrap_or_default();
        let line = format!(
            "{} {:<22} {:<14} {who}  {seconds}\n",
            terminal.paint_output(style, mark),
            tested.id,
            verdict.word()
        );
        return terminal.print(&line);
    }
    let who = verdict.identity.as_deref().map(|who| format!(" as {who}")).unwrap_or_default();
    terminal.print(&format!(
        "{}{who} ({})\n\n",
        terminal.paint_output(Style::Strong, &tested.id),
        tested.auth
    ))?;
    for step in &verdict.steps {
        terminal.print(&line(app, step))?;
    }
    let (mark, style) = mark(
        app,
        match (&verdict.error, verdict.verified) {
            (Some(_), _) => Mark::Failed,
            (None, true) => Mark::Passed,
            (None, false) => Mark::Noted,
        },
    );
    let mark = terminal.paint_output(style, mark);
    match &verdict.error {
        None => terminal.print(&format!("\n{mark} {} {} ({seconds})\n", tested.id, verdict.word())),
        Some(error) => {
            terminal.print("\n")?;
            terminal.report(error);
            Ok(())
        }
    }
}

fn line(app: &App, step: &Step) -> String {
    let (mark, style) = mark(app, step.mark);
    let mark = app.terminal.paint_output(style, mark);
    let left = format!("{:<12} {}", step.name, step.text);
    let mut right = String::new();
    if let Some(status) = step.status {
        right.push_str(&format!("{status:>5}"));
    }
    if let Some(ms) = step.elapsed_ms {
        right.push_str(&format!("  {ms:>4} ms"));
    }
    match right.is_empty() {
        true => format!("  {mark} {left}\n"),
        false => format!("  {mark} {left:<58} {right:>14}\n"),
    }
}

fn mark(app: &App, mark: Mark) -> (&'static str, Style) {
    match mark {
        Mark::Passed => (app.terminal.tick(), Style::Good),
        Mark::Failed => (app.terminal.cross(), Style::Bad),
        Mark::Noted | Mark::NotReached => ("-", Style::Dim),
    }
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

fn as_json(tested: &Tested) -> Value {
    let verdict = &tested.verdict;
    json!({
        "account": tested.id,
        "authorization": tested.auth,
        "verdict": verdict.word().replace(' ', "_"),
        "identity": verdict.identity,
        "elapsed_ms": verdict.elapsed_ms,
        "steps": verdict.steps,
        "error": verdict.error.as_ref().map(|error| json!({
            "message": error.message,
            "code": error.code,
            "source": error.source,
            "causes": error.causes,
            "hints": error.hints,
            "exit_status": error.kind.status(),
        })),
        "trace": tested.exchanges,
    })
}
