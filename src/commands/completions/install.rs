//! Where each shell looks for a completion script, and the line that makes it look there if it does
//! not by itself.

use super::{Shell, script};
use crate::commands::App;
use crate::context::Home;
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// What is to be written.
struct Place {
    /// The script's own file.
    script: PathBuf,
    /// A start-up file of the shell, and the line that it needs.
    line: Option<(PathBuf, String)>,
}

pub(super) fn run(shell: Shell, app: &App) -> Result<()> {
    let home = app.context.home()?;
    let place = place(shell, &home);
    let done = match write(&place.script, &script(shell)?)? {
        true => "Wrote",
        false => "Nothing to do:",
    };
    app.terminal.done(format!("{done} {}", shown(&place.script, &home)));
    match place.line {
        None => {}
        Some((file, line)) if shell == Shell::Powershell => {
            // Where its profile is depends on edition and system; PowerShell itself knows.
            app.terminal.say(format!("Add this line to $PROFILE, {}:", shown(&file, &home)));
            app.terminal.say(format!("  {line}"));
        }
        Some((file, line)) => {
            let added = match append(&file, &line)? {
                true => "Added to",
                false => "Is in",
            };
            app.terminal.done(format!("{added} {}:", shown(&file, &home)));
            app.terminal.say(format!("  {line}"));
        }
    }
    app.terminal.say("It works in the next shell that you open.");
    Ok(())
}

fn place(shell: Shell, home: &Home) -> Place {
    let Home { folder, config, data, zsh } = home;
    match shell {
        Shell::Bash => {
            let script = data.join("bash-completion/completions/tieline");
            let rc = folder.join(".bashrc");
            let line = (!loads_bash_completion(&rc)).then(|| source(&script));
            Place { script, line: line.map(|line| (rc, line)) }
        }
        Shell::Zsh => {
            let script = data.join("zsh/site-functions/_tieline");
            let compdef = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }";
            let line = format!("{compdef}; {}", source(&script));
            let rc = zsh.join(".zshrc");
            Place { script, line: Some((rc, line)) }
        }
        Shell::Fish => Place { script: config.join("fish/completions/tieline.fish"), line: None },
        Shell::Elvish => {
            let script = config.join("elvish/lib/tieline-completion.elv");
            let line = format!("eval (slurp < {})", quoted(&script));
            Place { script, line: Some((config.join("elvish/rc.elv"), line)) }
        }
        Shell::Nushell => Place { script: config.join("nushell/autoload/tieline.nu"), line: None },
        Shell::Powershell => {
            let script = config.join("powershell/tieline.ps1");
            let line = format!(". {}", quoted(&script));
            Place { script, line: Some((config.join("powershell/profile.ps1"), line)) }
        }
    }
}

/// Whether bash loads what lies in the folder of bash-completion: its own start-up file or the
/// system's says so.
fn loads_bash_completion(rc: &Path) -> bool {
    [rc, Path::new("/etc/bash.bashrc"), Path::new("/etc/bashrc")].iter().any(|file| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let mut lines = text.lines().map(str::trim_start);
        lines.any(|line| !line.starts_with('#') && line.contains("bash_completion"))
    }) && Path::new("/usr/share/bash-completion/bash_completion").is_file()
}

fn source(script: &Path) -> String {
    format!("source {}", quoted(script))
}

/// In single quotes, which every one of these shells reads.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

fn shown(path: &Path, home: &Home) -> String {
    match path.strip_prefix(&home.folder) {
        Ok(rest) => format!("~/{}", rest.display()),
        Err(_) => path.display().to_string(),
    }
}

/// Whether there was anything to write.
fn write(path: &Path, text: &str) -> Result<bool> {
    if fs::read_to_string(path).is_ok_and(|is| is == text) {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, text));
    written.map_err(|error| Error::writing(path, &error))?;
    Ok(true)
}

/// Whether the line was not there yet. What stands in the file stays as it is.
fn append(path: &Path, line: &str) -> Result<bool> {
    let mut text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(Error::reading(path, &error));
        }
    };
    if text.lines().any(|known| known == line) {
        return Ok(false);
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    write(path, &format!("{text}\n# completion of tieline\n{line}\n"))
}
