//! `tieline config`: every setting, its value, and where that came from.

mod candidates;
mod known;
mod schema;

pub(crate) use candidates::with_candidates;
pub use known::apply;

use super::App;
use super::editor::Editor;
use crate::accounts::directory::NAME;
use crate::error::{Error, Kind, Result};
use crate::settings::Settings;
use crate::terminal::{Style, table};
use known::{Setting, known, with_neighbour};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The version of `--json`.
const SCHEMA: u32 = 1;

/// Show every setting, its value and where it comes from; set one
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:\n  \
    tieline config\n  \
    tieline config set store file\n  \
    tieline config set call.timeout 120\n  \
    tieline config unset call.timeout")]
pub struct Arguments {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What can be done with the configuration.
#[derive(clap::Subcommand, Debug)]
#[command(defer = true)]
pub enum Command {
    /// Set a value in the configuration file
    Set {
        /// The setting, such as `store` or `call.timeout`
        key: String,
        /// Its value
        value: String,
    },
    /// Forget a value, so that the default holds again
    Unset {
        /// The setting
        #[arg(add = candidates::set_keys())]
        key: String,
    },
    /// Print where the configuration file is
    Path,
    /// Open the configuration file in $VISUAL or $EDITOR
    Edit,
    /// Follow the .tieline.yaml of this directory, as it is now
    Trust {
        /// Follow it no longer
        #[arg(long)]
        undo: bool,
    },
    /// Print the JSON Schema of the configuration file, for editors
    Schema,
}

pub(crate) fn run(arguments: &Arguments, description: &clap::Command, app: &App) -> Result<()> {
    let path = &app.context.folders.config;
    let known = known(description);
    match &arguments.command {
        None => list(app, &known, arguments.json),
        Some(Command::Set { key, value }) => change(app, &known, key, Some(value)),
        Some(Command::Unset { key }) => change(app, &known, key, None),
        Some(Command::Path) => app.terminal.print(&format!("{}\n", path.display())),
        Some(Command::Edit) => edit(app, description),
        Some(Command::Trust { undo }) => trust(app, !undo),
        Some(Command::Schema) => app.terminal.print_json(&schema::of(&known)),
    }
}

fn list(app: &App, known: &[Setting], json: bool) -> Result<()> {
    let settings = Settings::read(&app.context.folders.config)?;
    let told = known.iter().map(|setting| (setting, value(app, &settings, setting)));
    if json {
        let list: Vec<Value> = told
            .map(|(setting, (value, from))| {
                let (key, meaning) = (&setting.key, &setting.meaning);
                json!({ "key": key, "value": value, "from": from, "meaning": meaning })
            })
            .collect();
        let all = json!({ "schema": SCHEMA, "file": settings.path, "settings": list });
        return app.terminal.print_json(&all);
    }
    let rows: Vec<Vec<String>> = told
        .map(|(setting, (value, from))| {
            vec![setting.key.clone(), value.unwrap_or_else(|| "-".to_owned()), from]
        })
        .collect();
    let lines = table(&["SETTING", "VALUE", "FROM"], &rows, app.terminal.width());
    for (at, line) in lines.iter().enumerate() {
        let style = match () {
            () if at == 0 => Style::Strong,
            () if line.ends_with("default") => Style::Dim,
            () => Style::Notice,
        };
        app.terminal.print(&format!("{}\n", app.terminal.paint_output(style, line)))?;
    }
    Ok(())
}

/// What holds now, and why: the environment before the file, the file before the default.
fn value(app: &App, settings: &Settings, setting: &Setting) -> (Option<String>, String) {
    let in_environment = |name: &&&str| app.context.is_in_environment(name);
    if let Some(name) = setting.variables.iter().find(in_environment) {
        let value = app.context.variable(name);
        return (value, format!("environment, {name}"));
    }
    let entry = settings.get(&setting.key);
    if let Some(entry) = entry.or_else(|| settings.get(setting.shared()?)) {
        let file = settings.path.file_name().unwrap_or_default().to_string_lossy();
        return (Some(entry.value.clone()), format!("{file}, line {}", entry.line));
    }
    (setting.default.clone(), "default".to_owned())
}

fn change(app: &App, known: &[Setting], key: &str, value: Option<&str>) -> Result<()> {
    let Some(setting) = known.iter().find(|setting| setting.key == key) else {
        let error = Error::new(Kind::Usage, format!("`{key}` is no setting"));
        return Err(with_neighbour(error, known, key));
    };
    if let Some(value) = value {
        setting.check(value).map_err(|why| Error::new(Kind::Usage, why))?;
    }
    let mut settings = Settings::read(&app.context.folders.config)?;
    settings.change(key, value)?;
    app.terminal.done(match value {
        Some(value) => format!("{key} is {value} from now on"),
        None => format!("{key} is what it is by default"),
    });
    if let Some(name) = setting.variables.iter().find(|name| app.context.is_in_environment(name)) {
        app.terminal.warn(format!("{name} is set in the environment, and goes before the file"));
    }
    Ok(())
}

/// Follows the file of this directory, or follows it no longer.
fn trust(app: &App, trusted: bool) -> Result<()> {
    let file = app.directory.file().ok_or_else(|| {
        Error::new(Kind::Usage, format!("there is no {NAME} here or above"))
            .hint("it is looked for up to the root of the repository, or your home folder")
    })?;
    if let (Err(why), true) = (&file.accounts, trusted) {
        return Err(file.wrong(why));
    }
    app.directory.decide(file, trusted)?;
    let path = file.shown();
    if !trusted {
        app.terminal.done(format!("`{path}` is not followed any more"));
        return Ok(());
    }
    app.terminal.done(format!("`{path}` is followed until it changes:"));
    file.lines().iter().for_each(|line| app.terminal.say(format!("  {line}")));
    Ok(())
}

/// Opens the file, with a comment in it if there was none, and reads it again afterwards.
fn edit(app: &App, description: &clap::Command) -> Result<()> {
    let path = &app.context.folders.config;
    let editor = Editor::of(app)?;
    if !path.exists() {
        let folder = path.parent().unwrap_or(Path::new("."));
        let text = "# Settings of tieline: `tieline config` lists them.\n";
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(path, text))
            .map_err(|error| Error::writing(path, &error))?;
    }
    editor.open(path)?;
    apply(description.clone(), &Settings::read(path)?, |_| false).map(|_| ())
}
