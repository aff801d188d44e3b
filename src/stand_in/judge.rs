//! Compares a request with the one that the definition asks for, and says precisely what differs. What
//! came is never quoted: it may be somebody's real secret.

use super::wire::{Content, Wire};
use crate::request::{Body, Request};

/// Headers that a client sets for itself, and that say nothing about authorization.
const OF_THE_CLIENT: [&str; 7] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
];

/// Everything in which the two differ. With `open`, further headers may stand there, as in an API call
/// that somebody writes, unless one of `secrets` is inside.
pub(super) fn differences(
    wire: &Wire,
    expected: &Request,
    open: bool,
    secrets: &[String],
) -> Vec<String> {
    let mut found = Vec::new();
    if wire.method != expected.method {
        found.push(format!("the method is {}, and not {}", wire.method, expected.method));
    }
    if !wire.goes_to(&expected.url) {
        found.push(format!("the address is not {}", shown(expected)));
    }
    let query: Vec<_> = expected.url.query_pairs().into_owned().collect();
    compare_pairs("the query", wire.query(), query, &mut found);
    compare_headers(wire, expected, open, secrets, &mut found);
    compare_bodies(wire, expected, &mut found);
    found
}

/// The address that a request goes to, without its query.
fn shown(request: &Request) -> String {
    request.url.as_str().split('?').next().unwrap_or_default().to_owned()
}

fn compare_headers(
    wire: &Wire,
    expected: &Request,
    open: bool,
    secrets: &[String],
    found: &mut Vec<String>,
) {
    for (name, value) in &expected.headers {
        match wire.header(name.as_str()) {
            None => found.push(format!("the header `{name}` is missing")),
            Some(came) if came.as_bytes() != value.as_bytes() => {
                found.push(format!("the header `{name}` has another value"));
            }
            Some(_) => {}
        }
    }
    for name in wire.headers.keys().map(http::HeaderName::as_str) {
        if expected.header(name).is_some() || OF_THE_CLIENT.contains(&name) {
            continue;
        }
        let value = wire.header(name).unwrap_or_default();
        let credential = matches!(name, "authorization" | "cookie")
            || secrets.iter().any(|secret| value.contains(secret.as_str()));
        if credential || !open {
            found.push(format!("the header `{name}` has nothing to do here"));
        }
    }
}

fn compare_bodies(wire: &Wire, expected: &Request, found: &mut Vec<String>) {
    let written = expected.header("content-type");
    if let (Some((_, Some(kind))), None) = (expected.body_text(), written)
        && wire.media_type() != kind
    {
        found.push(format!("the content type is not {kind}"));
    }
    match (&expected.body, wire.content()) {
        (Body::Empty | Body::Stream, Content::Empty) => {}
        (Body::Empty | Body::Stream, _) => found.push("there is a body".to_owned()),
        (Body::Form(pairs), Content::Form(came)) => {
            compare_pairs("the form", came, pairs.clone(), found);
        }
        (Body::Form(pairs), Content::Empty) => {
            compare_pairs("the form", Vec::new(), pairs.clone(), found);
        }
        (Body::Json(value), Content::Json(came)) if came == *value => {}
        (Body::Json(serde_json::Value::Object(map)), Content::Json(came)) => {
            let names = map.iter().filter(|(name, value)| came.get(name) != Some(value));
            found.extend(names.map(|(name, _)| format!("the JSON member `{name}` is another")));
            let more = came.as_object().into_iter().flatten();
            let more = more.filter(|(name, _)| !map.contains_key(*name));
            found.extend(more.map(|(name, _)| format!("the JSON has `{name}` as well")));
        }
        (Body::Text(text), _) if wire.body == text.as_bytes() => {}
        (Body::Form(_), _) => found.push("the body is no form".to_owned()),
        (Body::Json(_), _) => found.push("the body is not the JSON that is asked for".to_owned()),
        (Body::Text(_), _) => found.push("the body is another text".to_owned()),
    }
}

type Pairs = Vec<(String, String)>;

/// As sets that may hold a pair twice: order means nothing.
fn compare_pairs(place: &str, mut came: Pairs, expected: Pairs, found: &mut Vec<String>) {
    for (name, value) in expected {
        if let Some(at) = came.iter().position(|pair| pair.0 == name && pair.1 == value) {
            came.swap_remove(at);
        } else if let Some(at) = came.iter().position(|pair| pair.0 == name) {
            came.swap_remove(at);
            found.push(format!("`{name}` in {place} has another value"));
        } else {
            found.push(format!("`{name}` is missing in {place}"));
        }
    }
    found.extend(came.iter().map(|(name, _)| format!("`{name}` has nothing to do in {place}")));
}
