//! `test --against-sandbox`: how a definition fares when the app fails. A stand-in plays the app, and this very
//! program connects to it and is tested, once for everything that can go wrong.

mod stage;
mod table;

use crate::catalog::Catalog;
use crate::commands::connect::definition;
use crate::commands::{App, authorization};
use crate::error::{Error, Kind, Result};
use crate::stand_in::Trouble;
use serde_json::{Value, json};
use stage::Stage;
use std::path::{Path, PathBuf};

/// The version of `--json`.
const SCHEMA: u32 = 1;

/// What came of one trouble.
struct Fared {
    trouble: Trouble,
    /// The exit status of `test`; `None` if a signal ended it.
    status: Option<i32>,
    /// A token was renewed on the way.
    renewed: bool,
    /// Whether this is how it should end.
    well: bool,
    /// What `test` says of it.
    text: String,
}

/// An authorization, and how it fared.
struct Rehearsed {
    app: String,
    title: String,
    auth: String,
    all: Vec<Fared>,
}

pub(super) async fn run(
    app: &App,
    targets: &[String],
    auth: Option<&str>,
    as_json: bool,
) -> Result<()> {
    let mut all = Vec::new();
    for target in targets {
        let rehearsed = rehearse(app, target, auth).await?;
        if !as_json {
            table::print(app, &rehearsed)?;
        }
        all.push(rehearsed);
    }
    if as_json {
        let list: Vec<Value> = all.iter().map(Rehearsed::as_json).collect();
        app.terminal.print_json(&json!({ "schema": SCHEMA, "rehearsals": list }))?;
    }
    match all.iter().flat_map(|rehearsed| &rehearsed.all).all(|fared| fared.well) {
        true => Ok(()),
        false => Err(Error::silent(Kind::Failed)),
    }
}

async fn rehearse(app: &App, target: &str, auth: Option<&str>) -> Result<Rehearsed> {
    let definition = definition(app, target)?;
    let auth = authorization(&definition, auth)?;
    if auth.is_ftp() {
        return Err(Error::new(Kind::Usage, format!("`{target}` is an FTP server"))
            .because("what goes wrong is played for apps that speak HTTP"));
    }
    let (name, title) = (definition.app.to_string(), definition.title.clone());
    let troubles = Trouble::all(&definition, auth);
    let apps = folder_of(app, target);
    let stage = Stage::start(app, &definition, auth, target, apps).await?;
    let all = stage.play(troubles).await?;
    Ok(Rehearsed { app: name, title, auth: auth.name.clone(), all })
}

/// Where the definition is found again: a file's own folder, or the person's.
fn folder_of(app: &App, target: &str) -> PathBuf {
    let folder = Path::new(target).parent().filter(|_| Catalog::is_path(target));
    let absolute = folder.and_then(|folder| match folder.as_os_str().is_empty() {
        true => std::env::current_dir().ok(),
        false => std::path::absolute(folder).ok(),
    });
    absolute.unwrap_or_else(|| app.context.folders.apps.clone())
}

impl Rehearsed {
    fn as_json(&self) -> Value {
        let all = self.all.iter().map(|fared| {
            json!({
                "trouble": fared.trouble.explain(),
                "exit_status": fared.status,
                "renewed": fared.renewed,
                "well": fared.well,
                "text": fared.text,
            })
        });
        json!({
            "app": self.app,
            "authorization": self.auth,
            "troubles": all.collect::<Vec<_>>(),
        })
    }
}
