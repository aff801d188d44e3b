//! `test --record` and `test --replay`: a run that is kept, and one without a network.

use super::{Testing, failed};
use crate::accounts::Opened;
use crate::accounts::files::{Record, State};
use crate::commands::authorization_of;
use crate::context::{now, variable};
use crate::error::{Error, Kind, Result};
use crate::flow::Chooser;
use crate::refresh::{RECORDING, Surroundings};
use crate::report::Tested;
use crate::report::recording::{Recorded, Recording, SCHEMA};
use crate::trial::{Mark, Step, test};
use std::collections::BTreeMap;
use std::path::Path;

/// Reads a recording.
///
/// # Errors
/// It cannot be read, or was written by another version.
pub(super) fn read(file: &Path) -> Result<Recording> {
    let what = || format!("the recording `{}` cannot be read", file.display());
    let bytes = std::fs::read(file).map_err(|error| {
        Error { kind: Kind::Usage, ..Error::io(what(), &error) }
            .hint("`tieline test --record FILE` makes one")
    })?;
    let recording: Recording = serde_json::from_slice(&bytes)
        .map_err(|error| Error::new(Kind::Usage, what()).because(error))?;
    match recording.schema {
        SCHEMA => Ok(recording),
        other => Err(Error::new(Kind::Usage, what())
            .because(format!("it has version {other}, and this tieline knows {SCHEMA}"))),
    }
}

/// Writes a recording of what was tested.
///
/// # Errors
/// The file cannot be written.
pub(super) fn write(file: &Path, tests: Vec<Recorded>) -> Result<()> {
    let text = serde_json::to_string_pretty(&Recording { schema: SCHEMA, tests });
    std::fs::write(file, text.unwrap_or_default() + "\n").map_err(|error| {
        Error::io(format!("the recording `{}` cannot be written", file.display()), &error)
    })
}

impl Testing<'_> {
    /// Runs the definition as it is now against what was answered then. Nothing is read from a store
    /// and nothing goes over the network.
    pub(super) async fn replay(&self, name: &str, recorded: &Recorded) -> Tested {
        let tested = self.try_replay(recorded).await;
        tested.unwrap_or_else(|error| failed(name, error, Vec::new()))
    }

    async fn try_replay(&self, recorded: &Recorded) -> Result<Tested> {
        let mut account = recorded.account.clone();
        account.expires_at = recorded.expires_in.map(|seconds| now() + seconds);
        let id = account.id()?;
        let record = Record::new(State::Connected, RECORDING, account.clone());
        let credential = recorded.credential();
        let opened = Opened { id: id.clone(), record, account, credential };
        let definition = self.app.definition_of(&opened)?;
        let auth = authorization_of(&definition, &opened)?;
        let client = [("client_id", opened.account.client_id.as_deref().map(Into::into))]
            .into_iter()
            .chain([("client_secret", recorded.client_secret())])
            .filter_map(|(name, value)| Some((variable(&id, name), value?)));
        let context = self.app.context.with(client);
        let http = self.app.http(1).answering(recorded.answers());
        let (none, kept) = (BTreeMap::new(), opened.account.extras.clone());
        let chooser = Chooser { terminal: &self.terminal, given: &none, kept: &kept };
        let (accounts, definition) = (&self.accounts, &definition);
        let around = Surroundings { accounts, context: &context, http: &http, definition, auth };
        let mut verdict = test(around, opened, 0, "the recording", &chooser).await;
        let exchanges = http.exchanges();
        let changes = recorded.changes(&exchanges);
        for text in &changes {
            let (mark, text) = (Mark::Failed, text.clone());
            verdict.steps.push(Step {
                mark,
                name: "changed",
                text,
                status: None,
                elapsed_ms: None,
            });
        }
        if let Some(first) = changes.first() {
            let mut error = Error::new(Kind::Failed, format!("`{id}` asks for something else now"))
                .because(first)
                .hint("if that is meant, record again: `tieline test --record FILE`");
            error.causes.extend(verdict.error.into_iter().map(|error| error.message));
            verdict.error = Some(error);
        }
        Ok(Tested { id: id.to_string(), auth: auth.name.clone(), verdict, exchanges })
    }
}
