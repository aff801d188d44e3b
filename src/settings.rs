//! The configuration file: what the person has set in place of defaults. It is read into keys and values
//! without knowing what they mean, and changed line by line, so that comments stay.

use crate::definition::source::Source;
use crate::definition::yaml::{self, Node, Value};
use crate::error::{Error, Kind, Result};
use crate::file::read_text;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The most that is read of the file.
const MAX_BYTES: usize = 1024 * 1024;

/// What the file says.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where it is, or would be.
    pub path: PathBuf,
    /// Every value, in the order of the file.
    pub entries: Vec<Entry>,
    text: String,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `NAME`, or `COMMAND.NAME`.
    pub key: String,
    /// As it would be typed.
    pub value: String,
    /// Where it stands, from 1.
    pub line: usize,
}

impl Settings {
    /// Reads the file; without one, nothing is set.
    ///
    /// # Errors
    /// It cannot be read, or is no YAML of the form that it has to have.
    pub fn read(path: &Path) -> Result<Self> {
        let text = match read_text(path, MAX_BYTES) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(Error::reading(path, &error));
            }
        };
        let entries = parse(path, &text)?;
        Ok(Self { path: path.to_owned(), entries, text })
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Sets a key, or with `None` forgets it. What else stands in the file stays as it is.
    ///
    /// # Errors
    /// The file cannot be written, or is written in a way that this does not understand.
    pub fn change(&mut self, key: &str, value: Option<&str>) -> Result<()> {
        let text = changed(&self.text, key, value.map(quoted).as_deref());
        let entries = parse(&self.path, &text)?;
        let expected = |entry: &Entry| entry.key != key || Some(entry.value.as_str()) == value;
        let others = |all: &[Entry]| all.iter().filter(|entry| entry.key != key).count();
        let is_set = entries.iter().any(|entry| entry.key == key) == value.is_some();
        if !is_set || !entries.iter().all(expected) || others(&entries) != others(&self.entries) {
            return Err(Error::new(Kind::Failed, format!("`{key}` cannot be changed in place"))
                .hint("run `tieline config edit`, and change it by hand"));
        }
        self.write(&text)?;
        self.entries = entries;
        self.text = text;
        Ok(())
    }

    fn write(&self, text: &str) -> Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let write = || {
            fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            io::Write::write_all(&mut file, text.as_bytes())?;
            file.persist(&self.path).map(|_| ()).map_err(|error| error.error)
        };
        write().map_err(|error| Error::writing(&self.path, &error))
    }
}

/// A mistake in the file.
#[must_use]
pub fn wrong(path: &Path, line: usize, why: &str) -> Error {
    Error::new(Kind::Usage, format!("`{}` is wrong", path.display()))
        .because(format!("line {line}: {why}"))
        .hint("run `tieline config edit`")
}

fn parse(path: &Path, text: &str) -> Result<Vec<Entry>> {
    if text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) {
        return Ok(Vec::new());
    }
    let source = Rc::new(Source::new(path.display().to_string(), text));
    let tree = yaml::parse(&source)
        .map_err(|finding| wrong(path, finding.span.position().0, &finding.message))?;
    let mut entries = Vec::new();
    let Value::Map(pairs) = &tree.value else {
        return Err(wrong(path, 1, "it is a mapping of settings to values"));
    };
    for (key, node) in pairs {
        match &node.value {
            Value::Map(inner) => {
                for (name, node) in inner {
                    entries.push(entry(path, format!("{}.{}", key.name, name.name), node)?);
                }
            }
            Value::Null => {}
            _ => entries.push(entry(path, key.name.clone(), node)?),
        }
    }
    Ok(entries)
}

fn entry(path: &Path, key: String, node: &Node) -> Result<Entry> {
    let line = node.span.position().0;
    let value = match &node.value {
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Text(value) => value.clone(),
        _ => return Err(wrong(path, line, &format!("`{key}` has one value"))),
    };
    Ok(Entry { key, value, line })
}

/// A value as YAML: what could be taken for something else stands in quotes.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./~-".contains(c);
    match !value.is_empty() && value.chars().all(plain) && !value.starts_with(['-', '~', '.']) {
        true => value.to_owned(),
        false => serde_json::Value::from(value).to_string(),
    }
}

/// The text with a key changed. Keys of one level stand at the margin, those of a command beneath it.
fn changed(text: &str, key: &str, value: Option<&str>) -> String {
    let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    let (block, name) = match key.split_once('.') {
        Some((command, name)) => (block_of(&lines, command), name),
        None => (Some((0, lines.len())), key),
    };
    let at_margin = !key.contains('.');
    let found = block.and_then(|(start, end)| {
        let is = |line: &String| {
            line.trim_start().starts_with(&format!("{name}:"))
                && line.starts_with(char::is_whitespace) != at_margin
        };
        lines[start..end].iter().position(is).map(|at| start + at)
    });
    let line = |indent: &str, value: &str| format!("{indent}{name}: {value}");
    match (found, value) {
        (Some(at), Some(value)) => {
            let indent = &lines[at][..lines[at].len() - lines[at].trim_start().len()];
            let comment = lines[at].split_once(" #").map(|(_, comment)| format!(" #{comment}"));
            lines[at] = line(indent, value) + &comment.unwrap_or_default();
        }
        (Some(at), None) => {
            lines.remove(at);
            let alone = block.is_some_and(|(start, end)| !at_margin && end - start == 1);
            if let Some((start, _)) = block.filter(|_| alone) {
                lines.remove(start - 1);
            }
        }
        (None, Some(value)) if at_margin => lines.push(line("", value)),
        (None, Some(value)) => match block {
            Some((start, _)) => lines.insert(start, line("  ", value)),
            None => {
                let command = key.split('.').next().unwrap_or_default();
                lines.extend([format!("{command}:"), line("  ", value)]);
            }
        },
        (None, None) => {}
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The lines beneath `command:`.
fn block_of(lines: &[String], command: &str) -> Option<(usize, usize)> {
    let start = lines.iter().position(|line| line.trim_end() == format!("{command}:"))? + 1;
    let inside = |line: &&String| line.starts_with(char::is_whitespace) || line.is_empty();
    Some((start, start + lines[start..].iter().take_while(inside).count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_leaves_everything_else_as_it_is() {
        let text = "# mine\nstore: file # on the server\n\ncall:\n  # slow\n  timeout: 5\n";
        let set = |key, value| changed(text, key, value);
        assert_eq!(set("store", Some("env")), text.replace("file", "env"));
        assert_eq!(set("call.timeout", Some("9")), text.replace('5', "9"));
        assert_eq!(set("color", Some("never")), format!("{text}color: never\n"));
        assert_eq!(set("proxy.port", Some("1")), format!("{text}proxy:\n  port: 1\n"));
        assert_eq!(set("call.port", Some("1")), text.replace("call:\n", "call:\n  port: 1\n"));
        assert_eq!(set("store", None), text.replace("store: file # on the server\n", ""));
        assert_eq!(set("timeout", None), text);
        assert_eq!(changed("a: 1\nb:\n  c: 2\n", "b.c", None), "a: 1\n");
    }

    #[test]
    fn what_is_no_plain_word_is_quoted() {
        assert_eq!(quoted("file"), "file");
        assert_eq!(quoted("firefox --new-window %s"), "\"firefox --new-window %s\"");
        assert_eq!(quoted("~"), "\"~\"");
    }
}
