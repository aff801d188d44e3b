//! Prompts for a terminal that can do nothing but show lines: what an editor runs a shell in, for one.

use super::Terminal;
use std::io;

impl Terminal {
    /// Asks for a line until it fits. An empty one is the default.
    ///
    /// # Errors
    /// Ctrl-C, or nothing more can be read.
    pub(super) fn plain_line(
        &self,
        prompt: &str,
        default: Option<&str>,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> io::Result<String> {
        let shown = default.map(|text| format!(" [{text}]")).unwrap_or_default();
        loop {
            let typed = super::prompt::shown(&format!("{prompt}{shown}"))?;
            let text = if typed.is_empty() { default.unwrap_or_default() } else { &typed };
            match check(text) {
                Ok(()) => return Ok(text.to_owned()),
                Err(reason) => self.say(format!("  {} {reason}", self.cross())),
            }
        }
    }

    /// Asks for one of several by its number.
    ///
    /// # Errors
    /// Ctrl-C, or nothing more can be read.
    pub(super) fn plain_choice(
        &self,
        prompt: &str,
        labels: &[impl AsRef<str>],
        preset: usize,
    ) -> io::Result<usize> {
        for (at, label) in labels.iter().enumerate() {
            self.say(format!("  {:>3}  {}", at + 1, label.as_ref()));
        }
        let number = |text: &str| {
            let number = text.trim().parse::<usize>().ok()?.checked_sub(1)?;
            (number < labels.len()).then_some(number)
        };
        let check = |text: &str| match number(text) {
            Some(_) => Ok(()),
            None => Err(format!("a number from 1 to {}", labels.len())),
        };
        let typed = self.plain_line(prompt, Some(&(preset + 1).to_string()), check)?;
        Ok(number(&typed).unwrap_or(preset))
    }
}
