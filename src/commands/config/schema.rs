//! The JSON Schema of the configuration file, made of the settings that there are.

use super::known::{Setting, Sort};
use serde_json::{Map, Value, json};

pub(super) fn of(known: &[Setting]) -> Value {
    let mut properties = Map::new();
    for setting in known {
        match setting.key.split_once('.') {
            None => {
                properties.insert(setting.key.clone(), property(setting));
            }
            Some((command, name)) => {
                let block = properties.entry(command).or_insert_with(
                    || json!({ "type": "object", "additionalProperties": false, "properties": {} }),
                );
                block["properties"][name] = property(setting);
            }
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of tieline",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn property(setting: &Setting) -> Value {
    let mut property = match &setting.sort {
        Sort::Number => json!({ "type": "integer", "minimum": 0 }),
        Sort::Switch => json!({ "type": "boolean" }),
        Sort::Choice(choices) => json!({ "enum": choices }),
        Sort::Text => json!({ "type": "string" }),
    };
    property["description"] = Value::from(setting.meaning.clone());
    property
}
