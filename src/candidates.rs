//! What a shell can complete beside flags: apps from the catalogue's table, accounts from their files.
//! Nothing here opens the keyring or the network.

use crate::accounts::files::Files;
use crate::catalog::Catalog;
use crate::context::Context;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

/// Every app, with its title.
#[must_use]
pub fn apps() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let Ok(context) = Context::from_process() else { return Vec::new() };
        let apps = Catalog::new(vec![context.folders.apps]).list();
        apps.into_iter()
            .map(|(name, title)| CompletionCandidate::new(name).help(Some(title.into())))
            .collect()
    })
}

/// Every connected account, with who it is.
#[must_use]
pub fn accounts() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let Ok(context) = Context::from_process() else { return Vec::new() };
        let accounts = Files::new(&context.folders).list();
        accounts
            .into_iter()
            .map(|(id, record)| {
                let who = record.account.identity.unwrap_or_default();
                CompletionCandidate::new(id.to_string()).help(Some(who.into()))
            })
            .collect()
    })
}
