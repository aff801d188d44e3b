//! Which account is meant, why, and what to say where that is not clear.

use super::Accounts;
use super::files::State;
use crate::context::Context;
use crate::definition::names::{AccountId, AppName, nearest};
use crate::error::{Error, Kind, Result};

/// Why an account was picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    /// `app/name`, or `--account`.
    Named,
    /// `TIELINE_<APP>_ACCOUNT`.
    Environment,
    /// `.tieline.yaml`.
    Directory,
    /// `accounts default`.
    Default,
    /// There is no other.
    Only,
}

impl Picked {
    /// In words.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Named => "named on the command line",
            Self::Environment => "named in the environment",
            Self::Directory => "named in .tieline.yaml",
            Self::Default => "the default",
            Self::Only => "the only one",
        }
    }
}

impl Accounts<'_> {
    /// Which account is meant by `app` or `app/name`.
    ///
    /// # Errors
    /// There is none, or it is not clear which.
    pub fn pick(&self, context: &Context, wanted: &AccountId) -> Result<(AccountId, Picked)> {
        let of_app: Vec<AccountId> = self.connected(&wanted.app);
        if wanted.name.is_some() {
            return match of_app.contains(wanted) {
                true => Ok((wanted.clone(), Picked::Named)),
                false => Err(self.not_connected(wanted, &of_app)),
            };
        }
        let variable = crate::context::variable(wanted, "account");
        if let Some(name) = context.variable(&variable) {
            let id = AccountId::new(wanted.app.clone(), Some(&name))?;
            return match of_app.contains(&id) {
                true => Ok((id, Picked::Environment)),
                false => Err(self.not_connected(&id, &of_app)),
            };
        }
        if !of_app.is_empty()
            && let Some(picked) = self.pick_of_directory(&wanted.app, &of_app)?
        {
            return Ok(picked);
        }
        match of_app.as_slice() {
            [] => Err(self.not_connected(wanted, &of_app)),
            [only] => Ok((only.clone(), Picked::Only)),
            several => self.pick_default(&wanted.app, several),
        }
    }

    fn pick_of_directory(
        &self,
        app: &AppName,
        of_app: &[AccountId],
    ) -> Result<Option<(AccountId, Picked)>> {
        let Some(directory) = self.directory else { return Ok(None) };
        let Some((id, path)) = directory.account_of(app)? else { return Ok(None) };
        match of_app.contains(&id) {
            true => Ok(Some((id, Picked::Directory))),
            // Another account in its place would be the wrong one.
            false => {
                let why = format!("`{path}` names it for this directory");
                Err(self.not_connected(&id, of_app).because(why))
            }
        }
    }

    fn pick_default(&self, app: &AppName, several: &[AccountId]) -> Result<(AccountId, Picked)> {
        if let Some(name) = self.files.default(app) {
            let id = AccountId { app: app.clone(), name };
            if several.contains(&id) {
                return Ok((id, Picked::Default));
            }
        }
        // What is typed is its whole name.
        let unnamed = AccountId { app: app.clone(), name: None };
        if several.contains(&unnamed) {
            return Ok((unnamed, Picked::Named));
        }
        let list: Vec<String> = several.iter().map(|id| format!("`{id}`")).collect();
        let first = &several[0];
        Err(Error::new(Kind::Usage, format!("`{app}` has several accounts: {}", list.join(", ")))
            .hint(format!("name one, such as `{first}`"))
            .hint(format!("or run `tieline accounts default {first}`")))
    }

    fn connected(&self, app: &AppName) -> Vec<AccountId> {
        let all = self.files.list_of(app).into_iter();
        all.filter(|(id, record)| id.app == *app && record.state != State::Disconnecting)
            .map(|(id, _)| id)
            .collect()
    }

    /// That an account is not there, with what is.
    #[must_use]
    pub fn missing(&self, wanted: &AccountId) -> Error {
        self.not_connected(wanted, &self.connected(&wanted.app))
    }

    pub(super) fn not_connected(&self, wanted: &AccountId, of_app: &[AccountId]) -> Error {
        let mut error = Error::new(Kind::NotConnected, format!("`{wanted}` is not connected"));
        if self.is_damaged(wanted) {
            error = error.because("its account file is damaged");
        }
        if !of_app.is_empty() {
            let names: Vec<String> = of_app.iter().map(ToString::to_string).collect();
            error = error.because(format!("connected is {}", names.join(", ")));
            let near = nearest(&wanted.to_string(), names.iter().map(String::as_str))
                .map(ToOwned::to_owned);
            if let Some(near) = near {
                error = error.hint(format!("did you mean `{near}`?"));
            }
        }
        if of_app.is_empty() && !self.is_damaged(wanted) && !self.files.list().is_empty() {
            error = error.hint("`tieline accounts` lists what is connected");
        }
        let account =
            wanted.name.as_ref().map_or_else(String::new, |name| format!(" --account {name}"));
        error.hint(format!("run `tieline connect {}{account}`", wanted.app))
    }
}
