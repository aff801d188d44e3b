//! A page of labelled lines for standard output, wrapped under themselves.

use crate::terminal::{Style, Terminal, wrap};

/// What a page is wide where no terminal says, and what lines stay readable at.
const WIDTHS: (usize, usize) = (80, 100);

/// The columns before a value: two, a label of nine, one.
const INDENT: usize = 12;

/// A page in the making.
pub(super) struct Page<'t> {
    terminal: &'t Terminal,
    width: usize,
    lines: Vec<String>,
}

impl<'t> Page<'t> {
    pub(super) fn new(terminal: &'t Terminal) -> Self {
        let width = terminal.width().unwrap_or(WIDTHS.0).clamp(INDENT + 20, WIDTHS.1);
        Self { terminal, width, lines: Vec::new() }
    }

    /// A heading: a name, and what is said of it.
    pub(super) fn title(&mut self, name: &str, rest: &str) {
        let name = self.paint(Style::Strong, name);
        self.push(format!("{name} {rest}"));
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.push(String::new());
    }

    /// A labelled sentence; nothing where it is empty.
    pub(super) fn detail(&mut self, label: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let label = self.paint(Style::Dim, &format!("{label:<9}"));
        let mut lines = wrap(text, self.width - INDENT).into_iter();
        let first = lines.next().unwrap_or_default();
        self.push(format!("  {label} {first}"));
        lines.for_each(|line| self.push(format!("{:INDENT$}{line}", "")));
    }

    /// Several under one label.
    pub(super) fn details(&mut self, label: &str, texts: &[String]) {
        for (at, text) in texts.iter().enumerate() {
            self.detail(if at == 0 { label } else { "" }, text);
        }
    }

    /// More about what was said last, two columns further in.
    pub(super) fn more(&mut self, text: &str) {
        for line in wrap(text, self.width - INDENT - 2) {
            let line = self.paint(Style::Dim, &line);
            self.push(format!("{:INDENT$}  {line}", ""));
        }
    }

    /// A labelled value to copy: never wrapped.
    pub(super) fn command(&mut self, label: &str, text: &str) {
        let (label, text) =
            (self.paint(Style::Dim, &format!("{label:<9}")), self.paint(Style::Command, text));
        self.push(format!("  {label} {text}"));
    }

    /// A labelled address.
    pub(super) fn link(&mut self, label: &str, url: &str) {
        self.command(label, url);
    }

    /// A command to run.
    pub(super) fn step(&mut self, command: &str) {
        let command = self.paint(Style::Command, command);
        self.push(format!("  {command}"));
    }

    fn paint(&self, style: Style, text: &str) -> String {
        self.terminal.paint_output(style, text)
    }

    fn push(&mut self, line: String) {
        self.lines.push(line.trim_end().to_owned());
    }

    pub(super) fn text(self) -> String {
        self.lines.join("\n") + "\n"
    }
}
