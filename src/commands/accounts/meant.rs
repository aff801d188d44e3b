//! Which account an app alone means in this directory: the one that `.tieline.yaml` names goes before
//! the default.

use super::super::App;
use crate::accounts::directory::Named;
use crate::accounts::files::Defaults;
use crate::definition::names::{AccountId, AppName};
use serde_json::{Value, json};

/// What decides it.
pub(super) struct Meant<'a> {
    defaults: Defaults,
    directory: Option<Named<'a>>,
}

impl<'a> Meant<'a> {
    /// Here, as it is now. Nobody is asked about a file that nobody has agreed to.
    pub(super) fn here(app: &'a App) -> Self {
        Self { defaults: app.accounts().files.defaults(), directory: app.directory.named() }
    }

    /// Whether an account is the one that is used where none is named.
    pub(super) fn is(&self, id: &AccountId) -> bool {
        match self.followed().and_then(|named| named.accounts.get(&id.app)) {
            Some(named) => named == id,
            None => self.is_default(id),
        }
    }

    /// Whether `accounts default` made it that, whatever the directory says.
    pub(super) fn is_default(&self, id: &AccountId) -> bool {
        self.defaults.is(id)
    }

    /// The followed file, if it decides for one of these accounts.
    pub(super) fn file_for<'i>(
        &self,
        mut ids: impl Iterator<Item = &'i AccountId>,
    ) -> Option<&str> {
        let named = self.followed()?;
        ids.any(|id| named.accounts.contains_key(&id.app)).then_some(named.path.as_str())
    }

    /// What the file says of an account's app, in words.
    pub(super) fn in_words(&self, id: &AccountId) -> Option<String> {
        let (named, other) = self.of(&id.app)?;
        let other = if other == id { "this account".to_owned() } else { other.to_string() };
        let path = &named.path;
        match named.decision {
            Some(true) => Some(format!("`{}` means {other} here, says `{path}`", id.app)),
            Some(false) => None,
            None => Some(format!(
                "`{path}` names {other} and is not followed yet: run `tieline config trust`"
            )),
        }
    }

    pub(super) fn as_json(&self, app: &AppName) -> Value {
        self.of(app).map_or(Value::Null, |(named, id)| {
            let followed = named.decision == Some(true);
            json!({ "file": named.path, "account": id.to_string(), "followed": followed })
        })
    }

    fn of(&self, app: &AppName) -> Option<(&Named<'a>, &AccountId)> {
        let named = self.directory.as_ref()?;
        Some((named, named.accounts.get(app)?))
    }

    fn followed(&self) -> Option<&Named<'a>> {
        self.directory.as_ref().filter(|named| named.decision == Some(true))
    }
}
