//! Prompts: asking a person for a field, a choice, a yes, a passphrase.

use super::{Style, Terminal};
use crate::definition::Field;
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use dialoguer::theme::Theme;
use dialoguer::{Confirm, FuzzySelect, Input, Select};
use std::io::{self, Write};

impl Terminal {
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
        let prompt = format!("  {}{example}", field.label);
        if self.dumb {
            let default = field.default.as_deref();
            return self.plain_line(&prompt, default, |text| check(field, text)).map_err(io_error);
        }
        let mut input = Input::<String>::with_theme(&Plain)
            .with_prompt(prompt)
            .allow_empty(field.optional)
            .validate_with(|text: &String| check(field, text));
        if let Some(default) = &field.default {
            input = input.default(default.clone()).show_default(true);
        }
        input.interact_text().map_err(|error| {
            let error = prompt_error(error);
            // What was typed so far stands on the row.
            if error.kind == Kind::Interrupted {
                self.say("");
            }
            error
        })
    }

    fn ask_secret(&self, field: &Field) -> Result<String> {
        loop {
            let text = hidden(&format!("  {} (not shown)", field.label)).map_err(io_error)?;
            match check(field, &text) {
                Ok(()) => return Ok(text),
                Err(reason) => {
                    self.say(format!("  {} {reason}", self.paint(Style::Bad, self.cross())));
                }
            }
        }
    }

    fn ask_option(&self, field: &Field) -> Result<String> {
        let labels: Vec<&str> = field.options.iter().map(|(_, label)| label.as_str()).collect();
        let preset =
            field.options.iter().position(|(value, _)| Some(value) == field.default.as_ref());
        let at = self.choose(&field.label, &labels, preset.unwrap_or(0))?;
        Ok(field.options[at].0.clone())
    }

    /// Asks for one of several.
    ///
    /// # Errors
    /// Ctrl-C, or the terminal is gone.
    pub fn choose(&self, prompt: &str, labels: &[&str], preset: usize) -> Result<usize> {
        if self.dumb {
            return self.plain_choice(&format!("  {prompt}"), labels, preset).map_err(io_error);
        }
        Select::with_theme(&Plain)
            .with_prompt(format!("  {prompt}"))
            .items(labels)
            .default(preset)
            .interact()
            .map_err(prompt_error)
    }

    /// Asks for one of many, which is searched for as it is typed; `None` if Escape is pressed.
    ///
    /// # Errors
    /// Ctrl-C, or the terminal is gone.
    pub fn search(&self, prompt: &str, labels: &[String]) -> Result<Option<usize>> {
        if self.dumb {
            return self.plain_choice(prompt, labels, 0).map(Some).map_err(io_error);
        }
        FuzzySelect::with_theme(&Plain)
            .with_prompt(prompt)
            .items(labels)
            .default(0)
            .max_length(10)
            .report(false)
            .highlight_matches(self.color_error)
            .interact_opt()
            .map_err(prompt_error)
    }

    /// Asks yes or no.
    ///
    /// # Errors
    /// Ctrl-C, or the terminal is gone.
    pub fn confirm(&self, question: &str) -> Result<bool> {
        if self.dumb {
            let check = |text: &str| match text {
                "y" | "n" => Ok(()),
                _ => Err("y or n".to_owned()),
            };
            let said = self.plain_line(&format!("  {question} (y/n)"), Some("n"), check);
            return said.map(|text| text == "y").map_err(io_error);
        }
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
        loop {
            let text = hidden(&format!("  {prompt}")).map_err(io_error)?;
            if !new || hidden("  The same again").map_err(io_error)? == text {
                return Ok(Secret::from(text));
            }
            let _ = writeln!(io::stderr(), "  they differ");
        }
    }
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
    io_error(error)
}

fn io_error(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::Interrupted => Error::new(Kind::Interrupted, "interrupted"),
        _ => Error::new(Kind::Usage, "nothing could be asked").because(error),
    }
}

/// Reads a line that is not shown. Not with the library, which leaves a terminal without echo behind
/// when Ctrl-C ends the process.
#[cfg(unix)]
fn hidden(prompt: &str) -> io::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions};
    let line = typed(prompt, LocalModes::ECHO, OptionalActions::Flush);
    let _ = writeln!(io::stderr());
    line
}

/// Reads a line that is shown.
#[cfg(unix)]
pub(super) fn shown(prompt: &str) -> io::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions};
    let line = typed(prompt, LocalModes::empty(), OptionalActions::Now);
    if line.is_err() {
        let _ = writeln!(io::stderr());
    }
    line
}

/// Reads a line key by key, so that Ctrl-C is one of them, without these modes of the terminal.
#[cfg(unix)]
fn typed(
    prompt: &str,
    without: rustix::termios::LocalModes,
    before_it: rustix::termios::OptionalActions,
) -> io::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
    let terminal = io::stdin();
    let before = tcgetattr(&terminal)?;
    let mut quiet = before.clone();
    quiet.local_modes -= without | LocalModes::ICANON | LocalModes::ISIG;
    quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
    quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
    tcsetattr(&terminal, before_it, &quiet)?;
    let _ = write!(io::stderr(), "{prompt}: ");
    let line = typed_line(|| {
        let mut byte = [0];
        match rustix::io::read(&terminal, &mut byte)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(byte[0]),
        }
    });
    tcsetattr(&terminal, OptionalActions::Now, &before)?;
    line
}

/// The keys that matter on a terminal that leaves them to us.
#[cfg(unix)]
fn typed_line(mut key: impl FnMut() -> io::Result<u8>) -> io::Result<String> {
    let mut line = Vec::new();
    loop {
        match key()? {
            b'\r' | b'\n' => break,
            // Ctrl-C
            0x03 => return Err(io::ErrorKind::Interrupted.into()),
            // Ctrl-D
            0x04 if line.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            // Ctrl-U
            0x15 => line.clear(),
            // Backspace takes a whole character.
            0x08 | 0x7f => while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {},
            byte if byte >= b' ' => line.push(byte),
            _ => {}
        }
    }
    String::from_utf8(line).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
}

#[cfg(not(unix))]
fn hidden(prompt: &str) -> io::Result<String> {
    let asked = dialoguer::Password::with_theme(&Plain)
        .with_prompt(prompt)
        .allow_empty_password(true)
        .interact();
    asked.map_err(|dialoguer::Error::IO(error)| error)
}

#[cfg(not(unix))]
pub(super) fn shown(prompt: &str) -> io::Result<String> {
    let _ = write!(io::stderr(), "{prompt}: ");
    let mut line = String::new();
    match io::stdin().read_line(&mut line)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
    }
}

/// The library's prompts without decoration.
struct Plain;

impl Theme for Plain {}
