//! Prompts: asking a person for a field, a choice, a yes, a passphrase.

use super::{Style, Terminal};
use crate::definition::Field;
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use dialoguer::theme::Theme;
use dialoguer::{Confirm, Input, Password, Select};
use std::io;

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

/// The library's prompts without decoration.
struct Plain;

impl Theme for Plain {}
