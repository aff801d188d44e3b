//! Which settings there are: the defaults of flags, and what else the environment decides. They are taken
//! from the description of the command line, so that a new flag is a setting without a word here.

use crate::definition::names::nearest;
use crate::error::{Error, Result};
use crate::settings::{Entry, Settings, wrong};
use clap::{Arg, ArgAction, Command};
use std::any::TypeId;

/// Flags that several commands have, which can be set for all of them at once.
const SHARED: &[&str] = &["timeout", "min-validity", "no-browser", "clipboard"];
/// Switches that somebody may always want. A setting that answers a question for good would be none.
const SWITCHES: &[&str] = &["ascii", "no-browser", "clipboard"];
/// What the environment says, and no flag: key, variable, meaning.
const VARIABLES: &[(&str, &str, &str, Sort)] = &[
    ("browser", "BROWSER", "The command that opens the browser", Sort::Text),
    (
        "keyring-timeout",
        "TIELINE_KEYRING_TIMEOUT",
        "Seconds that the keyring may take",
        Sort::Number,
    ),
];
/// Flags that a variable decides, too: that goes before the file. And their defaults.
const BEFORE: &[(&str, &[&str], &str)] =
    &[("store", &["TIELINE_STORE"], "keyring"), ("color", &["NO_COLOR", "CLICOLOR_FORCE"], "auto")];

/// Something that can be set.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// `NAME`, or `COMMAND.NAME`.
    pub(super) key: String,
    /// What it is good for.
    pub(super) meaning: String,
    /// What holds if nothing is set.
    pub(super) default: Option<String>,
    /// What fits.
    pub(super) sort: Sort,
    /// Variables that go before the file.
    pub(super) variables: Vec<&'static str>,
}

/// What sort of value fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Number,
    Switch,
    Choice(Vec<String>),
    Text,
}

/// The description with the file's values as defaults, and what the file says in place of variables.
///
/// # Errors
/// A key or value of the file is wrong.
pub fn apply(
    mut description: Command,
    settings: &Settings,
    is_set: impl Fn(&str) -> bool,
) -> Result<(Command, Vec<(&'static str, String)>)> {
    let known = known(&description);
    let mut variables = Vec::new();
    for entry in &settings.entries {
        let setting = find(&known, settings, entry)?;
        if setting.variables.iter().any(|name| is_set(name)) {
            continue;
        }
        match VARIABLES.iter().find(|(key, ..)| *key == entry.key) {
            Some((_, variable, ..)) => variables.push((*variable, entry.value.clone())),
            None => description = with_default(description, settings, setting, &entry.value),
        }
    }
    Ok((description, variables))
}

fn find<'k>(known: &'k [Setting], settings: &Settings, entry: &Entry) -> Result<&'k Setting> {
    let setting = known.iter().find(|setting| setting.key == entry.key).ok_or_else(|| {
        let error = wrong(&settings.path, entry.line, &format!("`{}` is no setting", entry.key));
        with_neighbour(error, known, &entry.key)
    })?;
    setting.check(&entry.value).map_err(|why| wrong(&settings.path, entry.line, &why))?;
    Ok(setting)
}

/// Advises the setting that was probably meant.
pub(super) fn with_neighbour(error: Error, known: &[Setting], key: &str) -> Error {
    match nearest(key, known.iter().map(|setting| setting.key.as_str())) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("`tieline config` lists them"),
    }
}

impl Setting {
    /// Why a value does not fit.
    pub(super) fn check(&self, value: &str) -> Result<(), String> {
        let key = &self.key;
        match &self.sort {
            Sort::Number if value.parse::<u64>().is_err() => {
                Err(format!("`{value}` is no whole number, which `{key}` has to be"))
            }
            Sort::Switch if value.parse::<bool>().is_err() => {
                Err(format!("`{value}` is neither true nor false, which `{key}` has to be"))
            }
            Sort::Choice(choices) if !choices.iter().any(|choice| choice == value) => Err(format!(
                "`{value}` is none of {}, of which `{key}` has to be one",
                choices.join(", ")
            )),
            _ => Ok(()),
        }
    }

    /// The key that serves where this one is not set: that of all commands.
    pub(super) fn shared(&self) -> Option<&str> {
        let (_, name) = self.key.split_once('.')?;
        SHARED.contains(&name).then_some(name)
    }
}

/// Every setting, those of all commands first.
pub(super) fn known(description: &Command) -> Vec<Setting> {
    let mut all: Vec<Setting> =
        description.get_arguments().filter_map(|arg| flag("", arg)).collect();
    all.extend(VARIABLES.iter().map(|(key, variable, meaning, sort)| Setting {
        key: (*key).to_owned(),
        meaning: (*meaning).to_owned(),
        default: None,
        sort: sort.clone(),
        variables: vec![variable],
    }));
    let mut own = Vec::new();
    for command in description.get_subcommands() {
        let flags = command.get_arguments().filter(|arg| !arg.is_global_set());
        own.extend(flags.filter_map(|arg| flag(&format!("{}.", command.get_name()), arg)));
    }
    for name in SHARED {
        let of_one = own.iter().find(|setting: &&Setting| setting.shared() == Some(name));
        all.extend(of_one.map(|of_one| Setting {
            key: (*name).to_owned(),
            default: None,
            meaning: format!("--{name} of every command that has it"),
            ..of_one.clone()
        }));
    }
    all.extend(own);
    all
}

fn flag(prefix: &str, arg: &Arg) -> Option<Setting> {
    let name = arg.get_long()?;
    let before = BEFORE.iter().find(|(known, ..)| *known == name);
    let sort = sort(name, arg)?;
    let default = match (&sort, before) {
        (Sort::Switch, _) => Some("false".to_owned()),
        (_, Some((_, _, default))) => Some((*default).to_owned()),
        _ => arg.get_default_values().first().map(|text| text.to_string_lossy().into_owned()),
    };
    Some(Setting {
        key: format!("{prefix}{name}"),
        meaning: arg.get_help().map(ToString::to_string).unwrap_or_default(),
        default,
        sort,
        variables: before.map(|(_, names, _)| names.to_vec()).unwrap_or_default(),
    })
}

fn sort(name: &str, arg: &Arg) -> Option<Sort> {
    match arg.get_action() {
        ArgAction::SetTrue => SWITCHES.contains(&name).then_some(Sort::Switch),
        ArgAction::Set => {
            let parser = arg.get_value_parser();
            let numbers = [TypeId::of::<u16>(), TypeId::of::<u32>(), TypeId::of::<u64>()];
            let choices: Vec<String> = parser
                .possible_values()
                .map(|values| values.map(|value| value.get_name().to_owned()).collect())
                .unwrap_or_default();
            match () {
                () if !choices.is_empty() => Some(Sort::Choice(choices)),
                () if numbers.iter().any(|number| parser.type_id() == *number) => {
                    Some(Sort::Number)
                }
                () => (name == "apps").then_some(Sort::Text),
            }
        }
        _ => None,
    }
}

fn with_default(
    description: Command,
    settings: &Settings,
    setting: &Setting,
    value: &str,
) -> Command {
    let set = |arg: Arg| as_default(arg, &setting.sort, value);
    match setting.key.split_once('.') {
        Some((command, name)) => {
            let name = name.to_owned();
            description.mut_subcommand(command, |command| on_flag(command, &name, &set))
        }
        None if SHARED.contains(&setting.key.as_str()) => {
            everywhere(description, "", settings, &setting.key, &set)
        }
        None => on_flag(description, &setting.key, &set),
    }
}

/// On every command, and those beneath it, that has the flag and no setting of its own.
fn everywhere(
    command: Command,
    path: &str,
    settings: &Settings,
    name: &str,
    set: &dyn Fn(Arg) -> Arg,
) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    let own = settings.get(&format!("{path}.{name}")).is_some();
    let command = if own { command } else { on_flag(command, name, set) };
    names.iter().fold(command, |command, beneath| {
        // `client set` has no settings of its own; those of `client` would be its.
        let path = if path.is_empty() { beneath.as_str() } else { path }.to_owned();
        command.mut_subcommand(beneath, |it| everywhere(it, &path, settings, name, set))
    })
}

fn on_flag(command: Command, name: &str, set: &dyn Fn(Arg) -> Arg) -> Command {
    let id = command.get_arguments().find(|arg| arg.get_long() == Some(name)).map(Arg::get_id);
    match id.cloned() {
        Some(id) => command.mut_arg(id, set),
        None => command,
    }
}

/// A switch that is on by a setting can be turned off for once: `--ascii=false`.
fn as_default(arg: Arg, sort: &Sort, value: &str) -> Arg {
    let arg = arg.default_value(value.to_owned());
    match sort {
        Sort::Switch => arg
            .action(ArgAction::Set)
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        _ => arg,
    }
}
