//! The authorization of a provider: its type by the file's mode, and how calls carry the credential.

use super::calls::Calls;
use super::entry::Entry;
use super::field::Spot;
use super::{keys, oauth1, oauth2};
use crate::draft::Draft;
use serde_json::{Value, json};

/// The authorization by the file's mode, without how calls are authenticated.
pub(super) fn authorization(
    entry: &mut Entry<'_>,
    mode: &str,
) -> Result<(&'static str, Draft), String> {
    let of_type = |kind: &str| Draft::from_iter([("type".to_owned(), Value::from(kind))]);
    Ok(match mode {
        "OAUTH2" | "MCP_OAUTH2" => ("oauth", oauth2::oauth2(entry, false)?),
        "OAUTH2_CC" => ("machine", oauth2::oauth2(entry, true)?),
        "OAUTH1" => ("oauth", oauth1::oauth1(entry)?),
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
pub(super) fn request(entry: &mut Entry<'_>, calls: &Calls, auth: &mut Draft) {
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

pub(super) fn tls(entry: &mut Entry<'_>, auth: &mut Draft) {
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
