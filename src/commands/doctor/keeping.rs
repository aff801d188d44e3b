//! Whether credentials can be kept: the store, the locks, and account files that fit their entries.

use super::{Check, Verdict};
use crate::accounts::json_file::private_folder;
use crate::accounts::orphans::{Left, Orphan};
use crate::accounts::{Accounts, Lock, StoreChoice, store_error};
use crate::commands::App;
use crate::error::{Kind, Result};
use crate::secret::Secret;
use crate::store::{Doing, Store};

/// The entry that comes and goes. No account can have this name.
const PROBE: &str = "doctor:probe";
/// The lock that is tried. Not every system takes a `:` in a file's name.
const LOCK: &str = "@doctor";

pub(super) async fn checks(app: &App, fix: bool) -> Vec<Check> {
    let store = store(app).await;
    let works = store.verdict == Verdict::Good;
    let mut checks = vec![store, locks(app)];
    checks.push(match works {
        true => accounts(app, fix).await,
        false => Check::new("accounts", Verdict::Skipped, "the store cannot be looked into"),
    });
    checks
}

/// Writes, reads back and removes a value that is no secret.
async fn store(app: &App) -> Check {
    let choice = app.stores.choice;
    if choice == StoreChoice::Env {
        let told = "the environment: credentials come from variables, and nothing is kept";
        return Check::good("store", told);
    }
    let reason = match app.context.variable("TIELINE_STORE") {
        Some(_) => "TIELINE_STORE or --store says so",
        None if choice == StoreChoice::Keyring => "the default",
        None => "--store says so",
    };
    match app.stores.get(choice) {
        Err(error) => Check::failed("store", &error),
        Ok(store) => match round_trip(store).await {
            Ok(()) => Check::good(
                "store",
                format!("{}, written, read back and removed ({reason})", store.name()),
            ),
            Err(error) => Check::failed("store", &error),
        },
    }
}

async fn round_trip(store: &Store) -> Result<()> {
    let told = |error| store_error(&error, "doctor", Doing::Store);
    store.write(PROBE, &Secret::from("nothing secret")).await.map_err(told)?;
    store.delete(PROBE).await.map_err(told)
}

fn locks(app: &App) -> Check {
    let folder = &app.context.folders.locks;
    let tried = private_folder(folder)
        .map_err(|error| error.to_string())
        .and_then(|()| Lock::try_acquire(folder, LOCK).map_err(|error| error.causes.join(": ")));
    let name = "locks";
    match tried {
        Ok(Some(_)) => Check::good(name, folder.display().to_string()),
        Ok(None) => Check::good(name, format!("{}, held by another doctor", folder.display())),
        Err(error) => Check::new(
            name,
            Verdict::Bad(Kind::Failed),
            format!("{} cannot be used: {error}", folder.display()),
        )
        .hint("without locks two refreshes can lose a token; see who owns the folder"),
    }
}

async fn accounts(app: &App, fix: bool) -> Check {
    let name = "accounts";
    let accounts = app.accounts();
    if let Some(error) = accounts.finish_interrupted().await {
        return Check::failed(name, &error);
    }
    let choice = app.stores.choice;
    if choice == StoreChoice::Env {
        return Check::new(name, Verdict::Skipped, "the environment keeps none");
    }
    let orphans = match accounts.orphans(choice).await {
        Ok(orphans) => orphans,
        Err(error) => return Check::failed(name, &error),
    };
    if orphans.is_empty() {
        let told = match accounts.files.list().len() {
            0 => "none is connected".to_owned(),
            1 => "1, file and entry belong together".to_owned(),
            count => format!("{count}, files and entries belong together"),
        };
        return Check::good(name, told);
    }
    match fix {
        true => mended(&accounts, &orphans, choice).await,
        false => {
            let told: Vec<String> = orphans.iter().map(in_words).collect();
            Check::new(name, Verdict::Warning, told.join("; "))
                .hint("run `tieline doctor --fix`: what is whole is kept")
        }
    }
}

fn in_words(orphan: &Orphan) -> String {
    let what = match orphan.left {
        Left::File => "has a file and no entry in the store",
        Left::Entry => "has an entry in the store and no file",
        Left::Damaged => "has a file that cannot be read",
    };
    format!("`{}` {what}", orphan.id)
}

async fn mended(accounts: &Accounts<'_>, orphans: &[Orphan], choice: StoreChoice) -> Check {
    let mut told = Vec::new();
    for orphan in orphans {
        match accounts.adopt(orphan, choice).await {
            Ok(done) => told.push(format!("`{}`: {done}", orphan.id)),
            Err(error) => return Check::failed("accounts", &error),
        }
    }
    Check::good("accounts", told.join("; "))
}
