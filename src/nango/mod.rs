//! Providers files in the format of Nango, entry by entry, as definitions. What cannot be said in a
//! definition is told with its reason; nothing is left out in silence but what concerns that product alone.

mod calls;
mod entry;
mod field;
mod keys;
mod oauth;
mod value;

use crate::definition::names::AppName;
use crate::definition::source::Source;
use crate::definition::{Definition, Tree, yaml};
use crate::draft::{Draft, comment, plain, write};
use calls::{Calls, identity};
use entry::Entry;
use field::Spot;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The longest file that is read, in bytes. The real one has about one and a half megabytes.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// What became of one entry.
#[derive(Debug)]
pub struct Converted {
    /// Its name in the file.
    pub entry: String,
    /// The app's name.
    pub app: String,
    /// The definition, or why there is none.
    pub definition: Result<String, String>,
    /// What of it could not be converted: a key, and why.
    pub notes: Vec<String>,
}

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

/// Of an input that no request names.
const UNSENT: &str = "it is asked for there, and nothing is sent of it";

/// Converts every entry of a file.
///
/// # Errors
/// In words: the file is no such file.
pub fn convert(text: &str) -> Result<Vec<Converted>, String> {
    let file = yaml::plain(text, MAX_BYTES)?;
    let all =
        file.as_object().filter(|all| !all.is_empty()).ok_or("it is no mapping of providers")?;
    // A providers file is known by what every entry of it has.
    if !all.values().any(|entry| entry.get("auth_mode").is_some()) {
        return Err("no entry has an `auth_mode`, so it is no providers file".into());
    }
    let mut taken = BTreeSet::new();
    Ok(all.iter().map(|(name, _)| one(all, name, &mut taken)).collect())
}

fn one(all: &Map<String, Value>, name: &str, taken: &mut BTreeSet<String>) -> Converted {
    let app = app_name(name);
    let mut notes = Vec::new();
    let definition = resolved(all, name).and_then(|map| {
        if !taken.insert(app.clone()) {
            return Err(format!("another entry is called `{app}`, too"));
        }
        let mut entry = Entry::new(&map);
        let draft = definition(&mut entry, name);
        notes = std::mem::take(&mut entry.notes);
        let mut draft = draft?;
        checked(&app, write(&draft)).or_else(|why| {
            // What is wrong may be the least important part of it.
            give_up_test(&mut draft);
            let text = checked(&app, write(&draft)).map_err(|_| why.clone())?;
            notes.push(format!("proxy.verification, proxy.paginate: {why}"));
            Ok(text)
        })
    });
    notes.sort();
    notes.dedup();
    Converted { entry: name.to_owned(), app, definition, notes }
}

/// An entry with what it inherits: an alias merges at the top only.
fn resolved(all: &Map<String, Value>, name: &str) -> Result<Map<String, Value>, String> {
    let mut map = Map::new();
    let (mut next, mut seen) = (Some(name.to_owned()), BTreeSet::new());
    while let Some(name) = next {
        let entry = all.get(&name).and_then(Value::as_object);
        let entry = entry.ok_or_else(|| format!("`{name}` is no entry of the file"))?;
        if !seen.insert(name) {
            return Err("its aliases lead back to itself".into());
        }
        for (key, value) in entry {
            map.entry(key.clone()).or_insert_with(|| value.clone());
        }
        next = entry.get("alias").and_then(Value::as_str).map(ToOwned::to_owned);
    }
    Ok(map)
}

/// Leaves out what a definition can do without: who is connected, and how lists go on.
fn give_up_test(draft: &mut Draft) {
    draft.remove("pagination");
    let auths = draft.get_mut("authorizations").and_then(Value::as_object_mut);
    for (_, auth) in auths.into_iter().flatten() {
        auth["user_info_endpoint"] = Value::Null;
    }
}

fn app_name(name: &str) -> String {
    let map = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = name.chars().map(map).collect();
    name.trim_matches('-').chars().take(64).collect()
}

/// What the parser of definitions makes of it: a conversion that does not lint clean is none.
fn checked(app: &str, text: String) -> Result<String, String> {
    let app = AppName::parse(app).map_err(|error| error.to_string())?;
    let source = Rc::new(Source::new(format!("{app}.yaml"), text));
    let parsed = Definition::parse(&app, &Tree::read(&source), &|_| None);
    match parsed.findings.first() {
        Some(finding) => Err(format!("[{}] {}", finding.rule.id(), finding.message)),
        None => Ok(source.text.clone()),
    }
}

fn definition(entry: &mut Entry<'_>, name: &str) -> Result<Draft, String> {
    let mode = entry.text("auth_mode").ok_or("it has no `auth_mode`")?.to_owned();
    let (auth_name, mut auth) = authorization(entry, &mode)?;
    let calls = Calls::read(entry)?;
    tls(entry, &mut auth);
    request(entry, &calls, &mut auth);
    tell_the_rest(entry);
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
    draft.insert("base_url".into(), calls.base_url.clone().into());
    if entry.open_hosts {
        let hosts = hosts(&json!([auth, calls.base_url]));
        if hosts.is_empty() {
            return Err(
                "an answer names the host, and nothing in the file says which it may be".into()
            );
        }
        entry.note("hosts", &format!("an answer names the host; held to {}", hosts.join(", ")));
        comment(
            &mut draft,
            "An answer names the host of the API: these were read off the other addresses.",
        );
        draft.insert("hosts".into(), hosts.into());
    }
    if entry.client.iter().any(|(_, input)| input.used || input.secret) {
        let fields = fields(&mut entry.notes, &entry.client)?;
        draft.insert("client".into(), json!({ "fields": fields }));
    }
    if !calls.headers.is_empty() {
        draft.insert("headers".into(), Value::Object(calls.headers));
    }
    let inputs = std::mem::take(&mut entry.inputs);
    let (credentials, others): (Vec<_>, Vec<_>) =
        inputs.into_iter().partition(|(_, input)| input.credential);
    // A login sends what it names and nothing else; its type asks for both halves anyway.
    if auth.contains_key("token_endpoint") {
        for (original, _) in credentials.iter().filter(|(_, input)| !input.used) {
            entry.note(original, UNSENT);
        }
    }
    let others = fields(&mut entry.notes, &others)?;
    if !others.is_empty() {
        draft.insert("fields".into(), Value::Object(others.clone()));
    }
    let used = fields(&mut entry.notes, &credentials)?;
    if !used.is_empty() {
        let mut with_fields = Draft::new();
        for (key, value) in auth {
            with_fields.insert(key.clone(), value);
            if key == "type" {
                with_fields.insert("fields".into(), Value::Object(used.clone()));
            }
        }
        auth = with_fields;
    }
    let mut user_info = calls.user_info;
    if let (Some(name), Some(response)) = (telling(&used, &others), user_info.get_mut("response")) {
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
fn telling<'f>(used: &'f Draft, others: &'f Draft) -> Option<&'f str> {
    let is_one = |(_, field): &(&String, &Value)| {
        let has = |key: &str| field.get(key).is_some_and(|value| *value != Value::Bool(false));
        !["secret", "optional", "default", "options"].iter().any(|key| has(key))
    };
    used.iter().chain(others).find(is_one).map(|(name, _)| name.as_str())
}

/// The authorization by the file's mode, without how calls are authenticated.
fn authorization(entry: &mut Entry<'_>, mode: &str) -> Result<(&'static str, Draft), String> {
    let of_type = |kind: &str| Draft::from_iter([("type".to_owned(), Value::from(kind))]);
    Ok(match mode {
        "OAUTH2" | "MCP_OAUTH2" => ("oauth", oauth::oauth2(entry, false)?),
        "OAUTH2_CC" => ("machine", oauth::oauth2(entry, true)?),
        "OAUTH1" => ("oauth", oauth::oauth1(entry)?),
        "TBA" => ("token", keys::token_based(entry)),
        "API_KEY" => {
            keys::api_key(entry);
            ("key", of_type("api_key"))
        }
        "BASIC" => {
            keys::basic(entry);
            ("password", of_type("basic"))
        }
        "TWO_STEP" => ("login", keys::login(entry)?),
        "JWT" => ("signed", keys::jwt(entry)?),
        "AWS_SIGV4" => ("key", keys::aws(entry)),
        "SIGNATURE" => ("signed", keys::signature(entry)?),
        "MCP_OAUTH2_GENERIC" => {
            return Err("any server by its address: `tieline connect ADDRESS` does it".into());
        }
        "NONE" => return Err("it asks for no credential".into()),
        other => return Err(format!("auth_mode: `{other}` is code and not in the file")),
    })
}

/// How calls are authenticated: what the file says, with the type's default beside it where that only adds.
fn request(entry: &mut Entry<'_>, calls: &Calls, auth: &mut Draft) {
    let kind = auth.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let token = auth.contains_key("token_endpoint");
    let mut names: Vec<String> = vec!["access_token".into()];
    if !token {
        let secret = entry.inputs.iter().filter(|(_, input)| input.credential);
        names.extend(secret.map(|(_, input)| input.name.clone()));
    }
    if let Some(request) = auth.get_mut("request").and_then(Value::as_object_mut) {
        // What is signed needs no token beside it.
        let token = |value: &Value| value.to_string().contains("{{access_token}}");
        for (key, value) in calls.request.iter().filter(|(_, value)| !token(value)) {
            request.entry(key.clone()).or_insert_with(|| value.clone());
        }
        return;
    }
    let mut request = calls.request.clone();
    let placed = calls.places(&names);
    if !placed && (!request.is_empty() || kind == "api_key_secret") {
        match kind.as_str() {
            "basic" if !token => {
                let halves = json!({ "username": "{{username}}", "password": "{{password}}" });
                request.insert("basic".into(), halves);
            }
            "oauth1" => {
                request.insert("signature".into(), "oauth1".into());
            }
            _ => {
                let name = if token { "access_token" } else { "api_key" };
                let headers = request.entry("headers").or_insert_with(|| json!({}));
                headers["Authorization"] = format!("Bearer {{{{{name}}}}}").into();
            }
        }
    }
    if !placed && !token && kind == "api_key" {
        entry.note("proxy", "it does not say where the key goes: sent as a bearer token");
    }
    if placed && request.is_empty() {
        // The key is in the base URL: nothing else carries it.
        request.insert("headers".into(), json!({ "Authorization": null }));
    }
    let bearer = json!({ "headers": { "Authorization": "Bearer {{access_token}}" } });
    let same = json!(request).to_string().eq_ignore_ascii_case(&bearer.to_string());
    let default = request.is_empty() || same && token && kind != "api_key_secret";
    if !default {
        auth.insert("request".into(), Value::Object(request));
    }
    if !token && placed && kind == "basic" {
        let written = json!(auth.get("request")).to_string() + &calls.base_url;
        for (_, input) in entry.inputs.iter_mut().filter(|(_, input)| input.credential) {
            input.used |= written.contains(&format!("{{{{{}", input.name));
        }
    }
}

fn tls(entry: &mut Entry<'_>, auth: &mut Draft) {
    if !entry.is("require_client_certificate") {
        return;
    }
    for (name, label) in
        [("client_certificate", "Certificate (PEM)"), ("client_key", "Its private key (PEM)")]
    {
        let schema = json!({ "title": label, "secret": name == "client_key" });
        entry.credential(name, Some(&schema), Some(name));
        if let Some((_, input)) = entry.inputs.last_mut() {
            input.note(Spot::Elsewhere);
        }
    }
    let tls = json!({ "certificate": "{{client_certificate}}", "key": "{{client_key}}" });
    auth.insert("tls".into(), tls);
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

/// The fields that a template names; a preset that a type asks anyway is only relabelled.
fn fields(notes: &mut Vec<String>, inputs: &[(String, field::Input)]) -> Result<Draft, String> {
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
