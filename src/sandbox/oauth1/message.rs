//! Defines a signed message: its parameters, from wherever they are, and whether the signature over
//! them is right (RFC 5849 sections 3.1 to 3.4).

use axum::body::Bytes;
use axum::http::header;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use std::time::Duration;
use url::Url;

use crate::definition::{SIGNATURE_METHODS, SignatureMethod};
use crate::oauth1::signature_of;
use crate::sandbox::form::{Parameters, has_media_type};
use crate::sandbox::practice_keys;
use crate::sandbox::provider::{Provider, unix_time};

use super::{CONSUMER_KEY, CONSUMER_SECRET, RSA_CONSUMER_KEY};

/// How old or early a signature may be, in seconds.
const MAX_AGE: u64 = 300;

/// A request's own parameters and those of the protocol.
pub(super) struct Message {
    method: String,
    url: Url,
    /// Everything that is signed.
    all: Vec<(String, String)>,
    oauth: Vec<(String, String)>,
}

impl Message {
    /// Section 3.5: the parameters of the protocol are in one place only.
    pub(super) fn read(parts: &Parts, origin: &str, body: &Bytes) -> Result<Self, &'static str> {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let url = Url::parse(&format!("{origin}{target}")).map_err(|_| "the address is none")?;
        let mut places =
            vec![authorization(parts)?, parameters(url.query().unwrap_or_default().as_bytes())];
        if has_media_type(&parts.headers, "application/x-www-form-urlencoded") {
            places.push(parameters(body));
        }
        let is_oauth = |(name, _): &&(String, String)| name.starts_with("oauth_");
        let used = places.iter().filter(|place| place.iter().any(|pair| is_oauth(&pair))).count();
        if used != 1 {
            return Err("the oauth_ parameters are missing, or in several places");
        }
        let all: Vec<(String, String)> = places.into_iter().flatten().collect();
        let oauth: Vec<(String, String)> = all.iter().filter(is_oauth).cloned().collect();
        let method = parts.method.to_string();
        let message = Self { method, url, all, oauth };
        let twice = |(name, _): &(String, String)| message.count(name) > 1;
        match message.oauth.iter().any(twice) {
            true => Err("an oauth_ parameter occurs more than once"),
            false => Ok(message),
        }
    }

    fn count(&self, name: &str) -> usize {
        self.oauth.iter().filter(|(known, _)| known == name).count()
    }

    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.oauth.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn consumer(&self) -> Result<&str, &'static str> {
        self.one("oauth_consumer_key").ok_or("oauth_consumer_key is missing")
    }

    /// Section 3.2: the signature by the consumer and by the secret of the token, if there is one.
    pub(super) fn verify(
        &self,
        provider: &Provider,
        token_secret: &str,
    ) -> Result<(), &'static str> {
        if self.one("oauth_version").is_some_and(|version| version != "1.0") {
            return Err("oauth_version is not 1.0");
        }
        let method = self.one("oauth_signature_method").unwrap_or_default();
        let method = SIGNATURE_METHODS.iter().find(|(name, _)| *name == method);
        let (_, method) = method.ok_or("oauth_signature_method is unknown")?;
        let secret = secret_of(self.consumer()?, *method).ok_or("the consumer is unknown")?;
        let signed: Vec<(String, String)> =
            self.all.iter().filter(|(name, _)| name != "oauth_signature").cloned().collect();
        let right = signature_of(*method, &self.method, &self.url, &signed, secret, token_secret);
        let right = right.map_err(|_| "the signature cannot be computed")?;
        if !right.equals(self.one("oauth_signature").unwrap_or_default()) {
            return Err("the signature is wrong");
        }
        self.is_first(provider)
    }

    /// Section 3.3: fresh, and not sent before.
    fn is_first(&self, provider: &Provider) -> Result<(), &'static str> {
        let (timestamp, nonce) = (self.one("oauth_timestamp"), self.one("oauth_nonce"));
        let (Some(timestamp), Some(nonce)) = (timestamp, nonce) else {
            return Err("oauth_timestamp or oauth_nonce is missing");
        };
        let time: u64 = timestamp.parse().map_err(|_| "oauth_timestamp is no number")?;
        if unix_time().abs_diff(time) > MAX_AGE {
            return Err("oauth_timestamp is more than five minutes off");
        }
        let token = self.one("oauth_token").unwrap_or_default();
        let use_of = format!("oauth1 {} {token} {timestamp} {nonce}", self.consumer()?);
        match provider.replay.first_use(use_of, Duration::from_secs(2 * MAX_AGE)) {
            true => Ok(()),
            false => Err("the nonce was used before"),
        }
    }
}

/// One consumer has a secret, the other a key.
fn secret_of(consumer: &str, method: SignatureMethod) -> Option<&'static str> {
    let by_key = matches!(
        method,
        SignatureMethod::RsaSha1 | SignatureMethod::RsaSha256 | SignatureMethod::RsaSha512
    );
    match (consumer, by_key) {
        (CONSUMER_KEY, false) => Some(CONSUMER_SECRET),
        (RSA_CONSUMER_KEY, true) => Some(practice_keys::rsa()),
        _ => None,
    }
}

fn parameters(encoded: &[u8]) -> Vec<(String, String)> {
    let parsed = Parameters::parse(encoded);
    parsed.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Section 3.5.1; `realm` is not part of what is signed.
fn authorization(parts: &Parts) -> Result<Vec<(String, String)>, &'static str> {
    let Some(value) = parts.headers.get(header::AUTHORIZATION) else { return Ok(Vec::new()) };
    let value = value.to_str().map_err(|_| "the Authorization header is no text")?;
    let Some((scheme, rest)) = value.split_once(' ') else { return Ok(Vec::new()) };
    if !scheme.eq_ignore_ascii_case("OAuth") {
        return Err("the Authorization header is not of OAuth 1.0a");
    }
    let mut pairs = Vec::new();
    for part in rest.split(',') {
        let (name, value) =
            part.trim().split_once('=').ok_or("the Authorization header is malformed")?;
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let value = value.ok_or("the Authorization header is malformed")?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        if name != "realm" {
            pairs.push((decoded(name), decoded(value)));
        }
    }
    Ok(pairs)
}
