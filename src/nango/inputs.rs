//! The inputs of a provider as fields: those of the app, and those of its authorization.

use super::entry::Entry;
use super::field::Input;
use crate::draft::Draft;
use serde_json::Value;
use std::collections::BTreeMap;

/// Of an input that no request names.
const UNSENT: &str = "it is asked for there, and nothing is sent of it";

/// Adds the fields of the app to its draft, and those that are the credential to its authorization.
///
/// # Errors
/// In words: two of them would be one field, or one cannot be said.
pub(super) fn with_inputs(
    entry: &mut Entry<'_>,
    auth: Draft,
    draft: &mut Draft,
) -> Result<Draft, String> {
    let inputs = std::mem::take(&mut entry.inputs);
    let (credentials, others): (Vec<_>, Vec<_>) =
        inputs.into_iter().partition(|(_, input)| input.credential);
    // A login sends what it names and nothing else; its type asks for both halves anyway.
    if auth.contains_key("token_endpoint") {
        for (original, _) in credentials.iter().filter(|(_, input)| !input.used) {
            entry.note(original, UNSENT);
        }
    }
    let others = used(&mut entry.notes, &others)?;
    if !others.is_empty() {
        draft.insert("fields".into(), Value::Object(others));
    }
    let own = used(&mut entry.notes, &credentials)?;
    if own.is_empty() {
        return Ok(auth);
    }
    let mut with_fields = Draft::new();
    for (key, value) in auth {
        let is_type = key == "type";
        with_fields.insert(key, value);
        if is_type {
            with_fields.insert("fields".into(), Value::Object(own.clone()));
        }
    }
    Ok(with_fields)
}

/// The fields that a template names; a preset that a type asks anyway is only relabelled.
pub(super) fn used(notes: &mut Vec<String>, inputs: &[(String, Input)]) -> Result<Draft, String> {
    const PRESETS: [&str; 4] = ["api_key", "api_secret", "username", "password"];
    let mut fields = Draft::new();
    let mut names = BTreeMap::new();
    for (original, input) in inputs {
        let preset = input.credential && PRESETS.contains(&input.name.as_str());
        if !input.used && !preset {
            if !input.automated {
                notes.push(format!("{original}: {UNSENT}"));
            }
            continue;
        }
        if let Some(other) = names.insert(input.name.clone(), original) {
            return Err(format!("`{other}` and `{original}` would be one field"));
        }
        fields.insert(input.name.clone(), input.draft(notes)?);
    }
    Ok(fields)
}
