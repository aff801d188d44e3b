//! The terminal: what people see and are asked. Only this file and `main` print.

use crate::context::{Context, Terminals};
use crate::definition::Field;
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use dialoguer::theme::Theme;
use dialoguer::{Confirm, Input, Password, Select};
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
        let dumb = context.variable("TERM") == Some("dumb");
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
        let utf8 = locale.is_none_or(|locale| locale.to_ascii_lowercase().replace('-', "").contains("utf8"));
        Self {
            terminals: context.terminals,
            color_output: wanted(context.terminals.output),
            color_error: wanted(context.terminals.error),
            unicode: utf8 && !ascii && !dumb,
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

    /// A labelled line of a block: label of at most 9 characters, then the value.
    pub fn detail(&self, label: &str, value: impl fmt::Display) {
        self.say(format!("  {} {value}", self.paint(Style::Dim, &format!("{label:<9}"))));
    }

    /// Rewrites the waiting line; on no terminal it is not shown.
    pub fn waiting(&self, line: &str) {
        if self.terminals.error {
            let _ = write!(io::stderr(), "\r\x1b[2K{line}");
            let _ = io::stderr().flush();
        }
    }

    /// Removes the waiting line.
    pub fn waited(&self) {
        self.waiting("");
    }

    /// Erases the line above: something secret was pasted there.
    pub fn erase_pasted(&self) {
        if self.terminals.error {
            let _ = write!(io::stderr(), "\x1b[1A\r\x1b[2K");
        }
    }

    /// Writes an answer to standard output.
    ///
    /// # Errors
    /// The reader is gone, or the disk is full.
    pub fn print(&self, text: &str) -> Result<()> {
        self.print_bytes(text.as_bytes())
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
        let head = if self.color_error { "\x1b[1;31merror:\x1b[0m" } else { "error:" };
        self.say(format!("{head} {}", error.message));
        for cause in &error.causes {
            self.say(format!("  caused by: {cause}"));
        }
        let hint = if self.color_error { "\x1b[1;33mhint:\x1b[0m" } else { "hint:" };
        for advice in &error.hints {
            self.say(format!("{hint} {advice}"));
        }
    }

    /// Says a warning.
    pub fn warn(&self, text: impl fmt::Display) {
        let head = if self.color_error { "\x1b[1;33mwarning:\x1b[0m" } else { "warning:" };
        self.say(format!("{head} {text}"));
    }

    /// Asks for a field: hidden if it is secret, a menu if it has options, checked as it is typed.
    ///
    /// # Errors
    /// Ctrl-C, or the terminal is gone.
    pub fn ask(&self, field: &Field) -> Result<String> {
        if let Some(help) = &field.help {
            self.say(format!("  {}", self.paint(Style::Dim, help)));
        }
        if !field.options.is_empty() {
            return self.ask_option(field);
        }
        if field.secret {
            return self.ask_secret(field);
        }
        let example = field.example.as_ref().map(|e| format!(" [{e}]")).unwrap_or_default();
        let mut input = Input::<String>::with_theme(&Plain)
            .with_prompt(format!("  {}{example}", field.label))
            .allow_empty(field.optional)
            .validate_with(|text: &String| check(field, text));
        if let Some(default) = &field.default {
            input = input.default(default.clone()).show_default(true);
        }
        input.interact_text().map_err(prompt_error)
    }

    fn ask_secret(&self, field: &Field) -> Result<String> {
        Password::with_theme(&Plain)
            .with_prompt(format!("  {} (not shown)", field.label))
            .allow_empty_password(field.optional)
            .validate_with(|text: &String| check(field, text))
            .interact()
            .map_err(prompt_error)
    }

    fn ask_option(&self, field: &Field) -> Result<String> {
        let labels: Vec<&str> = field.options.iter().map(|(_, label)| label.as_str()).collect();
        let preset = field.options.iter().position(|(value, _)| Some(value) == field.default.as_ref());
        let at = self.choose(&field.label, &labels, preset.unwrap_or(0))?;
        Ok(field.options[at].0.clone())
    }

    /// Asks for one of several.
    ///
    /// # Errors
    /// Ctrl-C, or the terminal is gone.
    pub fn choose(&self, prompt: &str, labels: &[&str], preset: usize) -> Result<usize> {
        Select::with_theme(&Plain)
            .with_prompt(format!("  {prompt}"))
            .items(labels)
            .default(preset)
            .interact()
            .map_err(prompt_error)
    }

    /// Asks yes or no.
    ///
    /// # Errors
    /// Ctrl-C, or the terminal is gone.
    pub fn confirm(&self, question: &str) -> Result<bool> {
        Confirm::with_theme(&Plain)
            .with_prompt(format!("  {question}"))
            .default(false)
            .interact()
            .map_err(prompt_error)
    }

    /// Asks for a passphrase; a new one is typed twice.
    ///
    /// # Errors
    /// Ctrl-C, or the terminal is gone.
    pub fn passphrase(prompt: &str, new: bool) -> Result<Secret> {
        let mut input = Password::with_theme(&Plain).with_prompt(format!("  {prompt}"));
        if new {
            input = input.with_confirmation("  The same again", "they differ");
        }
        input.interact().map(Secret::from).map_err(prompt_error)
    }
}

/// Shows an error before it is known what the terminal can show.
pub fn report_plainly(error: &Error) {
    let hints: String = error.hints.iter().map(|hint| format!("hint: {hint}\n")).collect();
    let _ = write!(io::stderr(), "error: {}\n{hints}", error.message);
}

fn check(field: &Field, text: &str) -> std::result::Result<(), String> {
    if text.is_empty() && field.optional {
        return Ok(());
    }
    field.accept(text).map(|_| ()).map_err(|error| error.to_string())
}

fn prompt_error(error: dialoguer::Error) -> Error {
    // A prompt that ended early may have left the cursor hidden.
    let _ = console::Term::stderr().show_cursor();
    let dialoguer::Error::IO(error) = error;
    match error.kind() {
        io::ErrorKind::Interrupted => Error::new(Kind::Interrupted, "interrupted"),
        _ => Error::new(Kind::Usage, "nothing could be asked").because(error),
    }
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

/// The library's prompts without decoration.
struct Plain;

impl Theme for Plain {}

/// A table aligned by spaces. The last but one column is the one that is cut to fit the width.
#[must_use]
pub fn table(header: &[&str], rows: &[Vec<String>], width: Option<usize>) -> Vec<String> {
    let all = || std::iter::once(header.iter().map(ToString::to_string).collect()).chain(rows.iter().cloned());
    let columns = header.len();
    let mut widths: Vec<usize> = (0..columns)
        .map(|at| all().map(|row: Vec<String>| row[at].width()).max().unwrap_or(0))
        .collect();
    if let Some(width) = width {
        shrink(&mut widths, width);
    }
    all()
        .map(|row| {
            let cells = row.iter().enumerate().map(|(at, cell)| {
                let cell = cut(cell, widths[at]);
                let pad = widths[at] - cell.width();
                format!("{cell}{}", " ".repeat(pad))
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect()
}

/// Takes what is too much from the widest column.
fn shrink(widths: &mut [usize], width: usize) {
    let total = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
    let excess = total.saturating_sub(width);
    if let Some(widest) = widths.iter_mut().max() {
        *widest = widest.saturating_sub(excess).max(8.min(*widest));
    }
}

/// A text cut to a number of columns.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        if format!("{out}{c}").width() + 2 > width {
            break;
        }
        out.push(c);
    }
    out + ".."
}

/// A duration in one unit.
#[must_use]
pub fn duration(seconds: i64) -> String {
    match seconds.abs() {
        s if s < 120 => format!("{s} s"),
        s if s < 2 * 3600 => format!("{} min", s / 60),
        s if s < 2 * 86_400 => format!("{} h", s / 3600),
        s => format!("{} days", s / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fits_its_terminal_and_counts_columns_and_not_letters() {
        let rows = vec![vec!["a".into(), "日本語".into(), "x".into()]];
        let lines = table(&["ONE", "TWO", "THREE"], &rows, None);
        assert_eq!(lines, ["ONE  TWO     THREE", "a    日本語  x"]);
        let rows = vec![vec!["a".into(), "b".repeat(100), "x".into()]];
        assert!(table(&["ONE", "TWO", "THREE"], &rows, Some(40)).iter().all(|l| l.width() <= 40));
    }

    #[test]
    fn a_duration_has_one_unit() {
        assert_eq!(duration(41 * 60), "41 min");
        assert_eq!(duration(7 * 3600), "7 h");
        assert_eq!(duration(3), "3 s");
    }
}
