//! What was found, for programs.

use super::Tested;
use serde_json::{Value, json};

pub(super) fn as_json(tested: &Tested) -> Value {
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
            "exit_status": error.kind.status(),
        })),
        "trace": tested.exchanges,
    })
}
