//! Which accounts the environment holds a credential of, told from the names of its variables.

use crate::catalog::Catalog;
use crate::context::{Context, variable, variable_part};
use crate::definition::names::{AccountId, AppName};
use crate::definition::{Authorization, Way};
use std::collections::{BTreeMap, BTreeSet};

/// What the types with tokens read beside their fields.
const TOKENS: &[&str] = &["access_token", "refresh_token", "token_secret"];

/// Every account of which a secret is set. The name of an account is in lower case, since its
/// variable does not tell.
#[must_use]
pub fn accounts(context: &Context, catalog: &Catalog) -> Vec<AccountId> {
    let apps = catalog.list().into_iter().filter_map(|(name, _)| AppName::parse(&name).ok());
    let apps: BTreeMap<String, AppName> =
        apps.map(|app| (variable_part(app.as_str()), app)).collect();
    let is_account = |id: &AccountId, input: &str| {
        // One that is wrong is said to be so when it is tested.
        let Ok(definition) = catalog.load(id.app.as_str()) else { return true };
        let auth = definition.authorization(context.variable(&variable(id, "auth")).as_deref());
        auth.is_some_and(|auth| is_secret_of(auth, input))
    };
    let names = context.own_variables().filter(|name| context.variable(name).is_some());
    let names = names.filter_map(|name| name.strip_prefix("TIELINE_").map(ToOwned::to_owned));
    let found: BTreeSet<AccountId> = names
        .filter_map(|name| {
            let mut readings = named(&name, &apps).into_iter().chain(unnamed(&name, &apps));
            readings.find(|(id, input)| is_account(id, input)).map(|(id, _)| id)
        })
        .collect();
    found.into_iter().collect()
}

/// `<APP>__<NAME>__<INPUT>`.
fn named<'v>(name: &'v str, apps: &BTreeMap<String, AppName>) -> Option<(AccountId, &'v str)> {
    let (app, rest) = name.split_once("__")?;
    let (name, input) = rest.split_once("__")?;
    let id = AccountId::new(apps.get(app)?.clone(), Some(&name.to_ascii_lowercase()));
    id.ok().map(|id| (id, input))
}

/// `<APP>_<INPUT>`, the longest app's name first.
fn unnamed<'v>(
    name: &'v str,
    apps: &BTreeMap<String, AppName>,
) -> impl Iterator<Item = (AccountId, &'v str)> {
    let splits = name.rmatch_indices('_').map(|(at, _)| (&name[..at], &name[at + 1..]));
    splits.filter_map(|(app, input)| {
        Some((AccountId { app: apps.get(app)?.clone(), name: None }, input))
    })
}

/// Whether an input is a secret of the person's own. A client alone is not yet an account, unless it
/// is all that the grant takes.
fn is_secret_of(auth: &Authorization, input: &str) -> bool {
    let runs_again = auth.oauth2().is_some_and(|oauth2| oauth2.runs_again());
    let fields = auth.fields.iter().filter(|field| field.secret);
    let fields = fields.map(|field| field.name.as_str());
    let tokens = TOKENS.iter().copied().filter(|_| !matches!(auth.way, Way::Fields));
    fields
        .filter(|name| runs_again || *name != "client_secret")
        .chain(tokens)
        .chain(runs_again.then_some("client_secret"))
        .any(|name| variable_part(name) == input)
}
