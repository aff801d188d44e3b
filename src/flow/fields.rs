//! Fields: collecting what is asked for, from flags, environment, what is kept, or a prompt.

use crate::context::{Context, variable};
use crate::definition::Field;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use crate::terminal::Terminal;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Read};
use std::time::Duration;

/// The most that is read for one value from a file or standard input, in bytes.
const MAX_BYTES: u64 = 64 * 1024;
/// How long a file may take to open.
const OPENING: Duration = Duration::from_secs(5);

/// Values for fields.
#[derive(Default)]
pub struct Collected {
    /// Not secret.
    pub plain: BTreeMap<String, String>,
    /// Secret.
    pub secret: BTreeMap<String, Secret>,
    /// The names that a person typed just now.
    pub typed: Vec<String>,
}

/// What is known before anybody is asked.
pub struct Sources<'a> {
    /// The environment.
    pub context: &'a Context,
    /// The terminal.
    pub terminal: &'a Terminal,
    /// Whose fields.
    pub id: &'a AccountId,
    /// `--field NAME=VALUE`.
    pub given: &'a BTreeMap<String, Secret>,
    /// What is kept of the account: offered as a default.
    pub kept: &'a BTreeMap<String, String>,
    /// Ask for fields with a default too.
    pub ask_all: bool,
}

/// Reads `--field NAME=VALUE`: `=@FILE` reads a file, `=-` standard input.
///
/// # Errors
/// It has no `=`, or the file cannot be read.
pub async fn parse_given(arguments: &[String]) -> Result<BTreeMap<String, Secret>> {
    let mut given = BTreeMap::new();
    let mut stdin_of: Option<String> = None;
    for argument in arguments {
        let Some((name, value)) = argument.split_once('=') else {
            return Err(Error::new(Kind::Usage, "a field is given as NAME=VALUE")
                .hint("for a secret, give NAME=@FILE or NAME=- (standard input)"));
        };
        let value = match value.strip_prefix('@') {
            Some(path) => read_file(name, path).await?,
            None if value == "-" => {
                if let Some(first) = stdin_of.replace(name.to_owned()) {
                    let message =
                        format!("`{first}` and `{name}` cannot both come from standard input");
                    return Err(
                        Error::new(Kind::Usage, message).hint("give one of them as NAME=@FILE")
                    );
                }
                read_stdin(name).await?
            }
            None => value.to_owned(),
        };
        given.insert(name.to_owned(), Secret::from(value));
    }
    Ok(given)
}

/// A pipe that nobody writes to cannot even be opened; one that is written to may take its time.
async fn read_file(name: &str, path: &str) -> Result<String> {
    let error = |error: io::Error| {
        Error::new(Kind::Usage, format!("the file of `{name}` cannot be read")).because(error)
    };
    let path = path.to_owned();
    let opening = apart(move || std::fs::File::open(path));
    let file = tokio::time::timeout(OPENING, opening).await.unwrap_or_else(|_| {
        Err(io::Error::new(io::ErrorKind::TimedOut, "it is a pipe that nobody writes to"))
    });
    let file = file.map_err(error)?;
    apart(|| read_value(file)).await.map_err(error)
}

async fn read_stdin(name: &str) -> Result<String> {
    if io::stdin().is_terminal() {
        // A person types it: hidden, and Ctrl-C ends it.
        let typed = Terminal::passphrase(&format!("{name} (not shown)"), false)?;
        return Ok(typed.expose().to_owned());
    }
    apart(|| read_value(io::stdin().lock())).await.map_err(|error| {
        Error::new(Kind::Usage, format!("`{name}` cannot be read from standard input"))
            .because(error)
    })
}

/// On a thread of its own, so that Ctrl-C ends the wait for what blocks.
async fn apart<T: Send + 'static>(
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// Reads all of it, unless it is longer than a value may be.
fn read_value(reader: impl Read) -> io::Result<String> {
    let mut text = String::new();
    reader.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        let message = format!("it is longer than {} KiB", MAX_BYTES / 1024);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(without_newline(&text))
}

/// The one line break that an editor or `echo` leaves.
fn without_newline(text: &str) -> String {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text).to_owned()
}

impl Sources<'_> {
    /// Collects every field. What cannot be had is asked for, or all named at once where nobody can
    /// be asked.
    ///
    /// # Errors
    /// A value does not fit, or is missing.
    pub fn collect(&self, fields: &[Field], known_elsewhere: &[String]) -> Result<Collected> {
        self.check_names(fields, known_elsewhere)?;
        let mut collected = Collected::default();
        let mut ask = Vec::new();
        for field in fields {
            match self.without_asking(field)? {
                Some(value) => collected.set(field, value),
                None if field.optional && !self.ask_all => {}
                None => ask.push(field),
            }
        }
        if ask.is_empty() {
            return Ok(collected);
        }
        if !self.terminal.can_ask() {
            return Err(self.missing(&ask));
        }
        for field in ask {
            let value = self.terminal.ask(&self.with_kept(field))?;
            if value.is_empty() {
                continue;
            }
            let value = field.accept(&value).map_err(|e| Error::new(Kind::Usage, e.to_string()))?;
            collected.set(field, value);
            collected.typed.push(field.name.clone());
        }
        Ok(collected)
    }

    fn without_asking(&self, field: &Field) -> Result<Option<String>> {
        let accept = |value: &str, from: &str| {
            field.accept(value).map(Some).map_err(|error| {
                let error =
                    Error::new(Kind::Usage, format!("{from} does not fit `{}`", field.name))
                        .because(error);
                // Nobody gives nothing on purpose.
                match value.is_empty() {
                    true => error.hint("look at what it comes from: a variable that is not set?"),
                    false => error,
                }
            })
        };
        if let Some(given) = self.given.get(&field.name) {
            return match given.is_empty() && field.optional {
                true => Ok(None),
                false => accept(given.expose(), &format!("`--field {}=...`", field.name)),
            };
        }
        if let Some(value) = self.context.input(self.id, &field.name) {
            return accept(value.expose(), &variable(self.id, &field.name));
        }
        let asks = self.terminal.can_ask();
        let kept = self.kept.get(&field.name).filter(|_| !field.secret);
        match (kept, &field.default) {
            (Some(kept), _) if !self.ask_all => accept(kept, "what is kept"),
            // A menu shows its default; anything else with a default is not asked for.
            (None, Some(default)) if !(self.ask_all || asks && !field.options.is_empty()) => {
                accept(default, "the default")
            }
            _ => Ok(None),
        }
    }

    fn with_kept(&self, field: &Field) -> Field {
        let kept = self.kept.get(&field.name).cloned();
        Field { default: kept.or_else(|| field.default.clone()), ..field.clone() }
    }

    fn check_names(&self, fields: &[Field], known_elsewhere: &[String]) -> Result<()> {
        for name in self.given.keys() {
            let known =
                fields.iter().any(|field| field.name == *name) || known_elsewhere.contains(name);
            if !known {
                let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
                let near = crate::definition::names::nearest(name, names.iter().copied());
                let hint = near.map_or_else(
                    || format!("its fields are: {}", names.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                return Err(Error::new(
                    Kind::Usage,
                    format!("`{}` has no field `{name}`", self.id.app),
                )
                .hint(hint));
            }
        }
        Ok(())
    }

    fn missing(&self, fields: &[&Field]) -> Error {
        let names: Vec<_> = fields.iter().map(|field| format!("`{}`", field.name)).collect();
        let message = format!(
            "`{}` needs {}, and there is no terminal to ask on",
            self.id,
            names.join(" and ")
        );
        let secret = fields.iter().position(|field| field.secret);
        let flags: Vec<String> = fields
            .iter()
            .enumerate()
            .map(|(at, field)| match (field.secret, Some(at) == secret) {
                (true, true) => format!("--field {}=-", field.name),
                (true, false) => format!("--field {}=@FILE", field.name),
                _ => format!("--field {}=...", field.name),
            })
            .collect();
        let variables: Vec<String> =
            fields.iter().map(|field| variable(self.id, &field.name)).collect();
        let pipe = if secret.is_some() { " (`-` is standard input)" } else { "" };
        Error::new(Kind::Usage, message)
            .hint(format!("add {}{pipe}", flags.join(" ")))
            .hint(format!("or set {}", variables.join(" and ")))
    }
}

impl Collected {
    fn set(&mut self, field: &Field, value: String) {
        if field.secret {
            self.secret.insert(field.name.clone(), Secret::from(value));
        } else {
            self.plain.insert(field.name.clone(), value);
        }
    }
}
