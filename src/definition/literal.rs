//! What must not stand in a definition as fixed text: secrets, and values that an answer gives.

use super::finding::Finding;
use super::rule::Rule;
use super::yaml::{Node, Value as Yaml};

/// Names of secrets, by which requests everywhere call them.
const SECRETS: &[&str] = &[
    "client_secret",
    "client_assertion",
    "access_token",
    "refresh_token",
    "token_secret",
    "consumer_secret",
    "secret_access_key",
];

/// Looks through the tree of an authorization. Its own keys are known, and none is a secret.
pub(super) fn check(node: &Node, findings: &mut Vec<Finding>) {
    let Yaml::Map(pairs) = &node.value else { return };
    for (key, value) in pairs {
        // Names of parameters, and names of fields.
        if !matches!(key.name.as_str(), "callback" | "fields") {
            check_values(value, findings);
        }
    }
}

fn check_values(node: &Node, findings: &mut Vec<Finding>) {
    let pairs = match &node.value {
        Yaml::Map(pairs) => pairs,
        Yaml::List(items) => return items.iter().for_each(|item| check_values(item, findings)),
        _ => return,
    };
    for (key, value) in pairs {
        match (key.name.as_str(), &value.value) {
            ("response", _) => check_response(value, findings),
            (name, Yaml::Text(text)) if is_secret(name, text) => {
                let message = format!("`{name}` is written out, and a definition holds no secret");
                let finding = Finding::new(Rule::SecretInDefinition, value.span.clone(), message);
                findings.push(
                    finding
                        .help("name it, as `{{client_secret}}` or by a field with `secret: true`"),
                );
            }
            _ => check_values(value, findings),
        }
    }
}

/// Text without a template in it, under the name of a secret.
fn is_secret(name: &str, text: &str) -> bool {
    let header = name.eq_ignore_ascii_case("authorization") && text.contains(' ');
    (header || SECRETS.contains(&name)) && !text.is_empty() && !text.contains("{{")
}

/// A path in an answer without its braces would be taken to the letter.
fn check_response(node: &Node, findings: &mut Vec<Finding>) {
    let Yaml::Map(pairs) = &node.value else { return };
    for (key, value) in pairs {
        match &value.value {
            Yaml::Text(text) if is_bare_path(text) => {
                let message = format!("`{}` is this text every time", key.name);
                let finding = Finding::new(Rule::FixedValue, value.span.clone(), message);
                findings.push(finding.help(format!("write \"{{{{{}}}}}\"", text.trim())));
            }
            _ => check_response(value, findings),
        }
    }
}

fn is_bare_path(text: &str) -> bool {
    let text = text.trim();
    let path = |c: char| c.is_ascii_alphanumeric() || "._-[]@".contains(c);
    (text.starts_with("response.") || text.starts_with("answer.")) && text.chars().all(path)
}
