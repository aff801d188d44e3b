//! Defines a signed message: its parameters, from wherever they are, and whether the signature over
//! them is right (RFC 5849 sections 3.1 to 3.4).

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use std::time::Duration;
use url::Url;

use crate::definition::{SIGNATURE_METHODS, SignatureMethod};
use crate::oauth1::signature_of;
use crate::sandbox::form::{Parameters, has_media_type};
use crate::sandbox::practice_keys;
use crate::sandbox::provider::{Provider, unix_time};

use super::authorization;
use super::problem::Problem;
use super::{CONSUMER_KEY, CONSUMER_SECRET, RSA_CONSUMER_KEY};

/// How old or early a signature may be, in seconds.
const MAX_AGE: u64 = 300;

const METHOD: Problem = Problem::new(
    "signature_method_rejected",
    "oauth_signature_method is unknown, or not one of this consumer's",
);

/// A request's own parameters and those of the protocol.
pub(crate) struct Message {
    method: String,
    url: Url,
    /// Everything that is signed.
    all: Vec<(String, String)>,
    oauth: Vec<(String, String)>,
}

impl Message {
    /// A message to this server.
    pub(super) fn arrived(parts: &Parts, origin: &str, body: &Bytes) -> Result<Self, Problem> {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let url = Url::parse(&format!("{origin}{target}"))
            .map_err(|_| Problem::rejected("the address is none"))?;
        Self::read(&parts.method, url, &parts.headers, body)
    }

    /// Section 3.5: the parameters of the protocol are in one place only.
    pub(crate) fn read(
        method: &Method,
        url: Url,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Self, Problem> {
        let mut places = vec![
            authorization::parameters(headers)?,
            parameters(url.query().unwrap_or_default().as_bytes()),
        ];
        if has_media_type(headers, "application/x-www-form-urlencoded") {
            places.push(parameters(body));
        }
        let is_oauth = |(name, _): &&(String, String)| name.starts_with("oauth_");
        let used = places.iter().filter(|place| place.iter().any(|pair| is_oauth(&pair))).count();
        match used {
            0 => return Err(Problem::new("unauthorized", "there is no oauth_ parameter")),
            1 => {}
            _ => return Err(Problem::rejected("the oauth_ parameters are in several places")),
        }
        let all: Vec<(String, String)> = places.into_iter().flatten().collect();
        let oauth: Vec<(String, String)> = all.iter().filter(is_oauth).cloned().collect();
        let message = Self { method: method.to_string(), url, all, oauth };
        let twice = |(name, _): &(String, String)| message.count(name) > 1;
        match message.oauth.iter().any(twice) {
            true => Err(Problem::rejected("an oauth_ parameter occurs more than once")),
            false => Ok(message),
        }
    }

    fn count(&self, name: &str) -> usize {
        self.oauth.iter().filter(|(known, _)| known == name).count()
    }

    /// A parameter of the protocol.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.oauth.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn consumer(&self) -> Result<&str, Problem> {
        self.one("oauth_consumer_key").ok_or(Problem::absent("oauth_consumer_key is missing"))
    }

    /// Section 3.2: the signature by the consumer and by the secret of the token, if there is one.
    pub(super) fn verify(&self, provider: &Provider, token_secret: &str) -> Result<(), Problem> {
        if self.one("oauth_version").is_some_and(|version| version != "1.0") {
            return Err(Problem::new("version_rejected", "oauth_version is not 1.0"));
        }
        let method = self.signature_method()?;
        if !self.is_signed(method, secret_of(self.consumer()?, method)?, token_secret) {
            return Err(Problem::new("signature_invalid", "the signature is wrong"));
        }
        self.is_first(provider, method)
    }

    fn signature_method(&self) -> Result<SignatureMethod, Problem> {
        let name = self.one("oauth_signature_method").unwrap_or_default();
        let known = SIGNATURE_METHODS.iter().find(|(known, _)| *known == name);
        known.map(|(_, method)| *method).ok_or(METHOD)
    }

    /// Section 3.4: the signature is the one that these secrets give.
    pub(crate) fn is_signed(
        &self,
        method: SignatureMethod,
        secret: &str,
        token_secret: &str,
    ) -> bool {
        let signed: Vec<(String, String)> =
            self.all.iter().filter(|(name, _)| name != "oauth_signature").cloned().collect();
        let right = signature_of(method, &self.method, &self.url, &signed, secret, token_secret);
        right.is_ok_and(|right| right.equals(self.one("oauth_signature").unwrap_or_default()))
    }

    /// Section 3.3: fresh, and not sent before. Section 3.1: PLAINTEXT may do without both.
    fn is_first(&self, provider: &Provider, method: SignatureMethod) -> Result<(), Problem> {
        let (timestamp, nonce) = match (self.one("oauth_timestamp"), self.one("oauth_nonce")) {
            (Some(timestamp), Some(nonce)) => (timestamp, nonce),
            (None, None) if method == SignatureMethod::Plaintext => return Ok(()),
            _ => return Err(Problem::absent("oauth_timestamp or oauth_nonce is missing")),
        };
        let time: u64 =
            timestamp.parse().map_err(|_| Problem::rejected("oauth_timestamp is no number"))?;
        if unix_time().abs_diff(time) > MAX_AGE {
            let reason = "oauth_timestamp is more than five minutes off";
            return Err(Problem::new("timestamp_refused", reason));
        }
        let token = self.one("oauth_token").unwrap_or_default();
        let use_of = format!("oauth1 {} {token} {timestamp} {nonce}", self.consumer()?);
        match provider.replay.first_use(use_of, Duration::from_secs(2 * MAX_AGE)) {
            true => Ok(()),
            false => Err(Problem::new("nonce_used", "the nonce was used before")),
        }
    }
}

/// One consumer has a secret, the other a key.
fn secret_of(consumer: &str, method: SignatureMethod) -> Result<&'static str, Problem> {
    let by_key = matches!(
        method,
        SignatureMethod::RsaSha1 | SignatureMethod::RsaSha256 | SignatureMethod::RsaSha512
    );
    match (consumer, by_key) {
        (CONSUMER_KEY, false) => Ok(CONSUMER_SECRET),
        (RSA_CONSUMER_KEY, true) => Ok(practice_keys::rsa()),
        (CONSUMER_KEY | RSA_CONSUMER_KEY, _) => Err(METHOD),
        _ => Err(Problem::new("consumer_key_unknown", "the consumer is unknown")),
    }
}

fn parameters(encoded: &[u8]) -> Vec<(String, String)> {
    let parsed = Parameters::parse(encoded);
    parsed.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::percent_encode;
    use serde_json::Value;

    fn text(value: &Value) -> &str {
        value.as_str().unwrap_or_default()
    }

    /// A published request as it would have arrived, its `oauth_` parameters in the header.
    fn arrived(vector: &Value) -> Message {
        let mut oauth = vector["oauth_params"].as_object().unwrap().clone();
        oauth.insert("oauth_signature".to_owned(), vector["signature"].clone());
        let pairs = oauth.iter().map(|(name, value)| {
            format!("{}=\"{}\"", percent_encode(name), percent_encode(text(value)))
        });
        let realm = format!("realm=\"{}\"", text(&vector["realm"]));
        let header: Vec<String> = [realm].into_iter().chain(pairs).collect();
        let url = Url::parse(text(&vector["url"])).unwrap();
        let request = axum::http::Request::builder()
            .method(text(&vector["method"]))
            .uri(&url[url::Position::BeforePath..])
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", format!("OAuth {}", header.join(", ")));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let body = Bytes::from(text(&vector["form_body"]).to_owned());
        Message::arrived(&parts, &url.origin().ascii_serialization(), &body).unwrap()
    }

    /// `tests/vectors/oauth1.json` names the source of each.
    #[test]
    fn published_requests_are_signed_and_by_nobody_else() {
        let vectors: Value =
            serde_json::from_str(include_str!("../../../tests/vectors/oauth1.json")).unwrap();
        for vector in vectors["requests"].as_array().unwrap() {
            let message = arrived(vector);
            let method = message.signature_method().unwrap();
            let secret = vector["rsa_private_key_pem"].as_str();
            let secret = secret.unwrap_or_else(|| text(&vector["consumer_secret"]));
            let token_secret = text(&vector["token_secret"]);
            assert!(message.is_signed(method, secret, token_secret), "{}", vector["id"]);
            assert!(!message.is_signed(method, "another-secret", token_secret), "{}", vector["id"]);
            let other = Message { method: "PATCH".to_owned(), ..message };
            let signs_all = method != SignatureMethod::Plaintext;
            let is_signed = other.is_signed(method, secret, token_secret);
            assert_eq!(is_signed, !signs_all, "{}", vector["id"]);
        }
    }
}
