//! The terminal: what people see and are asked. Only this file and `main` print.

mod layout;
mod lines;
mod link;
mod plain;
mod progress;
mod prompt;
mod qr;

pub use layout::{duration, table, wrap};
pub use lines::Lines;
pub use progress::{Progress, size};
pub use qr::qr_code;

use crate::context::{Context, Terminals};
use crate::error::{Error, Kind, Result};
use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// What the terminal can show.
#[derive(Clone, Debug)]
pub struct Terminal {
    /// Which streams are terminals.
    pub terminals: Terminals,
    color_output: bool,
    color_error: bool,
    unicode: bool,
    dumb: bool,
    links: bool,
    /// `-v` how often.
    pub verbosity: u8,
}

/// When to color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A style of the 16-color palette, so that the person's theme decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// What works.
    Good,
    /// What failed.
    Bad,
    /// What needs attention.
    Notice,
    /// What can be typed or opened.
    Command,
    /// Names and headers.
    Strong,
    /// Labels and times.
    Dim,
}

impl Terminal {
    /// What can be shown here.
    #[must_use]
    pub fn new(context: &Context, color: Color, ascii: bool, verbosity: u8) -> Self {
        let dumb = context.variable("TERM").is_some_and(|name| name == "dumb");
        let forced = context.variable("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let wanted = |is_terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let plain = context.variable("NO_COLOR").is_some() || dumb;
                forced || (is_terminal && !plain)
            }
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| context.variable(name));
        let utf8 = locale
            .is_none_or(|locale| locale.to_ascii_lowercase().replace('-', "").contains("utf8"));
        Self {
            terminals: context.terminals,
            color_output: wanted(context.terminals.output),
            color_error: wanted(context.terminals.error),
            unicode: utf8 && !ascii && !dumb,
            dumb,
            links: context.terminals.error && !dumb && link::shows_links(context),
            verbosity,
        }
    }

    /// Whether a person can be asked.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        self.terminals.input && self.terminals.error
    }

    /// Whether standard output is colored.
    #[must_use]
    pub fn colors_output(&self) -> bool {
        self.color_output
    }

    /// Columns of the terminal on standard output.
    #[must_use]
    pub fn width(&self) -> Option<usize> {
        if !self.terminals.output {
            return None;
        }
        terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
    }

    /// Columns of the terminal on standard error.
    fn error_width(&self) -> usize {
        let size = terminal_size::terminal_size_of(io::stderr());
        size.map_or(80, |(width, _)| usize::from(width.0).max(1))
    }

    /// `✓`, or `+` where that cannot be shown.
    #[must_use]
    pub fn tick(&self) -> &'static str {
        if self.unicode { "✓" } else { "+" }
    }

    /// `✗`, or `x`.
    #[must_use]
    pub fn cross(&self) -> &'static str {
        if self.unicode { "✗" } else { "x" }
    }

    /// A text in a style for standard error.
    #[must_use]
    pub fn paint(&self, style: Style, text: &str) -> String {
        paint(self.color_error, style, text)
    }

    /// A text in a style for standard output.
    #[must_use]
    pub fn paint_output(&self, style: Style, text: &str) -> String {
        paint(self.color_output, style, text)
    }

    /// Says a line to the person, on standard error.
    pub fn say(&self, line: impl fmt::Display) {
        // Nobody is there to hear of it if this fails.
        let _ = writeln!(io::stderr(), "{line}");
    }

    /// Says that something is done, behind a tick.
    pub fn done(&self, what: impl fmt::Display) {
        self.say(format!("{} {what}", self.paint(Style::Good, self.tick())));
    }

    /// Says a sentence, which wraps between words on a terminal.
    pub fn sentence(&self, text: impl fmt::Display) {
        self.say(wrap(&text.to_string(), self.sentence_width()).join("\n"));
    }

    /// A labelled line of a block: label of at most 9 characters, then the value, which wraps under
    /// itself on a terminal.
    pub fn detail(&self, label: &str, value: impl fmt::Display) {
        const INDENT: usize = 12;
        let mut value = value.to_string();
        // What is painted has a width that its letters do not tell.
        if !value.contains('\x1b') {
            let lines = wrap(&value, self.sentence_width().saturating_sub(INDENT));
            value = lines.join(&format!("\n{:INDENT$}", ""));
        }
        self.say(format!("  {} {value}", self.paint(Style::Dim, &format!("{label:<9}"))));
    }

    /// A labelled line with a command that can be typed.
    pub fn command(&self, label: &str, command: &str) {
        self.detail(label, self.paint(Style::Command, command));
    }

    /// Columns that a sentence may fill: nobody but a terminal needs it in rows.
    fn sentence_width(&self) -> usize {
        if self.terminals.error { self.error_width() } else { usize::MAX }
    }

    /// Rewrites the waiting line; on no terminal it is not shown, nor on one that cannot erase it.
    pub fn waiting(&self, line: &str) {
        if self.terminals.error && !self.dumb {
            let _ = write!(io::stderr(), "\r\x1b[2K{}", self.one_row(line));
            let _ = io::stderr().flush();
        }
    }

    /// What fits into one row: of two rows only the second would be erased.
    fn one_row<'t>(&self, line: &'t str) -> Cow<'t, str> {
        layout::cut(line, self.error_width().saturating_sub(1))
    }

    /// Removes the waiting line.
    pub fn waited(&self) {
        self.waiting("");
    }

    /// Erases what was pasted, a secret, and the waiting line that it began behind: together they
    /// may fill several rows.
    pub fn erase_pasted(&self, waiting: &str, pasted: &str) {
        if self.terminals.error && !self.dumb {
            let columns = self.error_width();
            let rows = (self.one_row(waiting).width() + pasted.width()).div_ceil(columns).max(1);
            let _ = write!(io::stderr(), "\x1b[{rows}A\r\x1b[J");
        }
    }

    /// Writes an answer to standard output.
    ///
    /// # Errors
    /// The reader is gone, or the disk is full.
    pub fn print(&self, text: &str) -> Result<()> {
        self.print_bytes(text.as_bytes())
    }

    /// Writes a value as JSON to standard output.
    ///
    /// # Errors
    /// As [`Terminal::print`].
    pub fn print_json(&self, value: &serde_json::Value) -> Result<()> {
        self.print(&format!("{value:#}\n"))
    }

    /// Writes bytes to standard output.
    ///
    /// # Errors
    /// As [`Terminal::print`].
    pub fn print_bytes(&self, bytes: &[u8]) -> Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Error::silent(Kind::BrokenPipe),
            _ => Error::io("the answer cannot be written", &error),
        })
    }

    /// Shows an error: what, why, what to do.
    pub fn report(&self, error: &Error) {
        if error.message.is_empty() {
            return;
        }
        self.labelled("error:", "1;31", &error.message);
        for cause in &error.causes {
            self.labelled("  caused by:", "0", cause);
        }
        for advice in &error.hints {
            self.labelled("hint:", "1;33", advice);
        }
        // Who meets a code of an RFC has been told what it means; a vendor's page says more.
        for page in error.source.iter().filter(|source| source.starts_with("https://")) {
            self.labelled("see:", "1;33", page);
        }
    }

    /// A label and a sentence, which wraps under itself on a terminal.
    fn labelled(&self, label: &str, style: &str, text: &str) {
        let width = self.sentence_width();
        let indent = label.width() + 1;
        let text =
            wrap(text, width.saturating_sub(indent)).join(&format!("\n{}", " ".repeat(indent)));
        let label = if self.color_error {
            format!("\x1b[{style}m{label}\x1b[0m")
        } else {
            label.to_owned()
        };
        self.say(format!("{label} {text}"));
    }

    /// Says a warning.
    pub fn warn(&self, text: impl fmt::Display) {
        self.labelled("warning:", "1;33", &text.to_string());
    }
}

/// Shows an error before it is known what the terminal can show.
pub fn report_plainly(error: &Error) {
    let causes = error.causes.iter().map(|cause| format!("  caused by: {cause}\n"));
    let hints = error.hints.iter().map(|hint| format!("hint: {hint}\n"));
    let rest: String = causes.chain(hints).collect();
    let _ = write!(io::stderr(), "error: {}\n{rest}", error.message);
}

fn paint(color: bool, style: Style, text: &str) -> String {
    if !color {
        return text.to_owned();
    }
    let code = match style {
        Style::Good => "32",
        Style::Bad => "31",
        Style::Notice => "33",
        Style::Command => "36",
        Style::Strong => "1",
        Style::Dim => "2",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}
