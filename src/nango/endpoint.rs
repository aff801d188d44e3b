//! Endpoints of a provider: address, headers, parameters and what their answers mean.

use super::entry::Entry;
use super::field::{as_text, snake};
use super::name::response;
use crate::draft::Draft;
use serde_json::Value;

/// The token endpoint, of OAuth or of a login. `standard` are grant types that need not be said.
pub(super) fn token_endpoint(entry: &mut Entry<'_>, standard: &[&str]) -> Result<Draft, String> {
    let url = match entry.get("token_url") {
        Some(Value::String(url)) => url.clone(),
        // By auth mode, of those that a provider mixes.
        Some(Value::Object(urls)) => {
            entry.note("token_url", "the first of several is kept");
            let preferred = urls.get("OAUTH2").or_else(|| urls.values().next());
            preferred.map(as_text).unwrap_or_default()
        }
        _ => return Err("`token_url` is missing".into()),
    };
    let mut endpoint = Draft::new();
    let url = entry.url(&url).map_err(|why| format!("token_url: {why}"))?;
    endpoint.insert("url".into(), url.into());
    let method = entry.text("token_request_method").map(str::to_uppercase);
    if let Some(method) = method.filter(|method| method != "POST") {
        endpoint.insert("method".into(), method.into());
    }
    headers(entry, "token_headers", &mut endpoint)?;
    let format = entry.text("body_format").unwrap_or("form").to_owned();
    params(entry, "token_params", &format, standard, &mut endpoint)?;
    let answer = answer(entry);
    if !answer.is_empty() {
        endpoint.insert("response".into(), Value::Object(answer));
    }
    Ok(endpoint)
}

pub(super) fn headers(
    entry: &mut Entry<'_>,
    key: &str,
    endpoint: &mut Draft,
) -> Result<(), String> {
    let mut headers = Draft::new();
    for (name, value) in entry.object(key).into_iter().flatten() {
        // What the encoding says anyway.
        if !name.eq_ignore_ascii_case("content-type") {
            let value = entry.template(&as_text(value)).map_err(|why| format!("{key}: {why}"))?;
            headers.insert(name.clone(), value.into());
        }
    }
    if !headers.is_empty() {
        endpoint.insert("headers".into(), Value::Object(headers));
    }
    Ok(())
}

/// Parameters and their encoding.
pub(super) fn params(
    entry: &mut Entry<'_>,
    key: &str,
    format: &str,
    standard: &[&str],
    endpoint: &mut Draft,
) -> Result<(), String> {
    match format {
        "form" => {}
        "json" | "query" => {
            endpoint.insert("encoding".into(), format.into());
        }
        other => return Err(format!("body_format: a request in `{other}` cannot be written")),
    }
    let mut params = Draft::new();
    for (name, value) in entry.object(key).into_iter().flatten() {
        let told = name == "grant_type" && standard.contains(&as_text(value).as_str());
        if !told {
            let value = entry.templates(value).map_err(|why| format!("{key}.{name}: {why}"))?;
            params.insert(name.clone(), value);
        }
    }
    if !params.is_empty() {
        endpoint.insert("params".into(), Value::Object(params));
    }
    Ok(())
}

/// What the answer means, where it is not what the standard says.
fn answer(entry: &mut Entry<'_>) -> Draft {
    let mut answer = Draft::new();
    if let Some(path) = entry.text("alternate_access_token_response_path") {
        let other = response(path);
        let token = format!("{{{{default response.access_token {other}.access_token}}}}");
        answer.insert("access_token".into(), token.into());
    }
    let milliseconds = entry.text("expires_in_unit").is_some_and(|unit| unit.starts_with("milli"));
    if milliseconds {
        answer.insert("expires_in".into(), "{{response.expires_in}}ms".into());
    }
    match entry.get("token_expires_in_ms").and_then(Value::as_i64) {
        Some(0) => {
            answer.insert("expires_in".into(), Value::Null);
        }
        Some(ms) => {
            let lifetime = format!("{{{{default response.expires_in \"{}\"}}}}", ms / 1000);
            answer.insert("expires_in".into(), lifetime.into());
        }
        None => {}
    }
    let extras = extras(entry);
    if !extras.is_empty() {
        answer.insert("extras".into(), Value::Object(extras));
    }
    answer
}

/// What answers of a token endpoint give beside the token.
pub(super) fn extras(entry: &mut Entry<'_>) -> Draft {
    let paths = entry.names("token_response_metadata");
    let pairs = paths.into_iter().map(|path| {
        (snake(&path.replace('.', "_")), Value::from(format!("{{{{{}}}}}", response(&path))))
    });
    pairs.collect()
}

/// An endpoint that is only a URL stands as that.
pub(super) fn bare_if_alone(endpoint: Draft) -> Value {
    match endpoint.get("url") {
        Some(url) if endpoint.len() == 1 => url.clone(),
        _ => Value::Object(endpoint),
    }
}

/// In an address there is only text.
pub(super) fn text_of(value: Value) -> Value {
    match value {
        Value::Bool(_) | Value::Number(_) => as_text(&value).into(),
        other => other,
    }
}
