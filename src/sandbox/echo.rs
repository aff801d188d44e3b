//! Defines the echo: what a call looked like when it arrived, without its credential.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::StreamExt;
use ring::digest::{Context, SHA256};
use serde_json::{Map, Value, json};

use super::authenticate::Caller;
use super::form::{Parameters, has_media_type};
use super::place::is_credential;
use crate::text::hex;

/// A longer body is told by its length and digest.
const MAX_ECHO: usize = 64 * 1024;

/// Any method on `/api/…`
pub(super) async fn echo(Extension(caller): Extension<Caller>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(digest) = digest(body).await else { return StatusCode::BAD_REQUEST.into_response() };
    let query = Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes());
    Json(json!({
        "method": parts.method.as_str(),
        "path": parts.uri.path(),
        "query": without_credentials(query.iter().map(|(name, value)| (name, value.to_owned()))),
        "headers": headers(&parts.headers),
        "body": match has_media_type(&parts.headers, "application/x-www-form-urlencoded") {
            true => form(shown(digest)),
            false => shown(digest),
        },
        "user": caller.subject.name(),
    }))
    .into_response()
}

/// What is known of a body that was never held whole.
pub(super) struct Digest {
    pub(super) length: u64,
    /// Hexadecimal.
    pub(super) sha256: String,
    /// The body, if it is short.
    start: Option<Vec<u8>>,
}

/// Reads a body to its end.
pub(super) async fn digest(body: Body) -> Result<Digest, axum::Error> {
    let mut chunks = body.into_data_stream();
    let mut context = Context::new(&SHA256);
    let mut length = 0;
    let mut start = Some(Vec::new());
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        context.update(&chunk);
        length += chunk.len() as u64;
        start = start.filter(|start| start.len() + chunk.len() <= MAX_ECHO);
        if let Some(start) = &mut start {
            start.extend_from_slice(&chunk);
        }
    }
    let sha256 = hex(context.finish().as_ref());
    Ok(Digest { length, sha256, start })
}

fn shown(digest: Digest) -> Value {
    let text = digest.start.and_then(|start| String::from_utf8(start).ok());
    text.map_or_else(|| json!({"length": digest.length, "sha256": digest.sha256}), Value::String)
}

/// A form without the parameters that are a credential.
fn form(shown: Value) -> Value {
    let Value::String(text) = shown else { return shown };
    let own = |pair: &&str| !is_credential(pair.split('=').next().unwrap_or_default());
    text.split('&').filter(own).collect::<Vec<_>>().join("&").into()
}

fn headers(headers: &HeaderMap) -> Value {
    let headers = headers.iter();
    without_credentials(headers.map(|(name, value)| {
        (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    }))
}

/// An object of texts; what occurs more than once is a list.
fn without_credentials<'a>(pairs: impl Iterator<Item = (&'a str, String)>) -> Value {
    let mut object = Map::new();
    for (name, value) in pairs.filter(|(name, _)| !is_credential(name)) {
        match object.get_mut(name) {
            None => drop(object.insert(name.to_owned(), value.into())),
            Some(Value::Array(values)) => values.push(value.into()),
            Some(first) => *first = json!([first.take(), value]),
        }
    }
    Value::Object(object)
}
