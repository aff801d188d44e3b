//! HAR 1.2, the HTTP Archive that browsers' developer tools read.
//!
//! Only what went over HTTP stands in it. A mark is percent-encoded in an address, since no URL may
//! hold a space.

use super::{Run, VERSION, rfc3339};
use crate::http::timing::Timing;
use crate::http::trace::{Http, Message, Protocol};
use serde_json::{Value, json};

/// A run as HAR: one page for each account.
#[must_use]
pub fn render(run: &Run) -> String {
    let (mut pages, mut entries) = (Vec::new(), Vec::new());
    for (at, tested) in run.tested.iter().enumerate() {
        let page = format!("page_{}", at + 1);
        let spoken = |http: &&Http| http.protocol != Protocol::Ftp && !http.is_browsed();
        let began = entries.len();
        entries.extend(tested.https().filter(spoken).map(|http| entry(http, &page)));
        if let Some(first) = entries.get(began) {
            pages.push(json!({
                "startedDateTime": first["startedDateTime"],
                "id": page,
                "title": tested.id,
                "pageTimings": {},
            }));
        }
    }
    let log = json!({
        "version": "1.2",
        "creator": { "name": "tieline", "version": VERSION },
        "pages": pages,
        "entries": entries,
        "comment": "secrets are masked; equal marks stand for equal values",
    });
    format!("{:#}\n", json!({ "log": log }))
}

fn entry(http: &Http, page: &str) -> Value {
    let version = match http.protocol {
        Protocol::Http2 => "HTTP/2",
        _ => "HTTP/1.1",
    };
    let mut entry = json!({
        "pageref": page,
        "startedDateTime": rfc3339(http.timing.started_at_ms),
        "time": http.timing.total_ms,
        "request": request(&http.request, version),
        "response": response(http.response.as_ref(), version),
        "cache": {},
        "timings": timings(&http.timing),
        "comment": http.description,
    });
    if let Some(error) = &http.error {
        // As Chromium writes it.
        entry["response"]["_error"] = json!(error.message);
    }
    entry
}

fn request(message: &Message, version: &str) -> Value {
    let (method, url) = message.parts();
    let mut request = json!({
        "method": method,
        "url": encoded(url),
        "httpVersion": version,
        "cookies": [],
        "headers": headers(message),
        "queryString": query(url),
        "headersSize": -1,
        "bodySize": message.bytes.unwrap_or_default(),
    });
    if let Some(body) = &message.body {
        let mime = message.header("content-type").unwrap_or("application/x-www-form-urlencoded");
        request["postData"] = json!({ "mimeType": mime, "params": [], "text": body });
    }
    request
}

fn response(message: Option<&Message>, version: &str) -> Value {
    let Some(message) = message else {
        // Nothing came: status 0, as browsers write it.
        return json!({
            "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [],
            "content": { "size": 0, "mimeType": "x-unknown" },
            "redirectURL": "", "headersSize": -1, "bodySize": -1,
        });
    };
    let (status, reason) = message.parts();
    let size = message.bytes.map_or(-1, |bytes| i64::try_from(bytes).unwrap_or(-1));
    let mut content = json!({
        "size": size.max(0),
        "mimeType": message.header("content-type").unwrap_or("x-unknown"),
    });
    if let Some(body) = &message.body {
        content["text"] = json!(body);
    }
    json!({
        "status": status.parse::<u16>().unwrap_or_default(),
        "statusText": reason,
        "httpVersion": version,
        "cookies": [],
        "headers": headers(message),
        "content": content,
        "redirectURL": encoded(message.header("location").unwrap_or_default()),
        "headersSize": -1,
        "bodySize": size,
    })
}

/// What is not known is -1. The name and the connection belong to the wait where they are not known
/// apart, and TLS belongs to the connection.
fn timings(timing: &Timing) -> Value {
    let known = |ms: Option<f64>| ms.unwrap_or(-1.0);
    let before = timing.dns_ms.unwrap_or_default() + timing.connect_ms.unwrap_or_default();
    let first_byte = timing.first_byte_ms.unwrap_or(timing.total_ms);
    json!({
        "blocked": -1,
        "dns": known(timing.dns_ms),
        "connect": known(timing.connect_ms),
        "ssl": -1,
        "send": 0,
        "wait": rounded((first_byte - before).max(0.0)),
        "receive": rounded((timing.total_ms - first_byte).max(0.0)),
    })
}

fn rounded(ms: f64) -> f64 {
    (ms * 10.0).round() / 10.0
}

fn headers(message: &Message) -> Value {
    message.headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn query(url: &str) -> Value {
    let Some((_, query)) = url.split_once('?') else { return json!([]) };
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

/// With the characters of marks encoded; those of an IPv6 address stay.
fn encoded(url: &str) -> String {
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url[host..].find(['/', '?']).map_or(url.len(), |at| at + host);
    let (before, after) = url.split_at(path);
    let after = after.chars().map(|c| match c {
        '[' | ']' | '#' | ' ' => format!("%{:02X}", u32::from(c)),
        c => c.to_string(),
    });
    before.to_owned() + &after.collect::<String>()
}
