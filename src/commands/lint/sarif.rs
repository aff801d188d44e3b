//! Findings as SARIF 2.1.0 (OASIS), which code scanners read.

use super::report::{Report, relative, sentence};
use crate::definition::finding::Finding;
use crate::definition::rule::{Entry, RULES};
use crate::text::percent_encode;
use serde_json::{Value, json};
use std::path::{Component, Path};
use url::Url;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A log of one run, with every rule.
pub(super) fn print(report: &Report, working: Option<&Path>) -> String {
    let results: Vec<Value> =
        report.findings.iter().map(|finding| result(finding, working)).collect();
    let rules: Vec<Value> = RULES.iter().map(rule).collect();
    let version = env!("CARGO_PKG_VERSION");
    let driver = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": version,
        "semanticVersion": version,
        "rules": rules,
    });
    let run = json!({
        "tool": { "driver": driver },
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    format!("{:#}\n", json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] }))
}

fn rule(entry: &Entry) -> Value {
    json!({
        "id": entry.id,
        "shortDescription": { "text": entry.finds },
        "fullDescription": { "text": format!("{} {}", entry.finds, entry.matters) },
        "help": { "text": entry.matters },
        "defaultConfiguration": { "level": entry.severity.name() },
    })
}

fn result(finding: &Finding, working: Option<&Path>) -> Value {
    let ((line, column), (end_line, end_column)) = (finding.span.position(), finding.span.end());
    let location = json!({
        "artifactLocation": { "uri": uri(&finding.span.source.name, working) },
        "region": {
            "startLine": line,
            "startColumn": column,
            "endLine": end_line,
            "endColumn": end_column,
        },
    });
    json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": finding.rule as usize,
        "level": finding.rule.severity().name(),
        "message": { "text": sentence(finding) },
        "locations": [{ "physicalLocation": location }],
    })
}

/// Relative to the working folder where the file lies in it, as section 3.4.4 advises.
fn uri(name: &str, working: Option<&Path>) -> String {
    let path = relative(name, working);
    if let Ok(url) = Url::from_file_path(&path) {
        return url.into();
    }
    let part = |part: Component| percent_encode(&part.as_os_str().to_string_lossy());
    path.components().map(part).collect::<Vec<_>>().join("/")
}
