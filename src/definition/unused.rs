//! Fields that a person is asked for, and that nothing reads.

use super::finding::Finding;
use super::presets::is_preset;
use super::reader::Reader;
use super::rule::Rule;
use super::yaml::{Key, Node, Value};

/// Looks at the fields of the app, of its client and of each authorization.
pub(super) fn check(reader: &mut Reader, root: &Node) {
    let Some(Value::Map(pairs)) = root.member("authorizations").map(|node| &node.value) else {
        return;
    };
    // Where the app tells nobody who is connected, the fields do.
    let tells = |(_, node): &(Key, Node)| node.member("user_info_endpoint").is_some();
    if !pairs.iter().all(tells) {
        return;
    }
    check_fields(reader, root, root);
    if let Some(client) = root.member("client") {
        check_fields(reader, client, root);
    }
    for (_, authorization) in pairs {
        check_fields(reader, authorization, root);
    }
}

/// `owner` has the fields, `around` is where they can be read.
fn check_fields(reader: &mut Reader, owner: &Node, around: &Node) {
    let Some(Value::Map(fields)) = owner.member("fields").map(|node| &node.value) else { return };
    for (key, _) in fields {
        // What a type asks for has its place by default.
        if is_preset(&key.name) || is_read(around, &key.name) {
            continue;
        }
        let message = format!("`{}` is asked for, and nothing reads it", key.name);
        let finding = Finding::new(Rule::NoEffect, key.span.clone(), message);
        reader
            .findings
            .push(finding.help(format!("name it as `{{{{{}}}}}`, or drop it", key.name)));
    }
}

/// Whether a text outside of `fields` holds the name, or `environment` hands the field on.
fn is_read(node: &Node, name: &str) -> bool {
    match &node.value {
        Value::Map(pairs) => pairs.iter().any(|(key, node)| match key.name.as_str() {
            "fields" => false,
            "environment" if is_handed_on(node, name) => true,
            _ => is_read(node, name),
        }),
        Value::List(items) => items.iter().any(|item| is_read(item, name)),
        Value::Text(text) => text.contains("{{") && text.contains(name),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn is_handed_on(environment: &Node, name: &str) -> bool {
    let Value::Map(pairs) = &environment.value else { return false };
    pairs.iter().any(|(_, node)| matches!(&node.value, Value::Text(text) if text == name))
}
