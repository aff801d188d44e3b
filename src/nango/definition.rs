//! The definition of a provider, put together in the order in which one is read.

use super::authorization::{authorization, request, tls};
use super::calls::{Calls, identity};
use super::entry::Entry;
use super::inputs::{used, with_inputs};
use crate::draft::{Draft, comment, plain};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Keys that say nothing about authorization: how that product sorts, hosts and documents a provider, and
/// keys that it does not read itself.
const ELSEWHERE: &[&str] = &[
    "alias",
    "auth",
    "auth_mode",
    "auth_type",
    "authorization_code_param_in_webhook",
    "categories",
    "connection_configuration",
    "credentials",
    "decode_url",
    "display_name",
    "docs",
    "docs_connect",
    "pre_connection_creation_script",
    "refresh_token_response_metadata",
    "setup_guide_url",
    "token_expiration_buffer",
    "webhook_allowed_query_params",
    "webhook_response_metadata",
    "webhook_routing_script",
    "webhook_user_defined_secret",
    "token_url_skip_encode",
];

/// Keys that name code, which is not in the file.
const CODE: &[(&str, &str)] = &[
    ("post_connection_script", "what it looks up after connecting is code"),
    ("credentials_verification_script", "how it tests the credential is code"),
    ("pre_connection_deletion_script", "how it revokes is code"),
];

pub(super) fn definition(entry: &mut Entry<'_>, name: &str) -> Result<Draft, String> {
    let mode = entry.text("auth_mode").ok_or("it has no `auth_mode`")?.to_owned();
    let (auth_name, mut auth) = authorization(entry, &mode)?;
    let calls = Calls::read(entry)?;
    tls(entry, &mut auth);
    request(entry, &calls, &mut auth);
    tell_the_rest(entry);
    let mut draft = head(entry, name);
    draft.insert("base_url".into(), calls.base_url.clone().into());
    if entry.open_hosts {
        hold_hosts(entry, &json!([auth, calls.base_url]), &mut draft)?;
    }
    if entry.client.iter().any(|(_, input)| input.used || input.secret) {
        let fields = used(&mut entry.notes, &entry.client)?;
        draft.insert("client".into(), json!({ "fields": fields }));
    }
    if !calls.headers.is_empty() {
        draft.insert("headers".into(), Value::Object(calls.headers));
    }
    let mut auth = with_inputs(entry, auth, &mut draft)?;
    let mut user_info = calls.user_info;
    let fields = [auth.get("fields"), draft.get("fields")];
    if let (Some(name), Some(response)) = (telling(fields), user_info.get_mut("response")) {
        response["user_identity"] = identity(Some(name)).into();
    }
    if user_info.is_null() {
        comment(&mut auth, "The file names no call that says who is connected.");
    }
    auth.insert("user_info_endpoint".into(), user_info);
    draft.insert("authorizations".into(), json!({ auth_name: auth }));
    draft.extend(calls.pagination.map(|pagination| ("pagination".to_owned(), pagination)));
    Ok(draft)
}

/// The field that tells accounts of the app apart: no secret, and not the same for all.
fn telling(fields: [Option<&Value>; 2]) -> Option<&str> {
    let is_one = |(_, field): &(&String, &Value)| {
        let has = |key: &str| field.get(key).is_some_and(|value| *value != Value::Bool(false));
        !["secret", "optional", "default", "options"].iter().any(|key| has(key))
    };
    let mut all = fields.into_iter().flatten().filter_map(Value::as_object).flatten();
    all.find(is_one).map(|(name, _)| name.as_str())
}

/// What it is called, and where its vendor writes about it.
fn head(entry: &mut Entry<'_>, name: &str) -> Draft {
    let mut draft = Draft::new();
    comment(
        &mut draft,
        &format!("Converted from the entry `{}` of a providers file.", plain(name)),
    );
    let title = entry.text("display_name").map(plain).filter(|title| !title.is_empty());
    draft.insert("title".into(), title.unwrap_or_else(|| plain(name)).into());
    let docs =
        ["setup_guide_url", "docs_connect", "docs"].into_iter().find_map(|key| entry.text(key));
    let docs = docs.filter(|docs| url::Url::parse(docs).is_ok());
    draft.extend(docs.map(|docs| ("docs".to_owned(), plain(docs).into())));
    draft.insert("status".into(), "unverified".into());
    draft
}

/// Keys that nothing looked at are told, but those that mean nothing here.
fn tell_the_rest(entry: &mut Entry<'_>) {
    for (key, why) in CODE {
        if entry.get(key).is_some() {
            entry.note(key, why);
        }
    }
    for key in entry.unseen() {
        if !ELSEWHERE.contains(&key) {
            entry.note(key, "has no counterpart here");
        }
    }
}

/// Where an answer names the host: what it may be, as far as the other addresses tell.
fn hold_hosts(entry: &mut Entry<'_>, addresses: &Value, draft: &mut Draft) -> Result<(), String> {
    let hosts = hosts(addresses);
    if hosts.is_empty() {
        return Err("an answer names the host, and nothing in the file says which it may be".into());
    }
    entry.note("hosts", &format!("an answer names the host; held to {}", hosts.join(", ")));
    comment(draft, "An answer names the host of the API: these were read off the other addresses.");
    draft.insert("hosts".into(), hosts.into());
    Ok(())
}

/// The domains of all literal addresses: what an answer may name as host is held to them.
fn hosts(value: &Value) -> Vec<String> {
    let text = value.to_string();
    let mut hosts = BTreeSet::new();
    for part in text.split("https://").skip(1) {
        let end = part.find(['/', '"', '?', '#', '\\']).unwrap_or(part.len());
        let host = part[..end].rsplit("}}").next().unwrap_or_default().trim_start_matches('.');
        let labels: Vec<&str> = host.split('.').filter(|label| !label.is_empty()).collect();
        if let [.., domain, top] = labels.as_slice()
            && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
        {
            hosts.insert(format!(".{domain}.{top}"));
        }
    }
    hosts.into_iter().collect()
}
