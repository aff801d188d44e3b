//! OAuth 2.0 of a provider as an authorization.

use super::endpoint::{bare_if_alone, params, text_of, token_endpoint};
use super::entry::Entry;
use super::field::{Input, as_text};
use crate::draft::{Draft, comment};
use serde_json::{Map, Value, json};

/// OAuth 2.0; with `machine`, on the client's own behalf.
pub(super) fn oauth2(entry: &mut Entry<'_>, machine: bool) -> Result<Draft, String> {
    let mut auth = Draft::new();
    auth.insert("type".into(), "oauth2".into());
    if machine {
        auth.insert("grant".into(), "client_credentials".into());
    } else {
        authorization(entry, &mut auth)?;
    }
    scopes(entry, &mut auth);
    let token = token_endpoint(
        entry,
        &[if machine { "client_credentials" } else { "authorization_code" }],
    )?;
    auth.insert("token_endpoint".into(), bare_if_alone(token));
    refresh(entry, &mut auth, machine)?;
    client_authentication(entry, &mut auth)?;
    if let Some(url) = entry.text("registration_url").filter(|_| !machine) {
        let url = entry.url(url)?;
        auth.insert("registration_endpoint".into(), url.into());
    }
    for key in ["client_registration", "registration_params", "installation"] {
        if let Some(value) = entry.get(key)
            && as_text(value) != "dynamic"
            && as_text(value) != "static"
        {
            entry.note(key, "a client is registered by hand or as RFC 7591 says");
        }
    }
    Ok(auth)
}

fn authorization(entry: &mut Entry<'_>, auth: &mut Draft) -> Result<(), String> {
    let url = entry.text("authorization_url").ok_or("`authorization_url` is missing")?;
    let mut uri = entry.url(url).map_err(|why| format!("authorization_url: {why}"))?;
    if let Some(fragment) = entry.text("authorization_url_fragment") {
        uri.push_str(&format!("#{}", fragment.trim_start_matches('#')));
    }
    auth.insert("authorization_uri".into(), uri.into());
    let mut params = Draft::new();
    for (name, value) in entry.object("authorization_params").into_iter().flatten() {
        // The standard's own are sent anyway.
        if !(name == "response_type" && as_text(value) == "code") {
            let value =
                entry.templates(value).map_err(|why| format!("authorization_params: {why}"))?;
            params.insert(name.clone(), text_of(value));
        }
    }
    replacements(entry, &mut params);
    if !params.is_empty() {
        auth.insert("authorization_params".into(), Value::Object(params));
    }
    if entry.is("disable_pkce") {
        comment(auth, "The file turns PKCE off.");
        auth.insert("pkce".into(), "none".into());
    }
    let mut callback = Draft::new();
    if let Some(code) = entry.text("authorization_code_param_in_callback") {
        callback.insert("code".into(), code.into());
    }
    let brought = entry.extras_of("redirect_uri_metadata");
    if !brought.is_empty() {
        callback.insert("extras".into(), Value::Object(brought));
    }
    if !callback.is_empty() {
        auth.insert("callback".into(), Value::Object(callback));
    }
    // Without scopes the parameter is absent here, not empty.
    entry.is("authorization_url_skip_empty");
    if entry.get("authorization_url_skip_encode").is_some() {
        entry.note("authorization_url_skip_encode", "values are always encoded");
    }
    Ok(())
}

/// Replacements in the finished address rename or remove parameters.
fn replacements(entry: &mut Entry<'_>, params: &mut Draft) {
    const STANDARD: [&str; 6] =
        ["client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge"];
    for (from, to) in entry.object("authorization_url_replacements").into_iter().flatten() {
        let name =
            |text: &str| text.trim_matches(['&', '?']).split('=').next().unwrap_or("").to_owned();
        let (from, to) = (name(from), name(&as_text(to)));
        if !STANDARD.contains(&from.as_str()) {
            entry.note("authorization_url_replacements", &format!("`{from}` is no parameter"));
            continue;
        }
        params.insert(from.clone(), Value::Null);
        let value = match from.as_str() {
            "response_type" => "code".to_owned(),
            other => format!("{{{{{other}}}}}"),
        };
        if !to.is_empty() && to != from {
            params.insert(to, value.into());
        }
    }
}

fn scopes(entry: &mut Entry<'_>, auth: &mut Draft) {
    let scopes = entry.names("default_scopes");
    let separator = entry.text("scope_separator").unwrap_or(" ");
    if !scopes.is_empty() {
        auth.insert("scopes".into(), scopes.into());
    }
    if separator != " " {
        auth.insert("scope_separator".into(), separator.into());
    }
}

fn refresh(entry: &mut Entry<'_>, auth: &mut Draft, machine: bool) -> Result<(), String> {
    let url = entry.text("refresh_url");
    let mut endpoint = Draft::new();
    if let Some(url) = url {
        let url = entry.url(url).map_err(|why| format!("refresh_url: {why}"))?;
        endpoint.insert("url".into(), url.into());
    }
    params(
        entry,
        "refresh_params",
        "form",
        &["refresh_token", "client_credentials"],
        &mut endpoint,
    )?;
    if !endpoint.is_empty() && !machine {
        let own = auth.get("token_endpoint").and_then(Value::as_object);
        let url = own.and_then(|own| own.get("url")).or(auth.get("token_endpoint")).cloned();
        if let Some(url) = url.filter(|_| !endpoint.contains_key("url")) {
            endpoint.insert("url".into(), url);
        }
        auth.insert("refresh_endpoint".into(), bare_if_alone(endpoint));
    }
    Ok(())
}

fn client_authentication(entry: &mut Entry<'_>, auth: &mut Draft) -> Result<(), String> {
    let header = entry.text("authorization_method") == Some("header");
    match entry.text("token_request_auth_method") {
        Some("basic") => {}
        Some("private_key_jwt") => {
            auth.insert("client_authentication".into(), "private_key_jwt".into());
            let schema = json!({ "title": "Private key (PEM)", "secret": true });
            let none = Map::new();
            let mut input = Input::read(
                "private_key",
                "private_key".into(),
                schema.as_object().unwrap_or(&none),
            );
            input.used = true;
            entry.client.push(("private_key".into(), input));
            auth.insert("assertion".into(), json!({ "key": "{{client.private_key}}" }));
            return Ok(());
        }
        Some("custom") => {
            entry.note(
                "token_request_auth_method",
                "`custom` is code: only what is written is sent",
            );
            return Ok(());
        }
        Some(other) => return Err(format!("token_request_auth_method: `{other}` is unknown")),
        None if header => {}
        None => return Ok(()),
    }
    auth.insert("client_authentication".into(), "client_secret_basic".into());
    Ok(())
}
