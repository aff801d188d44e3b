//! `tieline man`: the manual, made of the same description as `--help`.

use super::App;
use crate::candidates::{completer, explained};
use crate::context::words_to_complete;
use crate::definition::names::nearest;
use crate::error::{Error, Kind, Result};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

/// The variables of the overview; the README says more.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("TIELINE_HOME", "One folder for everything, in place of the usual ones."),
    ("TIELINE_STORE", "Where secrets are kept: keyring, file or env."),
    ("TIELINE_KEY", "The key of the sealed file: 32 bytes as hex or Base64."),
    ("TIELINE_PASSPHRASE", "Its passphrase, where there is no key."),
    ("TIELINE_KEYRING_TIMEOUT", "How many seconds the keyring may take."),
    ("TIELINE_<APP>_ACCOUNT", "The account that the app alone means."),
    ("TIELINE_<APP>_<INPUT>", "A field of connect and client set, in capitals, such as API_KEY."),
    ("TIELINE_<APP>__<NAME>__<INPUT>", "The same for the account app/name."),
    ("TIELINE_PROXY_TOKEN", "The token of proxy in place of a random one."),
    ("BROWSER", "The command that opens the browser."),
    ("NO_COLOR, CLICOLOR_FORCE", "No color; color even in a pipe."),
];

/// Read the manual page of a command
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline man\n  \
    tieline man client set\n  \
    tieline man --output ~/.local/share/man/man1")]
pub struct Arguments {
    /// The command, such as `client set` [default: the overview]
    pub command: Vec<String>,
    /// Write the page of every command into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, mut description: clap::Command, app: &App) -> Result<()> {
    description.build();
    if let Some(folder) = &arguments.output {
        let written = fs::create_dir_all(folder).and_then(|()| write_all(&description, folder));
        let written = written.map_err(|error| {
            Error::io(format!("the manual cannot be written to `{}`", folder.display()), &error)
        })?;
        app.terminal.say(format!("Wrote {written} pages to {}", folder.display()));
        return Ok(());
    }
    let page = page(find(&description, &arguments.command)?)
        .map_err(|error| Error::io("the manual page cannot be made", &error))?;
    if app.terminal.terminals.output && read(&page).is_ok_and(|status| status.success()) {
        return Ok(());
    }
    app.terminal.print_bytes(&page)
}

/// `man` with the commands as candidates: they are known once the whole command line is described.
pub(crate) fn with_candidates(man: clap::Command, description: clap::Command) -> clap::Command {
    let commands = completer(move |word| {
        let words = words_to_complete();
        let behind = words.iter().skip_while(|word| *word != "man").skip(1);
        let mut behind = behind.take_while(|typed| *typed != word);
        let above = behind.try_fold(&description, |command, word| command.find_subcommand(word));
        let beneath = above.into_iter().flat_map(clap::Command::get_subcommands);
        let fitting = beneath.filter(|command| command.get_name().starts_with(word));
        let about = |command: &clap::Command| command.get_about().map(ToString::to_string);
        fitting.map(|command| explained(command.get_name().to_owned(), about(command))).collect()
    });
    man.mut_arg("command", |arg| arg.add(commands))
}

/// Has `man` show a page. It takes a file from everywhere, and standard input on few systems.
fn read(page: &[u8]) -> io::Result<process::ExitStatus> {
    let mut file = tempfile::Builder::new().prefix("tieline-").suffix(".1").tempfile()?;
    file.write_all(page)?;
    process::Command::new("man").arg(file.path()).status()
}

fn find<'c>(description: &'c clap::Command, words: &[String]) -> Result<&'c clap::Command> {
    words.iter().try_fold(description, |command, word| {
        command.find_subcommand(word).ok_or_else(|| {
            let name = command.get_bin_name().unwrap_or(command.get_name());
            let known = command.get_subcommands().map(clap::Command::get_name);
            let error = Error::new(Kind::Usage, format!("`{name}` has no command `{word}`"));
            match nearest(word, known) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint(format!("`{name} --help` lists them")),
            }
        })
    })
}

/// Writes the page of a command and of every command beneath it, and says how many.
fn write_all(command: &clap::Command, folder: &Path) -> io::Result<usize> {
    let file = folder.join(Man::new(command.clone()).get_filename());
    fs::write(file, page(command)?)?;
    command.get_subcommands().try_fold(1, |count, beneath| Ok(count + write_all(beneath, folder)?))
}

fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    let version = env!("CARGO_PKG_VERSION");
    // The page's date is the version: an empty one would be left out, and shift what follows.
    let man = Man::new(command.clone()).date(version).source("tieline").manual("Manual of tieline");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let mut rest = Roff::new();
    let is_overview = command.get_version().is_some();
    if is_overview {
        environment(&mut rest);
    }
    after(&mut rest, command);
    see_also(&mut rest, command, is_overview);
    rest.to_writer(&mut page)?;
    Ok(page)
}

fn environment(page: &mut Roff) {
    page.control("SH", ["ENVIRONMENT"]);
    for (name, meaning) in ENVIRONMENT {
        page.control("TP", []);
        page.text([bold(*name)]);
        page.text([roman(*meaning)]);
    }
}

/// What stands at the end of the help: headings, and beneath them lines that are kept as they are.
fn after(page: &mut Roff, command: &clap::Command) {
    let Some(text) = command.get_after_help() else { return };
    let mut is_open = false;
    for line in text.to_string().lines().filter(|line| !line.trim().is_empty()) {
        if let Some(heading) = line.strip_suffix(':').filter(|line| !line.starts_with(' ')) {
            if is_open {
                page.control("fi", []);
            }
            page.control("SH", [heading.to_uppercase().as_str()]);
            page.control("nf", []);
            is_open = true;
        } else {
            page.text([roman(line.trim_start())]);
        }
    }
    if is_open {
        page.control("fi", []);
    }
}

fn see_also(page: &mut Roff, command: &clap::Command, is_overview: bool) {
    page.control("SH", ["SEE ALSO"]);
    match is_overview {
        true => page.text([
            bold("tieline"),
            roman(" COMMAND "),
            bold("--help"),
            roman(", and README.md, which tells how a definition is written."),
        ]),
        false => {
            let name = command.get_display_name().unwrap_or_default();
            let parent = name.rsplit_once('-').map_or("tieline", |(parent, _)| parent);
            // `git-credential` is one word.
            let parent = if parent == "tieline-git" { "tieline" } else { parent };
            page.text([bold(parent), roman("(1)")])
        }
    };
}
