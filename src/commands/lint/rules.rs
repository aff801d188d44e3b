//! `lint --rules`: what each rule finds, and why.

use super::{Format, json::SCHEMA};
use crate::commands::App;
use crate::definition::rule::{Entry, RULES};
use crate::error::{Error, Kind, Result};
use crate::terminal::{Style, wrap};
use serde_json::{Value, json};

/// Where the sentences begin.
const INDENT: usize = 2;

pub(super) fn print(app: &App, format: Format) -> Result<()> {
    match format {
        Format::Text => {
            let width = app.terminal.width().unwrap_or(80).saturating_sub(INDENT);
            let texts: Vec<String> = RULES.iter().map(|entry| text(app, entry, width)).collect();
            app.terminal.print(&texts.join("\n"))
        }
        Format::Json => {
            let rules: Vec<Value> = RULES.iter().map(object).collect();
            app.terminal.print(&format!("{:#}\n", json!({ "schema": SCHEMA, "rules": rules })))
        }
        Format::Sarif | Format::Github => {
            Err(Error::new(Kind::Usage, "the rules are printed as text or JSON")
                .hint("run `tieline lint --rules --format json`"))
        }
    }
}

fn text(app: &App, entry: &Entry, width: usize) -> String {
    let id = app.terminal.paint_output(Style::Strong, entry.id);
    let mut text = format!("{id} ({})\n", entry.severity.name());
    for line in [entry.finds, entry.matters].iter().flat_map(|sentence| wrap(sentence, width)) {
        text.push_str(&format!("{:INDENT$}{line}\n", ""));
    }
    text
}

fn object(entry: &Entry) -> Value {
    json!({
        "id": entry.id,
        "severity": entry.severity.name(),
        "finds": entry.finds,
        "matters": entry.matters,
    })
}
