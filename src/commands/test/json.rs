//! What was found, for programs.

use super::Tested;
use super::summary::remedy;
use crate::commands::App;
use crate::error::Result;
use serde_json::{Value, json};

/// The version of `--json`.
const SCHEMA: u32 = 1;

/// Prints everything that was found.
pub(super) fn print(app: &App, all: &[Tested]) -> Result<()> {
    let list: Vec<Value> = all.iter().map(as_json).collect();
    let text = serde_json::to_string_pretty(&json!({ "schema": SCHEMA, "tests": list }));
    app.terminal.print(&(text.unwrap_or_default() + "\n"))
}

fn as_json(tested: &Tested) -> Value {
    let verdict = &tested.verdict;
    json!({
        "account": tested.id,
        "authorization": tested.auth,
        "verdict": verdict.word().replace(' ', "_"),
        "identity": verdict.identity,
        "elapsed_ms": verdict.elapsed_ms,
        "steps": verdict.steps,
        "error": verdict.error.as_ref().map(|error| json!({
            "message": error.message,
            "code": error.code,
            "source": error.source,
            "causes": error.causes,
            "hints": error.hints,
            "remedy": remedy(error),
            "exit_status": error.kind.status(),
        })),
        "trace": tested.http.exchanges(),
    })
}
