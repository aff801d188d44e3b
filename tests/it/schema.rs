//! `tieline schema`. Independent software validates and edits with it in `tests/peers/schema`.

use crate::support::Home;
use serde_json::Value;

/// Every `properties` of a schema that says what each key is for: those of `else` and `if` only narrow.
fn properties<'s>(schema: &'s Value, found: &mut Vec<(&'s String, &'s Value)>) {
    match schema {
        Value::Object(map) => {
            let objects = map.get("additionalProperties") == Some(&Value::Bool(false));
            let inner = map.get("properties").and_then(Value::as_object).filter(|_| objects);
            found.extend(inner.into_iter().flatten());
            map.values().for_each(|value| properties(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| properties(item, found)),
        _ => {}
    }
}

#[test]
fn every_key_says_what_it_is_for_and_every_reference_leads_somewhere() {
    let printed = Home::new().run(&["schema"]).expect(0);
    let schema = printed.json();
    let mut keys = Vec::new();
    properties(&schema, &mut keys);
    assert!(keys.len() > 100, "{} keys", keys.len());
    for (name, key) in keys {
        let says = key["description"].as_str().unwrap_or_default();
        assert!(says.ends_with('.') && says.len() > 10, "{name}: {says:?}");
    }
    for part in printed.stdout.split("#/definitions/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schema["definitions"][name].is_object(), "{name}");
    }
}

#[test]
fn install_writes_what_is_printed_and_tells_the_line_that_finds_it() {
    let home = Home::new();
    let printed = home.run(&["schema"]).expect(0).stdout;
    let line = home.run(&["schema", "--install"]).expect(0).stdout;
    let path = line.trim().strip_prefix("# yaml-language-server: $schema=").unwrap();
    let apps = home.path().join("home/apps");
    assert_eq!(std::fs::read_to_string(apps.join(path)).unwrap(), printed);
    // Where it cannot be written, nobody is told that it was.
    let file = apps.join(path);
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    home.run(&["schema", "--install"]).expect(1);
}
