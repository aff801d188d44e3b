//! AWS Signature Version 4 in the `Authorization` header, after the IAM User Guide, "Create a signed
//! AWS API request".

use crate::request::{Body, Request, RequestError};
use crate::secret::Secret;
use crate::text::{hex, percent_encode};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use ring::{digest, hmac};
use std::collections::BTreeMap;
use url::Url;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// For a body that is not known when the signature is made. S3 accepts this over TLS.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// What proxies and the HTTP client change or add, so that a signature over it would not hold.
const UNSIGNED_HEADERS: [&str; 6] =
    ["authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id"];

/// The key that signs.
pub struct Credentials {
    /// Its public name.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: Secret,
    /// With temporary credentials.
    pub session_token: Option<Secret>,
}

/// For whom a signature is good, besides its day.
pub struct Target<'a> {
    /// Such as `eu-central-1`.
    pub region: &'a str,
    /// Such as `ses`.
    pub service: &'a str,
}

/// Signs a request: sets `authorization`, `x-amz-date`, with temporary credentials
/// `x-amz-security-token`, and for S3 `x-amz-content-sha256`. The query is spelled anew (a space as
/// `%20`), since the signature is over that spelling. Whatever is changed afterwards breaks it.
/// `now` in Unix seconds.
///
/// # Errors
/// The URL has no host, or a value cannot stand in a header.
pub fn sign(
    request: &mut Request,
    credentials: &Credentials,
    target: &Target<'_>,
    now: i64,
) -> Result<(), RequestError> {
    let date = date(now);
    if let Some(query) = request.url.query() {
        let spelled = joined(&pairs(query));
        request.url.set_query(Some(&spelled));
    }
    let payload = complete(request, credentials, target, &date)?;
    let canonical = Canonical::new(
        request.method.as_str(),
        &canonical_path(request.url.path(), target.service),
        request.url.query().unwrap_or_default(),
        &headers(request)?,
        &payload,
    );
    let authorization = authorization(&canonical, credentials, target, &date);
    request.set_header("authorization", &authorization)
}

/// Adds the headers that are part of what is signed, and gives the payload's hash.
fn complete(
    request: &mut Request,
    credentials: &Credentials,
    target: &Target<'_>,
    date: &str,
) -> Result<String, RequestError> {
    let body = request.body_text();
    if let Some((_, Some(kind))) = &body
        && request.header("content-type").is_none()
    {
        request.set_header("content-type", kind)?;
    }
    let text = body.map(|(text, _)| text).unwrap_or_default();
    let streamed = matches!(request.body, Body::Stream);
    let payload = if streamed { UNSIGNED_PAYLOAD.to_owned() } else { sha256(&text) };
    request.set_header("x-amz-date", date)?;
    if is_s3(target.service) || streamed {
        request.set_header("x-amz-content-sha256", &payload)?;
    }
    if let Some(token) = &credentials.session_token {
        request.set_header("x-amz-security-token", token.expose())?;
    }
    Ok(payload)
}

/// The headers that go into the signature, with the host that the HTTP client will name.
fn headers(request: &Request) -> Result<Vec<(String, String)>, RequestError> {
    let own = request.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let mut headers: Vec<(String, String)> =
        own.filter(|(name, _)| !UNSIGNED_HEADERS.contains(&name.as_str())).collect();
    if request.header("host").is_none() {
        headers.push(("host".to_owned(), host(&request.url)?));
    }
    Ok(headers)
}

/// The host, with its port where that is not the scheme's own.
fn host(url: &Url) -> Result<String, RequestError> {
    let host = url.host_str().ok_or_else(|| RequestError::Url(url.scheme().to_owned()))?;
    Ok(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// What is signed of a request.
struct Canonical {
    text: String,
    signed_headers: String,
}

impl Canonical {
    /// "Create a canonical request". The path is canonical already; the other parts are as sent.
    fn new(
        method: &str,
        path: &str,
        query: &str,
        headers: &[(String, String)],
        payload: &str,
    ) -> Self {
        let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in headers {
            let words: Vec<&str> = value.split_whitespace().collect();
            by_name.entry(name.to_ascii_lowercase()).or_default().push(words.join(" "));
        }
        let lines: String =
            by_name.iter().map(|(name, values)| format!("{name}:{}\n", values.join(","))).collect();
        let signed_headers = by_name.into_keys().collect::<Vec<_>>().join(";");
        let mut pairs = pairs(query);
        pairs.sort_unstable();
        let query = joined(&pairs);
        let text = format!("{method}\n{path}\n{query}\n{lines}\n{signed_headers}\n{payload}");
        Self { text, signed_headers }
    }
}

/// The path as it is signed. S3 takes it as it is, encoded once, since `a//b` is a key of its own
/// there. For all others it is normalized, and what is sent encoded is encoded once more.
fn canonical_path(path: &str, service: &str) -> String {
    if is_s3(service) {
        let segments = path.split('/').map(|segment| {
            let decoded = percent_decode_str(segment).decode_utf8_lossy();
            percent_encode(&decoded)
        });
        return segments.collect::<Vec<_>>().join("/");
    }
    let mut segments: Vec<String> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            other => segments.push(percent_encode(other)),
        }
    }
    let end = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", segments.join("/"))
}

/// The services whose paths are keys and whose requests name the hash of their payload.
fn is_s3(service: &str) -> bool {
    matches!(service, "s3" | "s3express" | "s3-outposts" | "s3-object-lambda")
}

/// A query's parameters, each encoded by RFC 3986.
fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (percent_encode(&name), percent_encode(&value)))
        .collect()
}

fn joined(pairs: &[(String, String)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("&")
}

/// "Create a string to sign".
fn string_to_sign(canonical: &Canonical, target: &Target<'_>, date: &str) -> String {
    let scope = scope(target, date);
    format!("{ALGORITHM}\n{date}\n{scope}\n{}", sha256(&canonical.text))
}

/// "Calculate the signature" and "Add the signature to the request".
fn authorization(
    canonical: &Canonical,
    credentials: &Credentials,
    target: &Target<'_>,
    date: &str,
) -> String {
    let secret = Secret::from(format!("AWS4{}", credentials.secret_access_key.expose()));
    let parts = [day(date), target.region, target.service, "aws4_request"];
    let key = parts.iter().fold(hmac_key(secret.expose().as_bytes()), |key, part| {
        hmac_key(hmac::sign(&key, part.as_bytes()).as_ref())
    });
    let signature = hmac::sign(&key, string_to_sign(canonical, target, date).as_bytes());
    format!(
        "{ALGORITHM} Credential={}/{}, SignedHeaders={}, Signature={}",
        credentials.access_key_id,
        scope(target, date),
        canonical.signed_headers,
        hex(signature.as_ref())
    )
}

fn scope(target: &Target<'_>, date: &str) -> String {
    format!("{}/{}/{}/aws4_request", day(date), target.region, target.service)
}

fn day(date: &str) -> &str {
    date.split('T').next().unwrap_or_default()
}

/// `20150830T123600Z`.
fn date(now: i64) -> String {
    Timestamp::from_second(now).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn hmac_key(bytes: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, bytes)
}

fn sha256(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests;
