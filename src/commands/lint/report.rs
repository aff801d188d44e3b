//! What a run of lint found, as every format tells it.

use crate::definition::finding::Finding;
use crate::definition::rule::Severity;
use std::path::{Component, Path, PathBuf};

/// All that was found in all that was looked at.
pub(super) struct Report {
    /// How many definitions were looked at.
    pub(super) definitions: usize,
    /// What is wrong with them.
    pub(super) findings: Vec<Finding>,
}

impl Report {
    /// How many findings are this bad.
    pub(super) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.rule.severity() == severity).count()
    }

    /// The run in one line, after its tick or cross.
    pub(super) fn summary(&self) -> String {
        let definitions = plural(self.definitions, "definition");
        if self.findings.is_empty() {
            return format!("{definitions}: no findings");
        }
        let errors = plural(self.count(Severity::Error), "error");
        let warnings = plural(self.count(Severity::Warning), "warning");
        format!("{definitions}: {errors}, {warnings}")
    }
}

fn plural(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}

/// What is wrong and what to do about it in one sentence, for formats that have one text.
pub(super) fn sentence(finding: &Finding) -> String {
    match &finding.help {
        Some(help) => format!("{}; {help}", finding.message),
        None => finding.message.clone(),
    }
}

/// A file's name as seen from the working folder: code scanners look it up in the repository.
pub(super) fn relative(name: &str, working: Option<&Path>) -> PathBuf {
    let path = Path::new(name);
    let path = working.and_then(|working| path.strip_prefix(working).ok()).unwrap_or(path);
    path.components().filter(|part| *part != Component::CurDir).collect()
}
