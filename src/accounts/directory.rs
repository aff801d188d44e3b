//! `.tieline.yaml`: which account an app means in this directory and beneath. A repository can carry one,
//! so it is followed only once a person has agreed to its very text; and all that it can do is to choose
//! among the accounts that are connected.

use super::json_file;
use crate::context::{Context, Home};
use crate::definition::names::{AccountId, AppName};
use crate::definition::source::Source;
use crate::definition::yaml::{self, Value};
use crate::error::{Error, Kind, Result};
use crate::terminal::Terminal;
use crate::text::{hex, printable};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Its name.
pub const NAME: &str = ".tieline.yaml";
/// Nobody has so many apps.
const MAX_BYTES: u64 = 64 * 1024;

/// The file of the directory in which the command runs.
pub struct Directory {
    terminal: Terminal,
    here: Option<PathBuf>,
    home: Option<Home>,
    /// What was agreed to.
    decisions: PathBuf,
    file: OnceCell<Option<DirectoryFile>>,
    followed: OnceCell<bool>,
}

/// A file that was found.
#[derive(Clone, Debug)]
pub struct DirectoryFile {
    /// Where.
    pub path: PathBuf,
    /// The account of each app, or what is wrong with the file.
    pub accounts: Result<BTreeMap<AppName, AccountId>, String>,
    hash: String,
}

/// What a file names, whether it is followed or not.
#[derive(Clone, Debug)]
pub struct Named<'d> {
    /// The account of each app.
    pub accounts: &'d BTreeMap<AppName, AccountId>,
    /// Where the file is, to be shown.
    pub path: String,
    /// Whether a person wants it followed; `None` if nobody has been asked.
    pub decision: Option<bool>,
}

/// What a person said of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Decision {
    /// SHA-256 of the text.
    sha256: String,
    /// Whether it is followed.
    trusted: bool,
}

impl Directory {
    /// That of the process. Nothing is read yet.
    #[must_use]
    pub fn new(context: &Context, terminal: &Terminal) -> Self {
        Self {
            terminal: terminal.clone(),
            here: context.working_folder(),
            home: context.home().ok(),
            decisions: context.folders.data.join("trusted.json"),
            file: OnceCell::new(),
            followed: OnceCell::new(),
        }
    }

    /// The file, if there is one here or above.
    pub fn file(&self) -> Option<&DirectoryFile> {
        self.file.get_or_init(|| self.find().and_then(|path| DirectoryFile::read(&path))).as_ref()
    }

    /// The account that it names for an app, if it is followed. A file that nobody has agreed to is asked
    /// about on a terminal, and elsewhere ignored with a notice.
    ///
    /// # Errors
    /// It is wrong, or Ctrl-C.
    pub fn account_of(&self, app: &AppName) -> Result<Option<(AccountId, String)>> {
        let Some(file) = self.file() else { return Ok(None) };
        let named = match &file.accounts {
            Ok(accounts) => accounts.get(app).cloned(),
            // Of a file that is not followed nobody wants to know what is wrong with it.
            Err(_) if self.decision(file) != Some(true) => None,
            Err(why) => return Err(file.wrong(why)),
        };
        match named {
            Some(id) if self.is_followed(file)? => Ok(Some((id, file.shown()))),
            _ => Ok(None),
        }
    }

    /// What the file names. Nobody is asked and nothing said; a file that is wrong names nothing.
    pub fn named(&self) -> Option<Named<'_>> {
        let file = self.file()?;
        let accounts = file.accounts.as_ref().ok()?;
        Some(Named { accounts, path: file.shown(), decision: self.decision(file) })
    }

    /// Keeps what a person says of the file as it is now.
    ///
    /// # Errors
    /// It cannot be kept.
    pub fn decide(&self, file: &DirectoryFile, trusted: bool) -> Result<()> {
        let error = |error| Error::io("what is trusted cannot be kept", &error);
        let mut all: BTreeMap<String, Decision> =
            json_file::read(&self.decisions).map_err(error)?.unwrap_or_default();
        all.insert(file.key(), Decision { sha256: file.hash.clone(), trusted });
        json_file::write(&self.decisions, &all).map_err(error)
    }

    fn decision(&self, file: &DirectoryFile) -> Option<bool> {
        let all: BTreeMap<String, Decision> = json_file::read(&self.decisions).ok()??;
        all.get(&file.key()).filter(|it| it.sha256 == file.hash).map(|it| it.trusted)
    }

    fn is_followed(&self, file: &DirectoryFile) -> Result<bool> {
        if let Some(followed) = self.followed.get() {
            return Ok(*followed);
        }
        let followed = match self.decision(file) {
            Some(decision) => decision,
            None if self.terminal.can_ask() => {
                self.terminal.say(format!("`{}` says which accounts are used here:", file.shown()));
                for line in file.lines() {
                    self.terminal.say(format!("  {line}"));
                }
                let agreed = self.terminal.confirm("Follow it, until it changes?")?;
                self.decide(file, agreed)?;
                agreed
            }
            None => {
                self.terminal.warn(format!("`{}` is not followed yet", file.shown()));
                self.terminal.say("hint: read it, then run `tieline config trust`");
                false
            }
        };
        Ok(*self.followed.get_or_init(|| followed))
    }

    /// Here or above, up to the root of the repository or the home folder; outside of both, only here.
    fn find(&self) -> Option<PathBuf> {
        let here = self.here.as_deref()?;
        let home = self.home.as_ref().map(|home| home.folder.as_path());
        let ends = |folder: &Path| Some(folder) == home || folder.join(".git").exists();
        let end = here.ancestors().position(ends).unwrap_or(0);
        here.ancestors().take(end + 1).map(|folder| folder.join(NAME)).find(|path| path.is_file())
    }
}

impl DirectoryFile {
    fn read(path: &Path) -> Option<Self> {
        let mut text = String::new();
        fs::File::open(path).ok()?.take(MAX_BYTES).read_to_string(&mut text).ok()?;
        let hash = hex(digest(&SHA256, text.as_bytes()).as_ref());
        Some(Self { path: path.to_owned(), accounts: parse(path, &text), hash })
    }

    /// What it says, a line for each app.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let accounts = self.accounts.iter().flatten();
        accounts.map(|(app, id)| format!("{app} means {id}")).collect()
    }

    /// That it is wrong, and why.
    #[must_use]
    pub fn wrong(&self, why: &str) -> Error {
        Error::new(Kind::Usage, format!("`{}` is wrong", self.shown())).because(printable(why))
    }

    /// Its path, which is somebody else's, too.
    #[must_use]
    pub fn shown(&self) -> String {
        printable(&self.path.display().to_string())
    }

    fn key(&self) -> String {
        self.path.display().to_string()
    }
}

fn parse(path: &Path, text: &str) -> Result<BTreeMap<AppName, AccountId>, String> {
    let source = Rc::new(Source::new(path.display().to_string(), text));
    let tree = yaml::parse(&source)
        .map_err(|finding| format!("line {}: {}", finding.span.position().0, finding.message))?;
    let mut accounts = BTreeMap::new();
    let Value::Map(pairs) = &tree.value else { return Err("it is a mapping".to_owned()) };
    for (key, node) in pairs {
        let line = key.span.position().0;
        let Value::Map(pairs) = &node.value else {
            return Err(format!("line {line}: `{}` is a mapping of apps to accounts", key.name));
        };
        if key.name != "accounts" {
            return Err(format!("line {line}: it has `accounts` and nothing else"));
        }
        for (app, node) in pairs {
            let line = app.span.position().0;
            let Value::Text(name) = &node.value else {
                return Err(format!("line {line}: an account's name is a text"));
            };
            let app = AppName::parse(&app.name).map_err(|error| format!("line {line}: {error}"))?;
            accounts
                .insert(app.clone(), id(app, name).map_err(|why| format!("line {line}: {why}"))?);
        }
    }
    Ok(accounts)
}

/// `NAME` or `APP/NAME`; the app's own name is the account without one.
fn id(app: AppName, name: &str) -> Result<AccountId, String> {
    let id = match name.strip_prefix(app.as_str()) {
        Some("") => Ok(AccountId { app, name: None }),
        Some(rest) if rest.starts_with('/') => AccountId::new(app, Some(&rest[1..])),
        _ => AccountId::new(app, Some(name)),
    };
    id.map_err(|error| error.to_string())
}
