//! Findings as workflow commands of GitHub Actions, which shows them at the lines of a change.

use super::report::{Report, relative, sentence};
use crate::definition::finding::Finding;
use std::path::{MAIN_SEPARATOR, Path};

/// One command a line, and the run in one line, which is no command and only logged.
pub(super) fn print(report: &Report, working: Option<&Path>) -> String {
    let commands = report.findings.iter().map(|finding| command(finding, working));
    commands.chain([report.summary() + "\n"]).collect()
}

fn command(finding: &Finding, working: Option<&Path>) -> String {
    let level = finding.rule.severity().name();
    let file = relative(&finding.span.source.name, working).display().to_string();
    let file = file.replace(MAIN_SEPARATOR, "/");
    let ((line, column), (end_line, end_column)) = (finding.span.position(), finding.span.end());
    let mut place = format!("file={},line={line},endLine={end_line}", property(&file));
    // Columns are for places within one line.
    if line == end_line {
        place.push_str(&format!(",col={column},endColumn={end_column}"));
    }
    let title = property(finding.rule.id());
    format!("::{level} {place},title={title}::{}\n", data(&sentence(finding)))
}

/// Escaped as the runner's own toolkit does it (`escapeData`).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The same for a property's value, which ends at a comma (`escapeProperty`).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
