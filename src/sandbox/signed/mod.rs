//! Defines the API calls that are signed as a whole, in place of a secret inside them.

mod aws_sigv4;
mod hmac;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Uri};

pub(crate) use self::aws_sigv4::{AwsKey, verify as verify_aws};
use super::authenticate::{API_KEY, API_SECRET};
use super::provider::unix_time;

/// A signed body is held whole, and no longer one is, in bytes.
const MAX_BODY: usize = 16 * 1024 * 1024;
/// How old or early a signature may be, in seconds.
const MAX_AGE: u64 = 300;

/// How a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// An HMAC over method, path, time and body, as many a provider has made up for itself.
    Hmac,
    /// AWS Signature Version 4.
    AwsSigV4,
}

/// The practice key, and what it is good for.
const AWS_KEY: AwsKey<'static> =
    AwsKey { id: API_KEY, secret: API_SECRET, region: "eu-central-1", service: "practice" };

/// What a signature is over, as it came over the wire.
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a Method,
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    /// Unix seconds.
    pub(crate) now: u64,
}

/// The same request if its signature is right, or why it is not.
pub(super) async fn verified(scheme: Scheme, request: Request) -> Result<Request, &'static str> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| "the body is too long, or broke off")?;
    let signed = Signed {
        method: &parts.method,
        uri: &parts.uri,
        headers: &parts.headers,
        body: &body,
        now: unix_time(),
    };
    match scheme {
        Scheme::Hmac => hmac::verify(&signed)?,
        Scheme::AwsSigV4 => verify_aws(&signed, &AWS_KEY)?,
    }
    Ok(Request::from_parts(parts, Body::from(body)))
}

impl Signed<'_> {
    /// The value of a header that occurs once.
    fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().filter(|_| values.next().is_none());
        value.and_then(|value| value.to_str().ok())
    }

    /// A clock may be a little wrong; an old signature is a copy of somebody's.
    fn is_fresh(&self, time: u64) -> bool {
        self.now.abs_diff(time) <= MAX_AGE
    }
}
