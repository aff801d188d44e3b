//! The table that comes out of a rehearsal.

use super::{Fared, Rehearsed};
use crate::commands::App;
use crate::error::Result;
use crate::terminal::{Style, table};

pub(super) fn print(app: &App, rehearsed: &Rehearsed) -> Result<()> {
    let terminal = &app.terminal;
    let Rehearsed { title, auth, all, .. } = rehearsed;
    terminal.print(&format!("{title} ({auth}), when its provider fails\n\n"))?;
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let lines = table(&["WHAT HAPPENS", "WHAT COMES OF IT", "EXIT"], &rows, terminal.width());
    let mut lines = lines.iter();
    if let Some(head) = lines.next() {
        terminal.print(&format!("  {}\n", terminal.paint_output(Style::Strong, head)))?;
    }
    for (line, fared) in lines.zip(all) {
        let mark = match fared.well {
            true => terminal.paint_output(Style::Good, terminal.tick()),
            false => terminal.paint_output(Style::Bad, "!"),
        };
        terminal.print(&format!("{mark} {line}\n"))?;
    }
    let bad = all.iter().filter(|fared| !fared.well).count();
    let end = match bad {
        0 => "all as it should be".to_owned(),
        _ => format!("{bad} of {} not as it should be", all.len()),
    };
    terminal.print(&format!("\n{end}\n"))
}

fn row(fared: &Fared) -> Vec<String> {
    let status = fared.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
    vec![fared.trouble.explain(), fared.text.clone(), status]
}
