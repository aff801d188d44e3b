//! Findings for a program.

use super::report::Report;
use crate::definition::finding::Finding;
use crate::definition::rule::Severity;
use serde_json::{Value, json};

/// The version of `--format json`.
pub(super) const SCHEMA: u32 = 1;

/// One object. Lines and columns count from 1, columns in characters; the end is exclusive.
pub(super) fn print(report: &Report) -> String {
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    let value = json!({
        "schema": SCHEMA,
        "definitions": report.definitions,
        "errors": report.count(Severity::Error),
        "warnings": report.count(Severity::Warning),
        "findings": findings,
    });
    format!("{value:#}\n")
}

fn finding(finding: &Finding) -> Value {
    let ((line, column), (end_line, end_column)) = (finding.span.position(), finding.span.end());
    json!({
        "rule": finding.rule.id(),
        "severity": finding.rule.severity().name(),
        "file": finding.span.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "message": finding.message,
        "help": finding.help,
    })
}
