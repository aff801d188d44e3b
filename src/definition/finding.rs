//! What is wrong with a definition, and where: findings, and how they are drawn.

use super::rule::{Rule, Severity};
use super::source::Span;
use crate::text::printable;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// Longer lines are not drawn, in bytes.
const MAX_DRAWN: usize = 4096;

/// One mistake.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What sort of mistake.
    pub rule: Rule,
    /// Where it stands.
    pub span: Span,
    /// What is wrong, lower case, without a period.
    pub message: String,
    /// What to do about it, shown at the place.
    pub help: Option<String>,
}

impl Finding {
    /// A finding without advice.
    #[must_use]
    pub fn new(rule: Rule, span: Span, message: impl Into<String>) -> Self {
        // It quotes the file, which may hold anything.
        Self { rule, span, message: printable(&message.into()), help: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// `file:line:column: error[rule]: message`, for one line of output.
    #[must_use]
    pub fn line(&self) -> String {
        let (line, column) = self.span.position();
        let level = self.rule.severity().name();
        let name = &self.span.source.name;
        format!("{name}:{line}:{column}: {level}[{}]: {}", self.rule, self.message)
    }

    /// The finding with its source line and a caret, several lines; one line where that is too long.
    #[must_use]
    pub fn draw(&self, color: bool) -> String {
        let level = match self.rule.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let (line, start, text) = self.span.lines();
        if text.len() > MAX_DRAWN {
            let help = self.help.iter().map(|help| format!("\n  {help}"));
            return std::iter::once(self.line()).chain(help).collect();
        }
        let start = self.span.start - start;
        let end = (start + self.span.length.max(1)).min(text.len());
        let mut caret = AnnotationKind::Primary.span(start.min(end)..end);
        if let Some(help) = &self.help {
            caret = caret.label(help.as_str());
        }
        let snippet = Snippet::source(text)
            .line_start(line)
            .path(self.span.source.name.as_str())
            .fold(true)
            .annotation(caret);
        let title = level.primary_title(self.message.as_str()).id(self.rule.id());
        let report = [Group::with_title(title).element(snippet)];
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&report)
    }
}
