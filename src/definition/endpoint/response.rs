//! What an answer means: the standard's values, and what is kept with the account.

use super::Use;
use crate::definition::finding::Finding;
use crate::definition::keys::endpoint as keys;
use crate::definition::reader::Reader;
use crate::definition::rule::Rule;
use crate::definition::yaml::{Node, Value as Yaml};
use crate::template::{Name, Place, Template};

/// The value that says who is connected.
pub const IDENTITY: &str = "user_identity";

/// What an answer means.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// Standard values by name, such as `access_token`; `None` removes the standard meaning.
    pub values: Vec<(String, Option<Template>)>,
    /// Values kept with the account.
    pub extras: Vec<(String, Template)>,
    /// The same, secret.
    pub secrets: Vec<(String, Template)>,
}

/// Members of an answer that are secret by their name.
const SECRET_MEMBERS: &[&str] = &[
    "access_token",
    "api_key",
    "client_secret",
    "id_token",
    "password",
    "refresh_token",
    "secret",
    "token_secret",
];

impl Response {
    pub(super) fn read(reader: &mut Reader, node: &Node, kind: Use) -> Self {
        let Some(entries) = reader.entries(node, "`response`", &keys::response(kind)) else {
            return Self::default();
        };
        let mut response = Self::default();
        for key in keys::values(kind).iter().map(|key| key.name) {
            match entries.take_or_null(key) {
                Some(node) if matches!(node.value, Yaml::Null) => {
                    response.values.push((key.to_owned(), None));
                }
                Some(node) => {
                    let template = reader.template(node, Place::Answer, key);
                    if key == IDENTITY {
                        refuse_secrets(reader, node, template.as_ref(), key);
                    }
                    response.values.extend(template.map(|t| (key.to_owned(), Some(t))));
                }
                None => {}
            }
        }
        response.extras = outputs(reader, entries.take("extras"));
        for (name, template) in &response.extras {
            let node = entries.take("extras").and_then(|extras| extras.member(name));
            node.into_iter().for_each(|node| refuse_secrets(reader, node, Some(template), name));
        }
        response.secrets = outputs(reader, entries.take("secrets"));
        response
    }
}

/// Extras and identities are kept in the clear and shown.
fn refuse_secrets(reader: &mut Reader, node: &Node, template: Option<&Template>, what: &str) {
    let Some(template) = template else { return };
    let member = |name: &&Name| {
        let last = name.parts.last().map_or("", String::as_str);
        name.root() == "response" && !name.asks && SECRET_MEMBERS.contains(&last)
    };
    // What a token claims is no secret, and what a hash tells is not the secret.
    let derived = ["claims ", "hash ", "hmac "].iter().any(|call| template.source().contains(call));
    let from_answer = || template.names().iter().find(member).map(|name| name.raw.clone());
    let secret = reader.secret_in(template).or_else(from_answer).filter(|_| !derived);
    let Some(secret) = secret else { return };
    let message = format!("`{what}` would show `{secret}`, which is secret");
    let finding = Finding::new(Rule::SecretShown, node.span.narrow(&secret), message);
    reader.findings.push(finding.help("keep it under `secrets`, and name it `secrets.…`"));
}

fn outputs(reader: &mut Reader, node: Option<&Node>) -> Vec<(String, Template)> {
    let Some(pairs) = node.and_then(|node| reader.pairs(node, "a group of values")) else {
        return Vec::new();
    };
    pairs
        .iter()
        .filter(|(_, node)| !matches!(node.value, Yaml::Null))
        .filter_map(|(key, node)| {
            Some((key.name.clone(), reader.template(node, Place::Answer, "a value")?))
        })
        .collect()
}
