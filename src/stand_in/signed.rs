//! Signatures and proofs in a request, checked by what the stand-in knows: OAuth 1.0a, AWS Signature Version 4,
//! JSON Web Tokens, and the code verifier.

use super::expected::Expected;
use super::memory::Memory;
use super::wire::Wire;
use crate::context::now;
use crate::definition::{
    Assertion, AwsSigV4, ClientAuthentication, OAuth1Signature, OAuth2, ParametersIn, Pkce,
    Signature,
};
use crate::jose::{Algorithm, JwkSet, SigningKey, verify};
use crate::request;
use crate::sandbox::{AwsKey, Message, Signed, verify_aws};
use crate::secret::Secret;
use crate::template::{Scope, Template};
use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::AUTHORIZATION;
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};
use url::form_urlencoded::{Serializer, parse};

/// How far a signature's time may be off, in seconds.
const MAX_AGE: i64 = 300;

/// Checks the signature of a request and takes it away: the rest is compared without it.
///
/// # Errors
/// What is wrong with it.
pub(super) fn unsigned(
    wire: Wire,
    expected: &Expected,
    memory: &mut Memory,
) -> Result<Wire, String> {
    match &expected.signature {
        None => Ok(wire),
        Some(Signature::OAuth1(values)) => check_oauth1(wire, values, expected, memory),
        Some(Signature::AwsSigV4(values)) => check_aws(wire, values, &expected.scope),
        Some(Signature::Jwt(assertion)) => {
            let mut wire = wire;
            let header = wire.header("authorization").unwrap_or_default();
            let token =
                header.strip_prefix("Bearer ").ok_or("there is no JWT in `authorization`")?;
            check_jwt(token, assertion, &Subject::default(), &expected.scope)?;
            wire.headers.remove(AUTHORIZATION);
            Ok(wire)
        }
    }
}

/// A parameter of OAuth 1.0a, wherever it stands.
pub(super) fn oauth_parameter(wire: &Wire, name: &str) -> Option<String> {
    let message = Message::read(&wire.method, wire.url.clone(), &wire.headers, &wire.body).ok()?;
    message.one(name).map(ToOwned::to_owned)
}

fn text(template: &Template, scope: &Scope) -> Result<String, String> {
    template.render(scope).map(Option::unwrap_or_default).map_err(|error| error.to_string())
}

/// RFC 5849 sections 3.1, 3.2 and 3.5.
fn check_oauth1(
    wire: Wire,
    values: &OAuth1Signature,
    expected: &Expected,
    memory: &mut Memory,
) -> Result<Wire, String> {
    let message = Message::read(&wire.method, wire.url.clone(), &wire.headers, &wire.body)
        .map_err(|problem| problem.reason().to_owned())?;
    let scope = &expected.scope;
    let mut wanted = expected.oauth1.clone();
    wanted.push(("oauth_consumer_key", text(&values.consumer_key, scope)?));
    wanted.push(("oauth_token", text(&values.token, scope)?));
    wanted.push(("oauth_signature_method", values.signing.method.name().to_owned()));
    for name in ["oauth_callback", "oauth_verifier"] {
        if !wanted.iter().any(|(known, _)| *known == name) {
            wanted.push((name, String::new()));
        }
    }
    for (name, value) in &wanted {
        if message.one(name).unwrap_or_default() != value {
            return Err(format!("`{name}` is not the one that is expected"));
        }
    }
    let (secret, token_secret) =
        (text(&values.consumer_secret, scope)?, text(&values.token_secret, scope)?);
    if !message.is_signed(values.signing.method, &secret, &token_secret) {
        return Err("the signature is wrong".to_owned());
    }
    let time = message.one("oauth_timestamp").and_then(|time| time.parse::<i64>().ok());
    if time.is_none_or(|time| now().abs_diff(time) > MAX_AGE.unsigned_abs()) {
        return Err("`oauth_timestamp` is not of now".to_owned());
    }
    let nonce = message.one("oauth_nonce").unwrap_or_default().to_owned();
    if nonce.is_empty() || !memory.used.insert(nonce) {
        return Err("`oauth_nonce` is missing, or was used before".to_owned());
    }
    let realm = match &values.signing.realm {
        Some(template) => Some(text(template, scope)?),
        None => None,
    };
    without_oauth1(wire, values.signing.parameters_in, realm.as_deref())
}

/// Takes the parameters away from where the definition puts them.
fn without_oauth1(
    mut wire: Wire,
    place: ParametersIn,
    realm: Option<&str>,
) -> Result<Wire, String> {
    let kept = |encoded: &[u8]| -> Vec<(String, String)> {
        parse(encoded).into_owned().filter(|(name, _)| !name.starts_with("oauth_")).collect()
    };
    let join =
        |pairs: Vec<(String, String)>| Serializer::new(String::new()).extend_pairs(pairs).finish();
    match place {
        ParametersIn::Header => {
            let header = wire.header("authorization").unwrap_or_default();
            let own = realm.map(|realm| format!("realm=\"{realm}\""));
            match own {
                Some(own) if !header.contains(&own) => return Err("the realm is another".into()),
                None if header.contains("realm=") => return Err("there is a realm".into()),
                _ => {}
            }
            if wire.headers.remove(AUTHORIZATION).is_none() {
                return Err("the `oauth_` parameters belong into the `authorization` header".into());
            }
        }
        ParametersIn::Body if !wire.body.is_empty() => {
            let rest = kept(&wire.body);
            if rest.len() == parse(&wire.body).count() {
                return Err("the `oauth_` parameters belong into the body".into());
            }
            if rest.is_empty() {
                wire.headers.remove("content-type");
            }
            wire.body = Bytes::from(join(rest));
        }
        // Without a body the query is the next best place.
        ParametersIn::Query | ParametersIn::Body => {
            let query = wire.url.query().unwrap_or_default().as_bytes();
            let rest = kept(query);
            if rest.len() == parse(query).count() {
                return Err("the `oauth_` parameters belong into the query".into());
            }
            let rest = join(rest);
            wire.url.set_query(Some(rest.as_str()).filter(|rest| !rest.is_empty()));
        }
    }
    Ok(wire)
}

fn check_aws(mut wire: Wire, values: &AwsSigV4, scope: &Scope) -> Result<Wire, String> {
    let uri = wire.url[url::Position::BeforePath..].parse::<http::Uri>();
    let uri = uri.map_err(|error| error.to_string())?;
    let signed = Signed {
        method: &wire.method,
        uri: &uri,
        headers: &wire.headers,
        body: &wire.body,
        now: now().unsigned_abs(),
    };
    let key = AwsKey {
        id: &text(&values.access_key_id, scope)?,
        secret: &text(&values.secret_access_key, scope)?,
        region: &text(&values.region, scope)?,
        service: &text(&values.service, scope)?,
    };
    verify_aws(&signed, &key)?;
    let token = match &values.session_token {
        Some(template) => text(template, scope)?,
        None => String::new(),
    };
    if wire.header("x-amz-security-token").unwrap_or_default() != token {
        return Err("`x-amz-security-token` is not the one that is expected".to_owned());
    }
    let own = ["authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"];
    for name in own {
        wire.headers.remove(name);
    }
    Ok(wire)
}

/// Who a token is from and for, where its definition does not say.
#[derive(Default)]
struct Subject<'a> {
    client: Option<&'a str>,
    audience: Option<&'a str>,
}

/// RFC 7523 section 3: signed with the key, by whom and for whom the definition says, and for now.
fn check_jwt(
    token: &str,
    assertion: &Assertion,
    subject: &Subject<'_>,
    scope: &Scope,
) -> Result<(), String> {
    let algorithm = Algorithm::parse(&assertion.algorithm).ok_or("there is no such algorithm")?;
    let key = text(&assertion.key, scope)?;
    let verified = verify(token, &public_half(algorithm, &key)?, &[algorithm]);
    let verified = verified.map_err(|error| error.to_string())?;
    let values = |params| request::values(params, scope).map_err(|error| error.to_string());
    let mut claims = values(&assertion.claims)?;
    let named: Vec<_> = assertion.claims.iter().map(|(name, _)| name.as_str()).collect();
    let standard = [("iss", subject.client), ("sub", subject.client), ("aud", subject.audience)];
    for (name, value) in standard {
        if let Some(value) = value.filter(|_| !claims.contains_key(name)) {
            claims.insert(name.to_owned(), value.into());
        }
    }
    same(&claims, &verified.claims, "claim")?;
    same(&values(&assertion.header)?, &verified.header, "header")?;
    check_times(&verified.claims, &named, assertion.expires_in)
}

fn same(wanted: &Map<String, Value>, came: &Map<String, Value>, what: &str) -> Result<(), String> {
    match wanted.iter().find(|(name, value)| came.get(*name) != Some(*value)) {
        Some((name, _)) => Err(format!("the {what} `{name}` of the JWT is not the one expected")),
        None => Ok(()),
    }
}

fn check_times(claims: &Map<String, Value>, named: &[&str], lifetime: i64) -> Result<(), String> {
    let time = |name: &str| claims.get(name).and_then(Value::as_i64);
    for (name, at) in [("iat", now()), ("exp", now() + lifetime)] {
        let near = time(name).is_some_and(|time| time.abs_diff(at) <= MAX_AGE.unsigned_abs());
        if !near && !named.contains(&name) {
            return Err(format!("the claim `{name}` of the JWT is missing, or not of now"));
        }
    }
    Ok(())
}

fn public_half(algorithm: Algorithm, key: &str) -> Result<JwkSet, String> {
    let key = Secret::from(key);
    if algorithm.is_symmetric() {
        return Ok(JwkSet::from_secret(&key));
    }
    let key = SigningKey::read(algorithm, &key).map_err(|error| error.to_string())?;
    let jwk = key.public_jwk().map_err(|error| error.to_string())?;
    JwkSet::parse(&json!({ "keys": [jwk] })).map_err(|error| error.to_string())
}

/// Who is asked, and by whom.
pub(super) struct Audience<'a> {
    /// The issuer, or the token endpoint.
    pub(super) name: String,
    pub(super) client_id: Option<&'a str>,
    pub(super) client_secret: Option<&'a str>,
}

/// The first parameter that is a JWT by which this client proves itself, or that the grant asks for.
pub(super) fn found_assertion(
    oauth2: &OAuth2,
    audience: &Audience<'_>,
    scope: &Scope,
    wire: &Wire,
) -> Option<String> {
    let method = oauth2.client_authentication_at(None);
    let by_key = method == ClientAuthentication::PrivateKeyJwt;
    let subject =
        Subject { client: audience.client_id.filter(|_| by_key), audience: Some(&audience.name) };
    let fits = |token: &str| match (&oauth2.assertion, method) {
        (Some(assertion), _) => check_jwt(token, assertion, &subject, scope).is_ok(),
        (None, ClientAuthentication::ClientSecretJwt) => is_by_secret(token, audience),
        _ => false,
    };
    let values = wire.parameters().into_iter().map(|(_, value)| value);
    values.filter(|value| value.split('.').count() == 3).find(|value| fits(value))
}

fn is_by_secret(token: &str, audience: &Audience<'_>) -> bool {
    let secret = Secret::from(audience.client_secret.unwrap_or_default());
    let Ok(verified) = verify(token, &JwkSet::from_secret(&secret), &[Algorithm::Hs256]) else {
        return false;
    };
    let is = |name: &str, value: &str| verified.claims.get(name).is_some_and(|v| v == value);
    let id = audience.client_id.unwrap_or_default();
    is("iss", id) && is("sub", id) && is("aud", &audience.name)
}

/// The parameter that the challenge was made of (RFC 7636 section 4.6).
pub(super) fn found_verifier(challenge: Option<&(Pkce, String)>, wire: &Wire) -> Option<String> {
    let (method, challenge) = challenge?;
    let fits = |value: &String| match method {
        Pkce::S256 => URL_SAFE_NO_PAD.encode(digest(&SHA256, value.as_bytes())) == *challenge,
        Pkce::Plain => value == challenge,
        Pkce::None => false,
    };
    wire.parameters().into_iter().map(|(_, value)| value).find(fits)
}
