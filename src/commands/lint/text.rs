//! Findings for a person.

use super::report::Report;
use crate::definition::rule::Severity;
use crate::terminal::{Style, Terminal};

/// Each finding with its line and a caret, and the run in one line.
pub(super) fn print(report: &Report, terminal: &Terminal) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        text.push_str(&finding.draw(terminal.colors_output()));
        text.push_str("\n\n");
    }
    let mark = match (report.count(Severity::Error), report.findings.len()) {
        (0, 0) => terminal.paint_output(Style::Good, terminal.tick()),
        (0, _) => terminal.paint_output(Style::Notice, "!"),
        _ => terminal.paint_output(Style::Bad, terminal.cross()),
    };
    text.push_str(&format!("{mark} {}\n", report.summary()));
    text
}
