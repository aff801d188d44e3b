//! A whole authorization, tested: as `connect` would run it, and nothing kept.

use super::{Testing, failed};
use crate::catalog::Catalog;
use crate::commands::authorization;
use crate::commands::connect::{Ground, definition, prepare};
use crate::definition::Definition;
use crate::definition::names::AccountId;
use crate::error::Result;
use crate::http::Client;
use crate::http::trace::Exchange;
use crate::redirect::{Outcome, Page};
use crate::report::Tested;
use crate::trial::{Mark, Step, Verdict};
use std::cell::OnceCell;
use std::time::Instant;

impl Testing<'_> {
    /// The whole authorization, as `connect` would run it, and nothing kept. It never reads a kept
    /// account's secret: a definition under work must not get at it.
    pub(super) async fn test_fresh(&self, target: &str) -> Tested {
        let http = self.app.http(self.arguments.options.request_seconds());
        match self.run_whole(target, &http).await {
            Ok((id, auth, verdict)) => {
                Tested { id: id.to_string(), auth, verdict, exchanges: http.exchanges() }
            }
            Err(error) => failed(target, error, http.exchanges()),
        }
    }

    async fn run_whole(&self, target: &str, http: &Client) -> Result<(AccountId, String, Verdict)> {
        let (app, options) = (self.app, &self.arguments.options);
        let definition = definition(app, target)?;
        let name = match Catalog::is_path(target) {
            true => None,
            false => target.split_once('/').map(|(_, name)| name),
        };
        let id = AccountId::new(definition.app.clone(), name)?;
        let auth = authorization(&definition, options.auth.as_deref())?;
        let started = Instant::now();
        let ground = Ground {
            app,
            accounts: &self.accounts,
            definition: &definition,
            auth,
            id: &id,
            http,
            again: false,
            keeps: false,
            completed: &OnceCell::new(),
        };
        let mut prepared = prepare(options, ground, None).await?;
        let (waiting, result) = prepared.run(app).await;
        if let Some(waiting) = waiting {
            waiting.finish(page(&definition, result.is_ok())).await;
        }
        let steps = http.exchanges().into_iter().filter_map(step).collect();
        let (identity, verified, error) = match result {
            Ok(obtained) => (obtained.identity.name, obtained.identity.verified, None),
            Err(error) => (None, false, Some(error)),
        };
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let verdict = Verdict { steps, identity, verified, error, elapsed_ms };
        Ok((id, auth.name.clone(), verdict))
    }
}

/// What the browser shows in the end.
fn page(definition: &Definition, works: bool) -> Page {
    let (outcome, heading) = match works {
        true => (Outcome::Connected, format!("{} works", definition.title)),
        false => (Outcome::Failed, format!("{} does not work", definition.title)),
    };
    Page {
        outcome,
        heading,
        lead: "This was a test: nothing was stored.".to_owned(),
        initial: definition.title.clone(),
        rows: Vec::new(),
        next: "Close this tab and go back to your terminal.".to_owned(),
    }
}

fn step(exchange: Exchange) -> Option<Step> {
    let Exchange::Http(http) = exchange else { return None };
    let text = http.request.line.split('?').next().unwrap_or_default().to_owned();
    let mark = if http.went_well() { Mark::Passed } else { Mark::Failed };
    let (name, elapsed_ms) = (step_name(&http.purpose), Some(http.elapsed_ms));
    Some(Step { mark, name, text, status: http.status, elapsed_ms })
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
