//! Defines AWS Signature Version 4 as its receiver checks it (IAM User Guide, "Create a signed AWS
//! API request"). Everything is computed from what came over the wire, by code that shares nothing
//! with the signing side but the primitives.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ring::digest::{SHA256, digest};
use ring::hmac::{self, HMAC_SHA256, Key};
use url::form_urlencoded;

use super::Signed;
use crate::text::hex;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A key, and what it is good for.
pub(crate) struct AwsKey<'a> {
    pub(crate) id: &'a str,
    pub(crate) secret: &'a str,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
}

/// The members of the `Authorization` header.
struct Authorization<'a> {
    /// The key's name and the scope.
    credential: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

/// Checks the whole of it. A body may stay unsigned where a signed header says so, as for uploads
/// whose end the sender does not know.
pub(crate) fn verify(signed: &Signed<'_>, key: &AwsKey<'_>) -> Result<(), &'static str> {
    let header = signed.header("authorization").ok_or("the Authorization header is missing")?;
    let authorization =
        Authorization::read(header).ok_or("the Authorization header is malformed")?;
    let date = signed.header("x-amz-date").ok_or("X-Amz-Date is missing")?;
    let time = unix_time_of(date).ok_or("X-Amz-Date is not of the form 20150830T123600Z")?;
    if !signed.is_fresh(time) {
        return Err("X-Amz-Date is more than five minutes off");
    }
    let scope = format!("{}/{}/{}/aws4_request", &date[..8], key.region, key.service);
    let (key_id, own_scope) =
        authorization.credential.split_once('/').ok_or("Credential is malformed")?;
    if key_id != key.id {
        return Err("there is no such access key");
    }
    if own_scope != scope {
        return Err(
            "Credential is not scoped to the day, the region, the service and aws4_request",
        );
    }
    let canonical = canonical_request(signed, authorization.signed_headers)?;
    let text = format!("{ALGORITHM}\n{date}\n{scope}\n{}", sha256(canonical.as_bytes()));
    if signature(key.secret, &scope, &text) == authorization.signature {
        return Ok(());
    }
    Err("the signature does not match the request")
}

impl<'a> Authorization<'a> {
    fn read(header: &'a str) -> Option<Self> {
        let rest = header.strip_prefix(ALGORITHM)?.strip_prefix(' ')?;
        let member = |name: &str| {
            rest.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
        };
        Some(Self {
            credential: member("Credential")?,
            signed_headers: member("SignedHeaders")?,
            signature: member("Signature")?,
        })
    }
}

/// "Create a canonical request".
fn canonical_request(signed: &Signed<'_>, signed_headers: &str) -> Result<String, &'static str> {
    let names: BTreeSet<&str> = signed_headers.split(';').collect();
    if !names.iter().copied().eq(signed_headers.split(';')) {
        return Err("SignedHeaders is not sorted, or names a header twice");
    }
    // What is not signed could be changed on the way without anybody noticing.
    for (name, _) in signed.headers {
        let name = name.as_str();
        let must = matches!(name, "host" | "content-type") || name.starts_with("x-amz-");
        if must && !names.contains(name) {
            return Err("SignedHeaders lacks host, content-type or one of x-amz-");
        }
    }
    let mut headers = String::new();
    for name in &names {
        let values = signed.headers.get_all(*name).iter();
        let values: Vec<String> = values
            .map(|value| {
                let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
                text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect();
        if values.is_empty() {
            return Err("SignedHeaders names a header that is not there");
        }
        let _ = writeln!(headers, "{name}:{}", values.join(","));
    }
    Ok(format!(
        "{}\n{}\n{}\n{headers}\n{signed_headers}\n{}",
        signed.method,
        canonical_path(signed.uri.path()),
        canonical_query(signed.uri.query().unwrap_or_default()),
        payload(signed)?
    ))
}

/// The hash of the body; the header that may name it must tell the truth.
fn payload(signed: &Signed<'_>) -> Result<String, &'static str> {
    let actual = sha256(signed.body);
    match signed.header("x-amz-content-sha256") {
        Some("UNSIGNED-PAYLOAD") => Ok("UNSIGNED-PAYLOAD".to_owned()),
        Some(told) if told != actual => Err("X-Amz-Content-Sha256 is not the hash of the body"),
        _ => Ok(actual),
    }
}

fn canonical_query(query: &str) -> String {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let mut pairs: Vec<_> = pairs.map(|(name, value)| (encoded(&name), encoded(&value))).collect();
    pairs.sort_unstable();
    let pairs = pairs.into_iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("&")
}

/// The path came encoded already and is encoded again, as for every service but S3; empty segments
/// and dots are resolved.
fn canonical_path(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(encoded(segment)),
        }
    }
    let end = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", segments.join("/"))
}

/// Percent-encoding of everything but the unreserved characters of RFC 3986.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let _ =
            if plain { write!(out, "{}", char::from(byte)) } else { write!(out, "%{byte:02X}") };
        out
    })
}

/// "Calculate the signature".
fn signature(secret: &str, scope: &str, text: &str) -> String {
    let first = format!("AWS4{secret}").into_bytes();
    let key = scope.split('/').fold(first, |key, part| mac(&key, part));
    hex(&mac(&key, text))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&Key::new(HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

fn unix_time_of(date: &str) -> Option<u64> {
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", date).ok()?;
    let time = time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    time.try_into().ok().filter(|_| date.len() == 16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

    /// AWS's own test suite; the file names its source.
    const SUITE: &str = include_str!("../../../tests/vectors/aws_sigv4/suite.json");

    /// The request of a vector, as far as it can come over a wire at all.
    fn request(text: &str) -> Option<(Method, Uri, HeaderMap, Bytes)> {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let mut first = lines.next()?.split(' ');
        let method = first.next()?.parse().ok()?;
        let uri = first.next()?.parse().ok()?;
        let headers: Option<HeaderMap> = lines
            .map(|line| {
                let (name, value) = line.split_once(':')?;
                let name = HeaderName::try_from(name).ok()?;
                Some((name, HeaderValue::from_str(value).ok()?))
            })
            .collect();
        (first.next() == Some("HTTP/1.1")).then_some(())?;
        Some((method, uri, headers?, Bytes::from(body.to_owned())))
    }

    #[test]
    fn requests_are_read_as_in_awss_suite() {
        let suite: serde_json::Value = serde_json::from_str(SUITE).unwrap();
        let mut read = 0;
        for case in suite["cases"].as_array().unwrap() {
            let text = |name: &str| case[name].as_str().unwrap();
            let Some((method, uri, headers, body)) = request(text("request")) else { continue };
            let signed =
                Signed { method: &method, uri: &uri, headers: &headers, body: &body, now: 0 };
            let names = text("canonical").lines().nth_back(1).unwrap();
            let Ok(canonical) = canonical_request(&signed, names) else { continue };
            assert_eq!(canonical, text("canonical"), "{}", text("name"));
            read += 1;
        }
        assert!(read >= 20, "{read}");
    }

    #[test]
    fn a_date_is_of_one_form_only() {
        assert_eq!(unix_time_of("20150830T123600Z"), Some(1_440_938_160));
        for date in
            ["20150830T123600", "20150830T1236Z", "2015-08-30T12:36:00Z", "20151330T123600Z"]
        {
            assert_eq!(unix_time_of(date), None, "{date}");
        }
    }
}
