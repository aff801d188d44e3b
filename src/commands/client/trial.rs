//! `tieline client set --test`: the authorization is run with a client before it takes effect.

use super::super::connect::{Ground, Options, prepare};
use super::super::{App, trace};
use super::set::Arguments;
use crate::accounts::Accounts;
use crate::credential::Client as OAuthClient;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition};
use crate::error::Result;
use crate::redirect::{Outcome, Page};
use std::cell::OnceCell;

/// Runs the authorization with a client that is not kept yet.
pub(super) async fn try_it(
    arguments: &Arguments,
    app: &App,
    accounts: &Accounts<'_>,
    definition: &Definition,
    auth: &Authorization,
    client: OAuthClient,
) -> Result<()> {
    let id = AccountId { app: definition.app.clone(), name: None };
    let http = app.http(arguments.options.request_seconds());
    // Fields of the client were given as `--field` too, and are not the account's.
    let options = Options {
        auth: Some(auth.name.clone()),
        fields: arguments
            .options
            .fields
            .iter()
            .filter(|text| {
                !definition.client_fields.iter().any(|f| text.starts_with(&format!("{}=", f.name)))
            })
            .cloned()
            .collect(),
        scopes: arguments.options.scopes.clone(),
        no_browser: arguments.options.no_browser,
        clipboard: arguments.options.clipboard,
        timeout: arguments.options.timeout,
        ask: arguments.options.ask,
        device: arguments.options.device,
        listening: arguments.options.listening.clone(),
    };
    let ground = Ground {
        app,
        accounts,
        definition,
        auth,
        id: &id,
        http: &http,
        again: false,
        keeps: false,
        completed: &OnceCell::new(),
    };
    let mut prepared = prepare(&options, ground, Some(client)).await?;
    let (waiting, result) = prepared.run(app).await;
    if let Some(waiting) = waiting {
        let works = result.is_ok();
        waiting
            .finish(Page {
                outcome: if works { Outcome::Connected } else { Outcome::Failed },
                heading: format!("Your client {}", if works { "works" } else { "does not work" }),
                lead: format!("tieline tried it with {}. Nothing was connected.", definition.title),
                initial: definition.title.clone(),
                rows: Vec::new(),
                next: "Close this tab and go back to your terminal.".to_owned(),
            })
            .await;
    }
    trace::print(&app.terminal, &http);
    result.map(|_| ()).map_err(|mut error| {
        error.message =
            format!("this client of `{}` does not work, so nothing was changed", definition.app);
        error
    })
}
