//! OpenAPI descriptions (2.0, 3.0 and 3.1) as definitions: servers become the base URL, and each security
//! scheme that a definition can say becomes an authorization.

mod scheme;
mod server;

use crate::definition::yaml;
use crate::draft::{Draft, comment, plain};
use scheme::{authorizations, pair};
use serde_json::{Value, json};
use server::base_url;

/// The longest description that is read, in bytes. The longest in use have about 15 megabytes.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Paths that tell who is asking, where they are there.
const WHO: &[&str] =
    &["/me", "/user", "/users/me", "/account", "/whoami", "/v1/me", "/userinfo", "/profile"];

/// What was read.
#[derive(Debug)]
pub struct Read {
    /// The definition.
    pub draft: Draft,
    /// Schemes that could not be converted, and why.
    pub notes: Vec<String>,
}

/// Reads a description in JSON or YAML; `name` is the app's.
///
/// # Errors
/// In words: it is no such description, or none of its schemes can be said.
pub fn convert(text: &str, name: &str) -> Result<Read, String> {
    let document = yaml::plain(text, MAX_BYTES)?;
    let version =
        ["openapi", "swagger"].into_iter().find_map(|key| Some(version(document.get(key)?)));
    let version = version.ok_or("it has neither `openapi` nor `swagger`")?;
    if !(version.starts_with("3.") || version.starts_with('2')) {
        return Err(format!("it is of version {version}, and 2.0, 3.0 and 3.1 are known"));
    }
    let mut notes = Vec::new();
    let mut auths = Draft::new();
    for (name, scheme) in ordered(&document) {
        for (suffix, auth) in authorizations(&document, &name, scheme, &mut notes) {
            let name = format!("{}{suffix}", word(&name));
            auths.insert(name, Value::Object(auth));
        }
    }
    pair(&document, &mut auths);
    if auths.is_empty() {
        return Err(match notes.is_empty() {
            true => "it has no security scheme, so nothing says how it is authorized".into(),
            false => notes.join("; "),
        });
    }
    let mut draft = head(&document, name);
    let who = WHO.iter().find(|path| !document["paths"][**path]["get"].is_null());
    for (_, auth) in &mut auths {
        let Value::Object(auth) = auth else { continue };
        user_info(auth, who.copied());
    }
    draft.insert("authorizations".into(), Value::Object(auths));
    Ok(Read { draft, notes })
}

/// YAML takes an unquoted 2.0 for a number.
fn version(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// Every scheme, those that the whole API demands first.
fn ordered(document: &Value) -> Vec<(String, &Value)> {
    let schemes = document["components"]["securitySchemes"].as_object();
    let schemes = schemes.or_else(|| document["securityDefinitions"].as_object());
    let demanded = |name: &String| {
        let all = document["security"].as_array().into_iter().flatten();
        !all.filter_map(Value::as_object).any(|one| one.contains_key(name))
    };
    let mut all: Vec<(String, &Value)> =
        schemes.into_iter().flatten().map(|(name, scheme)| (name.clone(), scheme)).collect();
    all.sort_by_key(|(name, _)| demanded(name));
    all
}

fn head(document: &Value, name: &str) -> Draft {
    let mut draft = Draft::new();
    let title = document["info"]["title"].as_str().map(plain).filter(|title| !title.is_empty());
    draft.insert("title".into(), title.unwrap_or_else(|| name.to_owned()).into());
    let docs = document["externalDocs"]["url"].as_str().filter(|url| url.starts_with("https://"));
    match docs {
        Some(docs) => draft.insert("docs".into(), plain(docs).into()),
        None => {
            comment(&mut draft, "TODO: `docs`, the vendor's page on authorization.");
            None
        }
    };
    draft.insert("status".into(), "unverified".into());
    let mut fields = Draft::new();
    match base_url(document, &mut fields) {
        Some(url) => draft.insert("base_url".into(), url.into()),
        None => {
            comment(&mut draft, "TODO: the description names no server.");
            draft.insert("base_url".into(), "https://api.example.com".into())
        }
    };
    if !fields.is_empty() {
        draft.insert("fields".into(), Value::Object(fields));
    }
    draft
}

fn user_info(auth: &mut Draft, who: Option<&str>) {
    match who {
        Some(path) => {
            comment(auth, "TODO: where the answer says who it is.");
            let response = json!({ "user_identity": "{{response.email}}" });
            let endpoint = json!({ "url": path, "response": response });
            auth.insert("user_info_endpoint".into(), endpoint);
        }
        None => {
            comment(auth, "TODO: a call that says who is connected, if there is one.");
            auth.insert("user_info_endpoint".into(), Value::Null);
        }
    }
}

/// A name of fields and authorizations.
fn word(name: &str) -> String {
    let map = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let word: String = name.chars().map(map).collect();
    let word = word.trim_matches('_');
    let starts = word.starts_with(|c: char| c.is_ascii_alphabetic());
    if starts { word.to_owned() } else { format!("its_{word}") }
}
