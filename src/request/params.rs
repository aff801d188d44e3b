//! Parameters: a definition's own over the standard ones, and the place where they go.

use super::{Body, Request, RequestError};
use crate::definition::{Encoding, Endpoint, Param};
use crate::template::{RenderError, Scope};
use serde_json::{Map, Value};

pub(super) fn place_query(
    request: &mut Request,
    query: &[(String, Param)],
    scope: &Scope,
) -> Result<(), RequestError> {
    let mut params = Vec::new();
    override_with(&mut params, query, scope)?;
    place_params(request, Encoding::Query, params);
    Ok(())
}

pub(super) fn place_body(
    request: &mut Request,
    endpoint: &Endpoint,
    text: String,
) -> Result<(), RequestError> {
    if !endpoint.encoding_written {
        request.body = if text.is_empty() { Body::Empty } else { Body::Text(text) };
        return Ok(());
    }
    let Ok(Value::Object(map)) = serde_json::from_str(&text) else {
        return Err(RequestError::Body);
    };
    // What renders empty is left out, as a parameter would be.
    let params =
        map.into_iter().filter(|(_, value)| value.as_str() != Some("") && !value.is_null());
    place_params(request, endpoint.encoding, params.collect());
    Ok(())
}

pub(super) fn override_with(
    params: &mut Vec<(String, Value)>,
    own: &[(String, Param)],
    scope: &Scope,
) -> Result<(), RequestError> {
    for (name, param) in own {
        params.retain(|(known, _)| known != name);
        if let Some(value) = value(param, scope)? {
            params.push((name.clone(), value));
        }
    }
    Ok(())
}

fn value(param: &Param, scope: &Scope) -> Result<Option<Value>, RenderError> {
    Ok(match param {
        Param::Never => None,
        Param::Literal(value) => Some(value.clone()),
        Param::Text(template) => template.render(scope)?.and_then(|text| {
            if template.is_lone_json() && text == "null" {
                return None;
            }
            let typed = template.is_lone_json().then(|| serde_json::from_str(&text).ok()).flatten();
            Some(typed.unwrap_or(Value::String(text)))
        }),
        Param::List(items) => {
            let mut list = Vec::new();
            for item in items {
                list.extend(value(item, scope)?);
            }
            Some(Value::Array(list))
        }
        Param::Map(pairs) => {
            let mut map = Map::new();
            for (name, item) in pairs {
                if let Some(value) = value(item, scope)? {
                    map.insert(name.clone(), value);
                }
            }
            Some(Value::Object(map))
        }
    })
}

/// Named values as JSON: the claims of an assertion.
///
/// # Errors
/// A template cannot be filled.
pub fn values(
    params: &[(String, Param)],
    scope: &Scope,
) -> Result<Map<String, Value>, RequestError> {
    let mut values = Vec::new();
    override_with(&mut values, params, scope)?;
    Ok(values.into_iter().collect())
}

/// Parameters of an authorization request: the standard ones, overridden.
///
/// # Errors
/// A template cannot be filled.
pub fn override_params(
    standard: &[(String, String)],
    own: &[(String, Param)],
    scope: &Scope,
) -> Result<Vec<(String, String)>, RequestError> {
    let mut params: Vec<(String, Value)> =
        standard.iter().map(|(k, v)| (k.clone(), v.clone().into())).collect();
    override_with(&mut params, own, scope)?;
    Ok(flatten(params))
}

pub(super) fn place_params(
    request: &mut Request,
    encoding: Encoding,
    params: Vec<(String, Value)>,
) {
    match encoding {
        Encoding::Json => request.body = Body::Json(Value::Object(params.into_iter().collect())),
        Encoding::Form => request.body = Body::Form(flatten(params)),
        Encoding::Query => {
            let pairs = flatten(params);
            if pairs.is_empty() {
                return;
            }
            // Built apart and set once: a later parameter replaces one that the URL already has.
            let kept: Vec<(String, String)> = request
                .url
                .query_pairs()
                .filter(|(name, _)| !pairs.iter().any(|(new, _)| new == name))
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect();
            request.url.query_pairs_mut().clear().extend_pairs(kept.iter().chain(&pairs));
        }
    }
}

/// Nested values as flat pairs: a list repeats its name, a map becomes `name[key]`.
fn flatten(params: Vec<(String, Value)>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in params {
        match value {
            Value::Array(items) => {
                let items = items.into_iter().map(|item| (name.clone(), item)).collect();
                pairs.extend(flatten(items));
            }
            Value::Object(map) => {
                let items = map.into_iter().map(|(key, item)| (format!("{name}[{key}]"), item));
                pairs.extend(flatten(items.collect()));
            }
            other => pairs.push((name, plain(&other))),
        }
    }
    pairs
}

pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
