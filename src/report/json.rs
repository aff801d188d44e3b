//! JSON: everything that is known of a run, for programs.

use super::{Run, Tested, VERSION, rfc3339};
use serde_json::{Value, json};

/// The version of the form. It changes when something is renamed, removed or means something else;
/// what is added does not change it.
pub const SCHEMA: u32 = 1;

/// A run as JSON.
#[must_use]
pub fn render(run: &Run) -> String {
    let tests: Vec<Value> = run.tested.iter().map(tested).collect();
    let value = json!({
        "schema": SCHEMA,
        "tieline": VERSION,
        "began_at": rfc3339(run.began_at_ms),
        "exit_status": run.exit_status,
        "tests": tests,
    });
    format!("{value:#}\n")
}

fn tested(tested: &Tested) -> Value {
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
            "remedy": error.remedy(),
            "exit_status": error.kind.status(),
        })),
        "trace": tested.exchanges,
    })
}
