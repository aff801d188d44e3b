//! `environment`: the variables in which other programs look for an account's credential, and the
//! part of the account that each holds. `exec` sets them.

mod steering;

use super::authorization::Authorization;
use super::finding::Finding;
use super::names::nearest;
use super::part::Part;
use super::reader::Reader;
use super::rule::Rule;
use super::yaml::{Key, Node, Value};

/// A variable, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name: capital letters, digits and `_`.
    pub name: String,
    /// What it holds.
    pub part: Part,
}

/// Whether a text can be the name of a variable in a shell (POSIX.1-2017 section 3.235).
#[must_use]
pub fn is_variable_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(fits)
}

/// Reads the app's `environment` and what an authorization lays over it: its own variables win, and
/// `null` takes one away.
pub(super) fn read(
    reader: &mut Reader,
    app: Option<&Node>,
    own: Option<&Node>,
    auth: &Authorization,
) -> Vec<Variable> {
    let (app, own) = (pairs(reader, app), pairs(reader, own));
    let below = app.iter().filter(|(key, _)| own.iter().all(|(own, _)| own.name != key.name));
    let parts = auth.parts();
    let mut variables = Vec::new();
    for (key, node) in below.chain(own).filter(|(_, node)| !matches!(node.value, Value::Null)) {
        let fits = check_name(reader, key);
        let Some(text) = reader.text(node, "a part of the account") else { continue };
        let part = Part::parse(&text);
        if !parts.contains(&part) {
            let of_app = own.iter().all(|(own, _)| own.name != key.name);
            reader.findings.push(unknown(&part, (key, node), auth, &parts, of_app));
        } else if fits {
            variables.push(Variable { name: key.name.clone(), part });
        }
    }
    variables
}

fn pairs<'n>(reader: &mut Reader, node: Option<&'n Node>) -> &'n [(Key, Node)] {
    node.and_then(|node| reader.pairs(node, "`environment`")).unwrap_or_default()
}

fn check_name(reader: &mut Reader, key: &Key) -> bool {
    let name = &key.name;
    let finding = |message: String| Finding::new(Rule::VariableName, key.span.clone(), message);
    let finding = if let Some(why) = steering::why_not(name) {
        finding(format!("`{name}` is not for a definition to set: {why}"))
            .help("leave it out; whoever runs `exec` can set it by `--env`")
    } else if !is_variable_name(name) || name.contains(|c: char| c.is_ascii_lowercase()) {
        finding(format!("`{name}` is no name for a variable"))
            .help("capital letters, digits and `_`, and no digit first: ACME_TOKEN")
    } else {
        return true;
    };
    reader.findings.push(finding);
    false
}

fn unknown(
    part: &Part,
    (key, node): (&Key, &Node),
    auth: &Authorization,
    parts: &[Part],
    of_app: bool,
) -> Finding {
    let message = format!("accounts of `{}` have no `{part}`", auth.name);
    let known: Vec<String> = parts.iter().map(ToString::to_string).collect();
    let text = part.to_string();
    let help = match nearest(&text, known.iter().map(String::as_str)) {
        _ if text == "refresh_token" => {
            "it stays with tieline, which renews what `token` gives".to_owned()
        }
        Some(near) => format!("did you mean `{near}`?"),
        None if of_app => format!(
            "they have {}; `{}: null` in its own `environment` takes this one away",
            known.join(", "),
            key.name
        ),
        None => format!("they have {}", known.join(", ")),
    };
    Finding::new(Rule::UnknownPart, node.span.clone(), message).help(help)
}
