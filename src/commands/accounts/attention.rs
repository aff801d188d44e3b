//! What the list says beneath its table: the accounts that will not work, or not for long.

use super::super::App;
use crate::accounts::files::Record;
use crate::accounts::warnings::{Warning, of_definition, of_record};
use crate::context::now;
use crate::definition::names::AccountId;
use crate::terminal::{Style, table};
use serde_json::{Value, json};

/// Everything that is to be said of an account. It reads the definition, so it takes longer than the
/// table does.
pub(super) fn warnings(app: &App, id: &AccountId, record: &Record) -> Vec<Warning> {
    let mut warnings = of_record(record, now());
    let account = &record.account;
    match app.definition_of_account(id, account) {
        Ok(definition) => {
            let clients = app.accounts().clients(&definition.client_app).unwrap_or_default();
            warnings.extend(of_definition(account, &definition, &clients));
        }
        Err(error) => warnings.push(Warning::NoDefinition(error.message)),
    }
    warnings
}

pub(super) fn as_json(warnings: &[Warning], id: &AccountId) -> Value {
    let each = |warning: &Warning| {
        json!({
            "code": warning.code(),
            "message": warning.to_string(),
            "remedy": warning.remedy(id),
        })
    };
    warnings.iter().map(each).collect()
}

/// A line for each account that needs attention.
pub(super) fn print(app: &App, all: &[(AccountId, Record)]) {
    let mut rows = Vec::new();
    for (id, record) in all {
        let list = warnings(app, id, record);
        rows.extend(list.iter().map(|warning| vec![id.to_string(), warning.to_string()]));
    }
    if rows.is_empty() {
        return;
    }
    app.terminal.say(app.terminal.paint(Style::Notice, "\nWorth a look:"));
    // The first line is the head, which two columns that explain themselves do without.
    for line in table(&["", ""], &rows, app.terminal.width().map(|width| width.saturating_sub(2)))
        .iter()
        .skip(1)
    {
        app.terminal.say(format!("  {line}"));
    }
    app.terminal.say("`tieline accounts show ACCOUNT` says what to do.");
}
