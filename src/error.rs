//! The one error that people see: what happened, why, what to do, and the exit status.

use crate::catalog::CatalogError;
use crate::definition::ReachError;
use crate::definition::hosts::HostError;
use crate::definition::names::NameError;
use crate::store::WRITABLE;
use crate::template::RenderError;
use crate::text::io_cause;
use std::fmt;
use std::path::Path;

/// What sort of failure it is: the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something went wrong.
    Failed,
    /// The command line is wrong, or there is nothing to do it with.
    Usage,
    /// Not connected, or connect again.
    NotConnected,
    /// The definition is wrong.
    Definition,
    /// The provider or the person refused.
    Refused,
    /// The network failed, or waiting timed out.
    Network,
    /// The store failed.
    Store,
    /// The API answered 400 or more.
    Api,
    /// Ctrl-C.
    Interrupted,
    /// The reader of standard output is gone.
    BrokenPipe,
}

/// Every kind, its status and its meaning: the table in `--help` is made of it.
pub const KINDS: &[(Kind, u8, &str)] = &[
    (Kind::Failed, 1, "failed"),
    (Kind::Usage, 2, "usage, or nothing to do what was asked with"),
    (Kind::NotConnected, 3, "not connected, or connect again"),
    (Kind::Definition, 4, "the definition is wrong"),
    (Kind::Refused, 5, "the provider or the person refused"),
    (Kind::Network, 6, "the network failed, or waiting timed out"),
    (Kind::Store, 7, "the store failed"),
    (Kind::Api, 8, "the API answered 400 or more"),
    (Kind::Interrupted, 130, "interrupted"),
];

/// Of several failures, the first of these decides the exit status.
const PRECEDENCE: &[Kind] = &[
    Kind::Store,
    Kind::Definition,
    Kind::NotConnected,
    Kind::Refused,
    Kind::Network,
    Kind::Api,
    Kind::Failed,
];

impl Kind {
    /// The exit status.
    #[must_use]
    pub fn status(self) -> u8 {
        KINDS.iter().find(|(kind, ..)| *kind == self).map_or(141, |(_, status, _)| *status)
    }

    /// The kind that stands for several.
    #[must_use]
    pub fn worst(kinds: &[Self]) -> Option<Self> {
        PRECEDENCE.iter().find(|kind| kinds.contains(kind)).or(kinds.first()).copied()
    }
}

/// A failure as people see it. Lower case, no final period, names in backticks, no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The exit status.
    pub kind: Kind,
    /// What happened; empty where everything was said already.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to do.
    pub hints: Vec<String>,
    /// The provider's error code, where there was one.
    pub code: Option<String>,
    /// Where the code is explained: a section of an RFC, or a vendor's page.
    pub source: Option<&'static str>,
}

/// What commands return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A failure with a message.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
            code: None,
            source: None,
        }
    }

    /// A failure that has been told already, by its exit status only.
    #[must_use]
    pub fn silent(kind: Kind) -> Self {
        Self::new(kind, "")
    }

    /// The same with a cause.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// What to do first: the command that a hint names, else the first hint; empty if there is none.
    #[must_use]
    pub fn remedy(&self) -> String {
        let commands = self.hints.iter().flat_map(|hint| hint.split('`').skip(1).step_by(2));
        let command = commands.into_iter().find(|quoted| quoted.starts_with("tieline "));
        let first = || self.hints.first().map(String::as_str);
        command.or_else(first).unwrap_or_default().to_owned()
    }

    /// A file that cannot be read.
    #[must_use]
    pub fn reading(path: &Path, error: &std::io::Error) -> Self {
        Self::io(format!("`{}` cannot be read", path.display()), error)
    }

    /// A file that cannot be written.
    #[must_use]
    pub fn writing(path: &Path, error: &std::io::Error) -> Self {
        Self::io(format!("`{}` cannot be written", path.display()), error)
    }

    /// A failure of the machine: a file, a socket.
    #[must_use]
    pub fn io(what: impl Into<String>, error: &std::io::Error) -> Self {
        Self::new(Kind::Failed, what).because(io_cause(error))
    }

    /// A file or folder beside the store that cannot be written, without which nothing is kept.
    #[must_use]
    pub fn unwritable(what: impl Into<String>, error: &std::io::Error) -> Self {
        Self::new(Kind::Store, what).because(io_cause(error)).hint(WRITABLE)
    }
}

impl From<NameError> for Error {
    fn from(error: NameError) -> Self {
        Self::new(Kind::Usage, error.to_string())
    }
}

impl From<RenderError> for Error {
    fn from(error: RenderError) -> Self {
        Self::new(Kind::Definition, "a template of the definition cannot be filled").because(error)
    }
}

impl From<ReachError> for Error {
    fn from(error: ReachError) -> Self {
        Self::new(Kind::Definition, "the hosts of this account cannot be told").because(error)
    }
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        Self::new(Kind::Definition, "the credential is not sent there").because(error)
    }
}

impl From<CatalogError> for Error {
    fn from(error: CatalogError) -> Self {
        let message = error.to_string();
        match error {
            CatalogError::Unknown { near, .. } => {
                let hint = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`tieline apps` lists the apps".to_owned(),
                };
                Self::new(Kind::Usage, message)
                    .hint(hint)
                    .hint("a definition of your own is given as a path: `./my-app.yaml`")
            }
            CatalogError::Name(_) => Self::new(Kind::Usage, message),
            CatalogError::Io { source, .. } => Self::new(Kind::Usage, message).because(source),
            CatalogError::Wrong { app, findings } => {
                let mut error = Self::new(Kind::Definition, message);
                error.causes = findings.iter().take(3).map(|finding| finding.line()).collect();
                error.hint(format!("run `tieline lint {app}` to see all of it"))
            }
        }
    }
}
