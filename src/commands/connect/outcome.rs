//! What people see in the end: in the terminal, and in the browser.

use crate::account::Account;
use crate::commands::{App, example};
use crate::context::now;
use crate::definition::names::AccountId;
use crate::definition::{Definition, Way};
use crate::error::Result;
use crate::redirect::{Outcome, Page, Row};
use crate::terminal::{Style, duration};

/// Says who was connected, for how long, where it is kept, and what to do next.
pub(super) fn say_connected(app: &App, definition: &Definition, id: &AccountId, account: &Account) {
    let terminal = &app.terminal;
    let name = terminal.paint(Style::Strong, &id.to_string());
    let who = account.identity.as_deref().map(|who| format!(" as {who}")).unwrap_or_default();
    terminal.done(format!("Connected {name}{who}"));
    if !account.verified {
        terminal.detail(
            "checked",
            format!("no: {} has no call that says who is connected", definition.title),
        );
    }
    if !account.scopes.is_empty() {
        terminal.detail("scopes", account.scopes.join(", "));
    }
    let missing = account.missing_scopes();
    if !missing.is_empty() {
        terminal.detail("missing", format!("{}: asked for, not granted", missing.join(", ")));
    }
    let is_fields = definition
        .authorization(Some(&account.authorization))
        .is_some_and(|a| matches!(a.way, Way::Fields));
    terminal.detail(
        "expires",
        match (account.expires_at, account.renewable) {
            (Some(at), true) => format!("in {}, then renewed without asking", duration(at - now())),
            (Some(at), false) => {
                format!("in {}, then `tieline connect {id}`", duration(at - now()))
            }
            (None, _) if is_fields => "never".to_owned(),
            (None, _) => format!("not stated by {}", definition.title),
        },
    );
    if let Ok(store) = app.stores.get(app.stores.choice) {
        terminal.detail("store", format!("{}, written and read back", store.name()));
    }
    let auth = definition.authorization(Some(&account.authorization));
    let next = format!("tieline call {id} {}", auth.map_or_else(|| "/".to_owned(), example::path));
    terminal.command("next", &next);
}

/// What the browser shows in the end.
pub(super) fn page(definition: &Definition, id: &AccountId, result: &Result<Account>) -> Page {
    let row = |label: &str, value: String, code: bool| Row { label: label.to_owned(), value, code };
    let title = &definition.title;
    let next = "Close this tab and go back to your terminal.".to_owned();
    let account_row = row("Account", id.to_string(), true);
    match result {
        Ok(account) => {
            let mut rows = vec![account_row];
            rows.extend(account.identity.clone().map(|who| row("Identity", who, false)));
            if !account.scopes.is_empty() {
                rows.push(row("Scopes", account.scopes.join(", "), true));
            }
            Page {
                outcome: Outcome::Connected,
                heading: format!("{title} is connected"),
                lead: "tieline checked the credential and stored it.".to_owned(),
                initial: title.clone(),
                rows,
                next,
            }
        }
        Err(error) => {
            let refused = error.code.as_deref() == Some("access_denied");
            let answer = error.code.clone().or_else(|| error.causes.first().cloned());
            let mut rows = vec![account_row];
            rows.extend(answer.map(|code| row("Answer", code, true)));
            rows.push(row("Try again", format!("tieline connect {id}"), true));
            Page {
                outcome: if refused { Outcome::Refused } else { Outcome::Failed },
                heading: format!("{title} was not connected"),
                lead: match refused {
                    true => format!("You or {title} said no to the request. Nothing was stored, and nothing changed."),
                    false => "Something went wrong on the way. The terminal says what, and what to do. Nothing was stored.".to_owned(),
                },
                initial: title.clone(),
                rows,
                next,
            }
        }
    }
}
