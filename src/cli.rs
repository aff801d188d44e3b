//! The command line: what can be typed, and which command it runs.

use crate::commands::{
    App, Global, accounts, apps, call, client, completions, config, connect, demo, disconnect,
    doctor, exec, git_credential, lint, man, proxy, sandbox, schema, test, token, welcome,
};
use crate::context::Context;
use crate::error::{Error, KINDS, Result};
use crate::settings::Settings;
use clap::{ArgMatches, Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;

/// Connects your terminal to any app's API.
#[derive(Parser, Debug)]
#[command(name = "tieline", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// The command; none says what to do next.
    #[arg(skip)]
    pub command: Option<Command>,
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
}

impl Cli {
    /// What was typed, of what the description made of it.
    ///
    /// # Errors
    /// A value is not what its argument takes.
    pub fn read(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        let named = matches.subcommand_name().is_some();
        let command = named.then(|| Command::from_arg_matches_mut(matches)).transpose()?;
        Ok(Self { command, ..Self::from_arg_matches_mut(matches)? })
    }
}

/// The commands; the help of each stands at its arguments.
#[derive(Subcommand, Debug)]
#[allow(missing_docs, reason = "a comment here would replace the help that stands there")]
pub enum Command {
    Connect(connect::Arguments),
    Accounts(accounts::Arguments),
    Disconnect(disconnect::Arguments),
    Test(test::Arguments),
    Call(call::Arguments),
    Token(token::Arguments),
    Exec(exec::Arguments),
    Proxy(proxy::Arguments),
    GitCredential(git_credential::Arguments),
    Client(client::Arguments),
    Apps(apps::Arguments),
    Lint(lint::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
    Sandbox(sandbox::Arguments),
    Demo(demo::Arguments),
    Doctor(doctor::Arguments),
    Man(man::Arguments),
    Config(config::Arguments),
}

/// What adds a command's arguments to its description.
type Describe = fn(clap::Command) -> clap::Command;

/// How each command is described. The library would describe all of them at each start, which takes
/// longer than all else that `tieline accounts` does.
const COMMANDS: &[(&str, Describe)] = &[
    ("connect", connect::Arguments::augment_args),
    ("accounts", accounts::Arguments::augment_args),
    ("disconnect", disconnect::Arguments::augment_args),
    ("test", test::Arguments::augment_args),
    ("call", call::Arguments::augment_args),
    ("token", token::Arguments::augment_args),
    ("exec", exec::Arguments::augment_args),
    ("proxy", proxy::Arguments::augment_args),
    ("git-credential", git_credential::Arguments::augment_args),
    ("client", client::Arguments::augment_args),
    ("apps", apps::Arguments::augment_args),
    ("lint", lint::Arguments::augment_args),
    ("schema", schema::Arguments::augment_args),
    ("completions", completions::Arguments::augment_args),
    ("sandbox", sandbox::Arguments::augment_args),
    ("demo", demo::Arguments::augment_args),
    ("doctor", doctor::Arguments::augment_args),
    ("man", man::Arguments::augment_args),
    ("config", config::Arguments::augment_args),
];

/// How a command is described that none of its own commands follows, where it is so common that theirs
/// are worth leaving out.
const ALONE: &[(&str, Describe)] = &[("accounts", accounts::ListArguments::augment_args)];

/// The commands by what they are for, in the order of the help; what is not named comes last.
const GROUPS: &[(&str, &[&str])] = &[
    ("Connect", &["apps", "connect", "accounts", "client", "disconnect"]),
    ("Use", &["call", "test"]),
    ("Hand over", &["token", "exec", "proxy", "git-credential"]),
    ("Definitions", &["lint", "schema"]),
    ("Practice", &["sandbox", "demo"]),
];
const REST: &str = "This computer";

const EXAMPLES: &str = "Examples:
  tieline connect github
  tieline call github /user
  tieline test --all
  tieline exec github -- gh repo list";

/// The command line, its commands in groups, with examples and the table of exit statuses.
#[must_use]
pub fn command() -> clap::Command {
    let command = whole().after_help(format!("{EXAMPLES}\n\n{}", statuses()));
    let groups = groups(&command);
    command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}{}\n{{options}}{{after-help}}",
        heading("Options")
    ))
}

/// The command line as far as these words need it: the command that they begin with, none where they
/// only ask for the version, and else the whole.
#[must_use]
pub fn command_for(words: &[OsString]) -> clap::Command {
    match words {
        _ if asks_for_help(words) => command(),
        [] => Cli::command(),
        [only] if only == "--version" || only == "-V" => Cli::command(),
        [first, rest @ ..] => {
            let named =
                |table: &'static [(&str, Describe)]| table.iter().find(|(name, _)| first == name);
            let alone = rest.iter().all(|word| word.to_string_lossy().starts_with('-'));
            match alone.then(|| named(ALONE)).flatten().or_else(|| named(COMMANDS)) {
                Some(named) => with(Cli::command(), named),
                None => whole(),
            }
        }
    }
}

fn asks_for_help(words: &[OsString]) -> bool {
    words.iter().map(|word| word.to_string_lossy()).any(|word| {
        word == "--help" || word.starts_with('-') && !word.starts_with("--") && word.contains('h')
    })
}

/// The command line with every command.
fn whole() -> clap::Command {
    debug_assert!(COMMANDS.iter().all(|(name, _)| Command::has_subcommand(name)));
    COMMANDS.iter().fold(Cli::command(), with)
}

fn with(description: clap::Command, (name, describe): &(&'static str, Describe)) -> clap::Command {
    description.subcommand(describe(clap::Command::new(*name)))
}

/// The command line as shells complete it, with what only its own description has to offer: the settings
/// and the commands.
#[must_use]
pub fn command_to_complete() -> clap::Command {
    let mut command = whole();
    // Else what lies beneath a command is not there yet.
    command.build();
    let known = command.clone();
    command
        .mut_subcommand("config", |it| config::with_candidates(it, &known))
        .mut_subcommand("man", |it| man::with_candidates(it, known))
}

/// Each group as a heading, and its commands with what they do: the library knows one list only.
fn groups(command: &clap::Command) -> String {
    let grouped = |name: &str| GROUPS.iter().any(|(_, names)| names.contains(&name));
    let all = || command.get_subcommands().filter(|it| !it.is_hide_set());
    let rest: Vec<&str> = all().map(clap::Command::get_name).filter(|it| !grouped(it)).collect();
    let width = all().map(|it| it.get_name().len()).max().unwrap_or_default();
    let line = |name: &&str| {
        let it = command.find_subcommand(name)?;
        let about = it.get_about().map(ToString::to_string).unwrap_or_default();
        let literal = command.get_styles().get_literal();
        Some(format!("  {literal}{name}{literal:#}{:1$}{about}\n", "", width + 2 - name.len()))
    };
    let groups = GROUPS.iter().map(|(title, names)| (*title, *names)).chain([(REST, &*rest)]);
    groups
        .map(|(title, names)| {
            format!("{}\n{}\n", heading(title), names.iter().filter_map(line).collect::<String>())
        })
        .collect()
}

fn heading(title: &str) -> String {
    let styles = clap::builder::Styles::styled();
    let style = styles.get_header();
    format!("{style}{title}:{style:#}")
}

fn statuses() -> String {
    let rows = KINDS.iter().map(|(_, status, meaning)| format!("  {status:<4} {meaning}"));
    let rows: Vec<String> = std::iter::once("  0    done".to_owned()).chain(rows).collect();
    format!("Exit status:\n{}", rows.join("\n"))
}

/// The command line with the defaults that the person has set, and the context that goes with it. A
/// mistake in the settings is an error beside them, so that help and `config` work all the same.
#[must_use]
pub fn configured(words: &[OsString], context: Context) -> (clap::Command, Context, Option<Error>) {
    let description = command_for(words);
    let set = match Settings::read(&context.folders.config) {
        Ok(set) if set.entries.is_empty() => return (description, context, None),
        Ok(set) => set,
        Err(error) => return (description, context, Some(error)),
    };
    // Only the whole knows whether each setting is one.
    let whole = if asks_for_help(words) { command() } else { whole() };
    match config::apply(whole, &set, |name| context.is_in_environment(name)) {
        Ok((description, variables)) => (description, context.with_settings(variables), None),
        Err(error) => (description, context, Some(error)),
    }
}

/// What `--color` says, for the help and for mistakes on the command line itself: they are told before
/// anything on it is understood.
pub fn color(words: &[OsString]) -> ColorChoice {
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let value =
        words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix("--color")? {
            "" => words.get(at + 1).map(|word| &**word),
            rest => rest.strip_prefix('='),
        });
    match value {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

/// Runs what needs to wait for nothing: without a runtime, whose setting up would cost more than the
/// work. `None` for everything else.
#[must_use]
pub fn run_at_once(cli: &Cli, app: &App) -> Option<Result<()>> {
    match &cli.command {
        None => Some(welcome::run(app)),
        Some(Command::Accounts(arguments)) if arguments.command.is_none() => {
            Some(accounts::list(app, arguments.list.json))
        }
        Some(Command::Apps(arguments)) => apps::run_at_once(arguments, app),
        Some(Command::Lint(arguments)) if !arguments.online => Some(lint::run(arguments, app)),
        Some(Command::Schema(arguments)) => Some(schema::run(arguments, app)),
        Some(Command::Completions(arguments)) => Some(completions::run(arguments, app)),
        Some(Command::Man(arguments)) => Some(man::run(arguments, command(), app)),
        Some(Command::Config(arguments)) => Some(config::run(arguments, &command(), app)),
        _ => None,
    }
}

/// Runs what was typed.
///
/// # Errors
/// What the command says.
pub async fn run(cli: Cli, app: &App) -> Result<()> {
    match cli.command {
        None => welcome::run(app),
        Some(Command::Connect(arguments)) => connect::run(arguments, app).await,
        Some(Command::Accounts(arguments)) => accounts::run(&arguments, app).await,
        Some(Command::Disconnect(arguments)) => disconnect::run(&arguments, app).await,
        Some(Command::Test(arguments)) => test::run(&arguments, app).await,
        Some(Command::Call(arguments)) => call::run(&arguments, app).await,
        Some(Command::Token(arguments)) => token::run(&arguments, app).await,
        Some(Command::Exec(arguments)) => exec::run(&arguments, app).await,
        Some(Command::Proxy(arguments)) => proxy::run(&arguments, app).await,
        Some(Command::GitCredential(arguments)) => git_credential::run(&arguments, app).await,
        Some(Command::Client(arguments)) => client::run(&arguments, app).await,
        Some(Command::Apps(arguments)) => apps::run(&arguments, app).await,
        Some(Command::Lint(arguments)) => lint::run_online(&arguments, app).await,
        Some(Command::Schema(arguments)) => schema::run(&arguments, app),
        Some(Command::Completions(arguments)) => completions::run(&arguments, app),
        Some(Command::Sandbox(arguments)) => sandbox::run(&arguments, app).await,
        Some(Command::Demo(arguments)) => demo::run(&arguments, app).await,
        Some(Command::Doctor(arguments)) => doctor::run(&arguments, app).await,
        Some(Command::Man(arguments)) => man::run(&arguments, command(), app),
        Some(Command::Config(arguments)) => config::run(&arguments, &command(), app),
    }
}
