//! `connect` without an app: a person picks one, a script is told what to do.

use crate::commands::App;
use crate::error::{Error, Kind, Result};
use std::collections::BTreeMap;

/// Asks which app is to be connected.
///
/// # Errors
/// There is nobody to ask, or nothing was picked.
pub(super) fn pick_app(app: &App) -> Result<String> {
    if !app.terminal.can_ask() {
        return Err(Error::new(Kind::Usage, "it does not say what to connect")
            .hint("name an app, such as `tieline connect github`")
            .hint("`tieline apps` lists them, `tieline apps mail` those with `mail` in the name"));
    }
    let mut connected: BTreeMap<String, usize> = BTreeMap::new();
    for (id, _) in app.accounts().files.list() {
        *connected.entry(id.app.to_string()).or_default() += 1;
    }
    let apps = app.catalog.list();
    let width = apps.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let labels: Vec<String> = apps
        .iter()
        .map(|(name, title)| {
            let mark = if connected.contains_key(name) { "  (connected)" } else { "" };
            format!("{name:<width$}  {title}{mark}")
        })
        .collect();
    let prompt = "Which app? Type to search, Enter to connect:";
    match app.terminal.search(prompt, &labels)? {
        Some(at) => Ok(apps[at].0.clone()),
        None => Err(Error::new(Kind::Interrupted, "no app was picked")),
    }
}
