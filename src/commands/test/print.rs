//! What was found, for people.

use super::summary::why;
use crate::commands::App;
use crate::error::Result;
use crate::report::Tested;
use crate::terminal::Style;
use crate::trial::{Mark, Step, Verdict};

/// Prints the only test.
pub(super) fn print_one(app: &App, tested: &Tested) -> Result<()> {
    let (terminal, verdict) = (&app.terminal, &tested.verdict);
    let who = verdict.identity.as_deref().map(|who| format!(" as {who}")).unwrap_or_default();
    let name = terminal.paint_output(Style::Strong, &tested.id);
    terminal.print(&format!("{name}{who} ({})\n\n", tested.auth))?;
    steps(app, verdict)?;
    terminal.print("\n")?;
    match &verdict.error {
        None => {
            let (mark, word) = (outcome(app, verdict), verdict.word());
            terminal.print(&format!("{mark} {} {word} ({} ms)\n", tested.id, verdict.elapsed_ms))
        }
        Some(error) => {
            terminal.report(error);
            Ok(())
        }
    }
}

/// Prints one test of several, each of which has a name of at most `width` letters: a line, and all
/// there is to say of one that fails.
pub(super) fn print_folded(app: &App, tested: &Tested, width: usize) -> Result<()> {
    let (terminal, verdict) = (&app.terminal, &tested.verdict);
    let said = match &verdict.error {
        Some(error) => why(error),
        None => verdict.identity.clone().unwrap_or_default(),
    };
    terminal.print(&format!(
        "{} {:<width$}  {:<12}  {said}  {} ms\n",
        outcome(app, verdict),
        tested.id,
        verdict.word(),
        verdict.elapsed_ms
    ))?;
    if let Some(error) = &verdict.error {
        steps(app, verdict)?;
        terminal.report(error);
    }
    Ok(())
}

fn steps(app: &App, verdict: &Verdict) -> Result<()> {
    verdict.steps.iter().try_for_each(|step| app.terminal.print(&line(app, step)))
}

/// The mark of a whole test.
fn outcome(app: &App, verdict: &Verdict) -> String {
    let (mark, style) = mark(
        app,
        match (&verdict.error, verdict.verified) {
            (Some(_), _) => Mark::Failed,
            (None, true) => Mark::Passed,
            (None, false) => Mark::Noted,
        },
    );
    app.terminal.paint_output(style, mark)
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
