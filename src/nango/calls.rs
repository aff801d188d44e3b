//! How the API is called: base URL, headers, where the credential goes, the request that tests it.

use super::entry::Entry;
use super::field::as_text;
use super::name::response;
use crate::draft::{Draft, comment};
use serde_json::{Map, Value, json};

/// What `proxy` says.
pub(super) struct Calls {
    pub(super) base_url: String,
    /// Headers of every call, whatever the credential.
    pub(super) headers: Draft,
    /// Where the credential goes; empty where the type's default does it.
    pub(super) request: Draft,
    /// Who is connected; null where nothing tells.
    pub(super) user_info: Value,
    pub(super) pagination: Option<Value>,
}

impl Calls {
    /// Reads `proxy`.
    ///
    /// # Errors
    /// In words: there is no address to call.
    pub(super) fn read(entry: &mut Entry<'_>) -> Result<Self, String> {
        let none = Map::new();
        let proxy = entry.object("proxy").unwrap_or(&none);
        let base = proxy.get("base_url").and_then(Value::as_str);
        let base = base.ok_or("`proxy.base_url` is missing, so there is nothing to call")?;
        let base_url = entry.url(base).map_err(|why| format!("proxy.base_url: {why}"))?;
        entry.credential = false;
        let (mut headers, mut request) = (Draft::new(), Draft::new());
        let mut placed = Draft::new();
        for (name, value) in members(proxy, "headers") {
            match sent(entry, value) {
                Ok((value, true)) => placed.insert(name.clone(), value.into()),
                Ok((value, false)) => headers.insert(name.clone(), value.into()),
                Err(why) => {
                    entry.note(&format!("proxy.headers.{name}"), &why);
                    None
                }
            };
        }
        if !placed.is_empty() {
            request.insert("headers".into(), Value::Object(placed));
        }
        for (key, place) in [("query", "query"), ("body", "params")] {
            let mut placed = Draft::new();
            for (name, value) in members(proxy, key) {
                match entry.templates(value) {
                    Ok(value) => {
                        placed.insert(name.clone(), value);
                    }
                    Err(why) => entry.note(&format!("proxy.{key}.{name}"), &why),
                }
            }
            if !placed.is_empty() {
                request.insert(place.into(), Value::Object(placed));
            }
        }
        let user_info = user_info(entry, proxy);
        if proxy.contains_key("forward_headers_on_redirect") {
            entry.note("proxy.forward_headers_on_redirect", "the credential stays on its host");
        }
        Ok(Self { base_url, headers, request, user_info, pagination: pagination(proxy) })
    }

    /// Whether `request` names the credential, or only adds to it.
    pub(super) fn places(&self, names: &[String]) -> bool {
        let text = json!(self.request).to_string() + &self.base_url;
        names.iter().any(|name| {
            text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| word == name)
        })
    }
}

fn members<'v>(map: &'v Map<String, Value>, key: &str) -> Vec<(&'v String, &'v Value)> {
    map.get(key).and_then(Value::as_object).into_iter().flatten().collect()
}

/// A header's value, and whether it names the credential.
fn sent(entry: &mut Entry<'_>, value: &Value) -> Result<(String, bool), String> {
    entry.credential = false;
    let value = entry.template(&as_text(value))?;
    Ok((value, entry.credential))
}

/// Whoever answers a test request has said who it is, if one knows where to look; else the field that tells
/// accounts apart does. Nothing that is the same for every account may stand in for it: somebody else could
/// sign in unnoticed.
pub(super) fn identity(field: Option<&str>) -> String {
    let last =
        field.map_or("response.id".to_owned(), |name| format!("(default response.id {name})"));
    format!(
        "{{{{default response.email (default response.user.email (default response.data.email \
         (default response.name {last})))}}}}"
    )
}

fn user_info(entry: &mut Entry<'_>, proxy: &Map<String, Value>) -> Value {
    let Some(verification) = proxy.get("verification").and_then(Value::as_object) else {
        return Value::Null;
    };
    match endpoint(entry, verification) {
        Ok(endpoint) => Value::Object(endpoint),
        Err(why) => {
            entry.note("proxy.verification", &why);
            Value::Null
        }
    }
}

fn endpoint(entry: &mut Entry<'_>, verification: &Map<String, Value>) -> Result<Draft, String> {
    let paths = match (verification.get("endpoints"), verification.get("endpoint")) {
        (Some(Value::Array(paths)), _) => paths.iter().map(as_text).collect(),
        (Some(path), _) | (None, Some(path)) => vec![as_text(path)],
        (None, None) => Vec::new(),
    };
    let [path, more @ ..] = paths.as_slice() else { return Err("it names no endpoint".into()) };
    if !more.is_empty() {
        entry.note("proxy.verification.endpoints", "the first of several is called");
    }
    let base = verification.get("base_url_override").map(as_text).unwrap_or_default();
    let mut endpoint = Draft::new();
    let url = match path.contains("://") || !base.is_empty() {
        true => entry.url(&format!("{}{path}", base.trim_end_matches('/')))?,
        false => entry.template(&format!("/{}", path.trim_start_matches('/')))?,
    };
    if url.split('?').nth(1).is_some_and(|query| query.contains("{{default")) {
        return Err("its query is computed".into());
    }
    endpoint.insert("url".into(), url.into());
    let method = verification.get("method").map_or("GET".into(), |m| as_text(m).to_uppercase());
    if method != "GET" {
        endpoint.insert("method".into(), method.into());
    }
    let mut headers = Draft::new();
    for (name, value) in members(verification, "headers") {
        headers.insert(name.clone(), entry.template(&as_text(value))?.into());
    }
    if !headers.is_empty() {
        endpoint.insert("headers".into(), Value::Object(headers));
    }
    match verification.get("data") {
        Some(Value::Object(data)) => {
            endpoint.insert("encoding".into(), "json".into());
            endpoint.insert("params".into(), entry.templates(&Value::Object(data.clone()))?);
        }
        Some(Value::String(body)) if !body.contains("${") && !body.contains("{{") => {
            endpoint.insert("body".into(), body.clone().into());
        }
        Some(Value::Null) | None => {}
        Some(_) => return Err("its body is computed".into()),
    }
    comment(&mut endpoint, "The file does not say what the answer holds: see to this.");
    endpoint.insert("response".into(), json!({ "user_identity": identity(None) }));
    Ok(endpoint)
}

fn pagination(proxy: &Map<String, Value>) -> Option<Value> {
    let said = proxy.get("paginate").and_then(Value::as_object)?;
    let text = |key: &str| said.get(key).and_then(Value::as_str);
    let items = text("response_path").map_or("response".to_owned(), response);
    let mut pagination = Draft::new();
    let mut put = |key: &str, value: Option<String>| {
        pagination.extend(value.map(|value| (key.to_owned(), Value::from(value))));
    };
    match text("type")? {
        "link" => match text("link_path_in_response_body") {
            Some(path) => {
                put("type", Some("next_url".into()));
                put("from", Some(response(path)));
            }
            None => put("type", Some("link_header".into())),
        },
        "cursor" => {
            put("type", Some("cursor".into()));
            put("from", text("cursor_path_in_response").map(response));
            put("param", text("cursor_name_in_request").map(ToOwned::to_owned));
        }
        "offset" => {
            let page = said.get("offset_calculation_method").map(as_text);
            let kind = if page.as_deref() == Some("per-page") { "page" } else { "offset" };
            put("type", Some(kind.into()));
            put("param", text("offset_name_in_request").map(ToOwned::to_owned));
        }
        _ => return None,
    }
    put("size_param", text("limit_name_in_request").map(ToOwned::to_owned));
    put("items", Some(items));
    Some(Value::Object(pagination))
}
