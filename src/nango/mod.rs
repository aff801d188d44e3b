//! Providers files in the format of Nango, entry by entry, as definitions. What cannot be said in a
//! definition is told with its reason; nothing is left out in silence but what concerns that product alone.

mod authorization;
mod calls;
mod definition;
mod endpoint;
mod entry;
mod field;
mod inputs;
mod keys;
mod name;
mod oauth1;
mod oauth2;
mod template;
mod value;

use crate::definition::names::AppName;
use crate::definition::source::Source;
use crate::definition::{Definition, Tree, yaml};
use crate::draft::{Draft, write};
use definition::definition;
use entry::Entry;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::rc::Rc;

/// The longest file that is read, in bytes. The real one has about one and a half megabytes.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// What became of one entry.
#[derive(Debug)]
pub struct Converted {
    /// Its name in the file.
    pub entry: String,
    /// The app's name.
    pub app: String,
    /// The definition, or why there is none.
    pub definition: Result<String, String>,
    /// What of it could not be converted: a key, and why.
    pub notes: Vec<String>,
}

/// Converts every entry of a file.
///
/// # Errors
/// In words: the file is no such file.
pub fn convert(text: &str) -> Result<Vec<Converted>, String> {
    let file = yaml::plain(text, MAX_BYTES)?;
    let all =
        file.as_object().filter(|all| !all.is_empty()).ok_or("it is no mapping of providers")?;
    // A providers file is known by what every entry of it has.
    if !all.values().any(|entry| entry.get("auth_mode").is_some()) {
        return Err("no entry has an `auth_mode`, so it is no providers file".into());
    }
    let mut taken = BTreeSet::new();
    Ok(all.iter().map(|(name, _)| one(all, name, &mut taken)).collect())
}

fn one(all: &Map<String, Value>, name: &str, taken: &mut BTreeSet<String>) -> Converted {
    let app = app_name(name);
    let mut notes = Vec::new();
    let definition = resolved(all, name).and_then(|map| {
        if !taken.insert(app.clone()) {
            return Err(format!("another entry is called `{app}`, too"));
        }
        let mut entry = Entry::new(&map);
        let draft = definition(&mut entry, name);
        notes = std::mem::take(&mut entry.notes);
        let mut draft = draft?;
        checked(&app, write(&draft)).or_else(|why| {
            // What is wrong may be the least important part of it.
            give_up_test(&mut draft);
            let text = checked(&app, write(&draft)).map_err(|_| why.clone())?;
            notes.push(format!("proxy.verification, proxy.paginate: {why}"));
            Ok(text)
        })
    });
    notes.sort();
    notes.dedup();
    Converted { entry: name.to_owned(), app, definition, notes }
}

/// An entry with what it inherits: an alias merges at the top only.
fn resolved(all: &Map<String, Value>, name: &str) -> Result<Map<String, Value>, String> {
    let mut map = Map::new();
    let (mut next, mut seen) = (Some(name.to_owned()), BTreeSet::new());
    while let Some(name) = next {
        let entry = all.get(&name).and_then(Value::as_object);
        let entry = entry.ok_or_else(|| format!("`{name}` is no entry of the file"))?;
        if !seen.insert(name) {
            return Err("its aliases lead back to itself".into());
        }
        for (key, value) in entry {
            map.entry(key.clone()).or_insert_with(|| value.clone());
        }
        next = entry.get("alias").and_then(Value::as_str).map(ToOwned::to_owned);
    }
    Ok(map)
}

/// Leaves out what a definition can do without: who is connected, and how lists go on.
fn give_up_test(draft: &mut Draft) {
    draft.remove("pagination");
    let auths = draft.get_mut("authorizations").and_then(Value::as_object_mut);
    for (_, auth) in auths.into_iter().flatten() {
        auth["user_info_endpoint"] = Value::Null;
    }
}

fn app_name(name: &str) -> String {
    let map = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = name.chars().map(map).collect();
    name.trim_matches('-').chars().take(64).collect()
}

/// What the parser of definitions makes of it: a conversion that does not lint clean is none.
fn checked(app: &str, text: String) -> Result<String, String> {
    let app = AppName::parse(app).map_err(|error| error.to_string())?;
    let source = Rc::new(Source::new(format!("{app}.yaml"), text));
    let parsed = Definition::parse(&app, &Tree::read(&source), &|_| None);
    match parsed.findings.first() {
        Some(finding) => Err(format!("[{}] {}", finding.rule.id(), finding.message)),
        None => Ok(source.text.clone()),
    }
}
