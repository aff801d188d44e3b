//! What was found, for people.

use crate::commands::App;
use crate::error::Result;
use crate::report::Tested;
use crate::terminal::Style;
use crate::trial::{Mark, Step};

pub(super) fn print(app: &App, tested: &Tested, folded: bool) -> Result<()> {
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
