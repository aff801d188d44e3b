//! What several tests came to, and what to do about it.

use crate::commands::App;
use crate::error::{Error, Kind, Result};
use crate::report::{Run, Tested};
use crate::terminal::{Style, table};
use std::time::Duration;

/// Prints how many work, and for each that does not why and what to do.
pub(super) fn print(app: &App, run: &Run, took: Duration) -> Result<()> {
    let mut text = format!(
        "\n{} work, {} not verified, {} failed ({:.1} s)\n",
        run.count("works"),
        run.count("not verified"),
        run.count("failed"),
        took.as_secs_f64(),
    );
    let rows: Vec<Vec<String>> = run.tested.iter().filter_map(row).collect();
    if !rows.is_empty() {
        let terminal = &app.terminal;
        let lines = table(&["FAILED", "WHY", "WHAT TO DO"], &rows, None);
        text.push('\n');
        for (at, line) in lines.into_iter().enumerate() {
            let style = if at == 0 { Style::Dim } else { Style::Bad };
            let end = line.find(' ').unwrap_or(line.len());
            let (first, rest) = line.split_at(if at == 0 { line.len() } else { end });
            text.push_str(&format!("{}{rest}\n", terminal.paint_output(style, first)));
        }
    }
    app.terminal.print(&text)
}

fn row(tested: &Tested) -> Option<Vec<String>> {
    let error = tested.verdict.error.as_ref()?;
    Some(vec![tested.id.clone(), why(error), error.remedy()])
}

/// Why it failed, in a word: the provider's, where there is one.
pub(super) fn why(error: &Error) -> String {
    error.code.clone().unwrap_or_else(|| word(error.kind).to_owned())
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Usage => "not clear",
        Kind::NotConnected => "not connected",
        Kind::Definition => "definition",
        Kind::Refused => "refused",
        Kind::Network => "network",
        Kind::Store => "store",
        Kind::Api => "answer",
        Kind::Failed | Kind::Interrupted | Kind::BrokenPipe => "failed",
    }
}
