//! `tieline doctor`: tries what every other command counts on, for real, and says what is wrong.

mod keeping;
mod machine;
mod network;

use super::App;
use crate::error::{Error, Kind, Result};
use crate::terminal::{Style, wrap};
use serde_json::{Value, json};

/// The version of `--json`.
const SCHEMA: u32 = 1;
/// How far in what was seen stands.
const INDENT: usize = 17;

/// Try store, network and the rest for real; say what is wrong
///
/// Nothing secret is sent anywhere: the hosts of connected accounts are asked for their front page,
/// without any credential.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline doctor\n  \
    tieline doctor --host api.github.com\n  \
    tieline doctor --fix")]
pub struct Arguments {
    /// Mend account files and entries that do not belong together
    #[arg(long)]
    pub fix: bool,
    /// Try to reach this host, too; can be repeated
    #[arg(long, value_name = "HOST")]
    pub host: Vec<String>,
    /// Reach nothing but this machine
    #[arg(long, conflicts_with = "host")]
    pub offline: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// How long each host may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub timeout: u64,
}

/// What came out of one trial.
struct Check {
    name: &'static str,
    verdict: Verdict,
    /// What was seen.
    told: String,
    /// What to do.
    hint: Option<String>,
}

/// How it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    /// It was not tried, and why is told.
    Skipped,
    /// It works, and may not do so for long.
    Warning,
    /// It does not work.
    Bad(Kind),
}

impl Check {
    fn new(name: &'static str, verdict: Verdict, told: impl Into<String>) -> Self {
        Self { name, verdict, told: crate::text::printable(&told.into()), hint: None }
    }

    fn good(name: &'static str, told: impl Into<String>) -> Self {
        Self::new(name, Verdict::Good, told)
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// A failure as others would see it.
    fn failed(name: &'static str, error: &Error) -> Self {
        let causes = error.causes.iter().map(|cause| format!(": {cause}"));
        let told = std::iter::once(error.message.clone()).chain(causes).collect::<String>();
        let check = Self::new(name, Verdict::Bad(error.kind), told);
        Self { hint: error.hints.first().cloned(), ..check }
    }
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let mut checks = vec![machine::definitions(app)];
    checks.extend(keeping::checks(app, arguments.fix).await);
    checks.extend(machine::checks(app));
    checks.extend(network::checks(app, arguments).await);
    match arguments.json {
        true => app.terminal.print_json(&as_json(&checks))?,
        false => print(app, &checks)?,
    }
    let kinds: Vec<Kind> = checks
        .iter()
        .filter_map(|check| match check.verdict {
            Verdict::Bad(kind) => Some(kind),
            _ => None,
        })
        .collect();
    Kind::worst(&kinds).map_or(Ok(()), |kind| Err(Error::silent(kind)))
}

fn print(app: &App, checks: &[Check]) -> Result<()> {
    let terminal = &app.terminal;
    let mut text = format!("tieline {}\n\n", env!("CARGO_PKG_VERSION"));
    for check in checks {
        let mark = match check.verdict {
            Verdict::Good => terminal.paint_output(Style::Good, terminal.tick()),
            Verdict::Skipped => "-".to_owned(),
            Verdict::Warning => terminal.paint_output(Style::Notice, "!"),
            Verdict::Bad(_) => terminal.paint_output(Style::Bad, terminal.cross()),
        };
        let width = terminal.width().unwrap_or(usize::MAX).saturating_sub(INDENT);
        let told = wrap(&check.told, width).join(&under(INDENT));
        text.push_str(&format!("  {mark} {:<12} {told}\n", check.name));
        if let Some(hint) = &check.hint {
            let label = terminal.paint_output(Style::Notice, "hint:");
            let hint = wrap(hint, width.saturating_sub(6)).join(&under(INDENT + 6));
            text.push_str(&format!("{:INDENT$}{label} {hint}\n", ""));
        }
    }
    let count =
        |wanted: fn(&Verdict) -> bool| checks.iter().filter(|check| wanted(&check.verdict)).count();
    let bad = count(|verdict| matches!(verdict, Verdict::Bad(_)));
    let warnings = count(|verdict| *verdict == Verdict::Warning);
    text.push_str(&match (bad, warnings) {
        (0, 0) => "\nEverything that was tried works.\n".to_owned(),
        (0, warnings) => format!("\nEverything works; {warnings} to look at (!).\n"),
        (1, _) => format!("\n1 of {} does not work.\n", checks.len()),
        (bad, _) => format!("\n{bad} of {} do not work.\n", checks.len()),
    });
    terminal.print(&text)
}

/// A line break, and spaces up to where the line before began.
fn under(indent: usize) -> String {
    format!("\n{}", " ".repeat(indent))
}

fn as_json(checks: &[Check]) -> Value {
    let list: Vec<Value> = checks
        .iter()
        .map(|check| {
            let verdict = match check.verdict {
                Verdict::Good => "good",
                Verdict::Skipped => "skipped",
                Verdict::Warning => "warning",
                Verdict::Bad(_) => "bad",
            };
            json!({
                "name": check.name, "verdict": verdict, "told": check.told, "hint": check.hint,
            })
        })
        .collect();
    json!({ "schema": SCHEMA, "version": env!("CARGO_PKG_VERSION"), "checks": list })
}
