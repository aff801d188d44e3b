//! A whole authorization, tested: as `connect` would run it, and nothing kept.

use super::Arguments;
use crate::accounts::Accounts;
use crate::catalog::Catalog;
use crate::commands::connect::{Ground, definition, prepare};
use crate::commands::{App, authorization};
use crate::definition::names::AccountId;
use crate::error::Result;
use crate::http::Client;
use crate::http::trace::Exchange;
use crate::redirect::{Outcome, Page};
use crate::report::Tested;
use crate::trial::{Mark, Step, Verdict};
use std::cell::OnceCell;
use std::time::Instant;

/// The whole authorization, as `connect` would run it, and nothing kept. It never reads a kept
/// account's secret: a definition under work must not get at it.
pub(super) async fn test_fresh(
    arguments: &Arguments,
    app: &App,
    accounts: &Accounts<'_>,
    target: &str,
    http: &Client,
) -> Result<Tested> {
    let definition = definition(app, target)?;
    let name = match Catalog::is_path(target) {
        true => None,
        false => target.split_once('/').map(|(_, name)| name),
    };
    let id = AccountId::new(definition.app.clone(), name)?;
    let auth = authorization(&definition, arguments.options.auth.as_deref())?;
    let started = Instant::now();
    let ground = Ground {
        app,
        accounts,
        definition: &definition,
        auth,
        id: &id,
        http,
        again: false,
        keeps: false,
        completed: &OnceCell::new(),
    };
    let mut prepared = prepare(&arguments.options, ground, None).await?;
    let (waiting, result) = prepared.run(app).await;
    if let Some(waiting) = waiting {
        let (outcome, heading) = match &result {
            Ok(_) => (Outcome::Connected, format!("{} works", definition.title)),
            Err(_) => (Outcome::Failed, format!("{} does not work", definition.title)),
        };
        waiting
            .finish(Page {
                outcome,
                heading,
                lead: "This was a test: nothing was stored.".to_owned(),
                initial: definition.title.clone(),
                rows: Vec::new(),
                next: "Close this tab and go back to your terminal.".to_owned(),
            })
            .await;
    }
    let mut steps: Vec<Step> = Vec::new();
    for exchange in http.exchanges() {
        let Exchange::Http(http) = exchange else { continue };
        let text = http.request.line.split('?').next().unwrap_or_default().to_owned();
        let mark = if http.went_well() { Mark::Passed } else { Mark::Failed };
        let (name, elapsed_ms) = (step_name(&http.purpose), Some(http.elapsed_ms));
        steps.push(Step { mark, name, text, status: http.status, elapsed_ms });
    }
    let (identity, verified, error) = match result {
        Ok(obtained) => (obtained.identity.name, obtained.identity.verified, None),
        Err(error) => (None, false, Some(error)),
    };
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let verdict = Verdict { steps, identity, verified, error, elapsed_ms };
    Ok(Tested { id: id.to_string(), auth: auth.name.clone(), verdict, exchanges: http.exchanges() })
}

fn step_name(purpose: &str) -> &'static str {
    match purpose {
        "authorization" => "consent",
        "callback" => "callback",
        "token" | "access token" => "token",
        "login" => "login",
        "lookup" => "lookup",
        "user information" => "user info",
        _ => "request",
    }
}
