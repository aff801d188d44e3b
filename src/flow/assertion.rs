//! Assertions made for one request: the signed JWT of a definition, and the client's own.

use super::failure::FlowError;
use super::session::Session;
use crate::context::now;
use crate::definition::{Assertion, ClientAuthentication, Endpoint, OAuth2};
use crate::jose::{Algorithm, SigningKey};
use crate::oauth2::{Lifetime, signed_assertion};
use crate::request;
use crate::secret::Secret;
use crate::template::Scope;
use serde_json::{Map, Value};

/// How long a client's proof of itself lives, in seconds: it is used at once.
const LIFETIME: i64 = 60;

/// Signs what the request to `endpoint` needs and puts it into the session: an assertion is made for
/// one request and not used again (RFC 7523 section 3, `jti`).
pub(super) fn prepare_assertion(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    endpoint: &Endpoint,
) -> Result<(), FlowError> {
    let scope = session.scope();
    let method = oauth2.client_authentication_at(Some(endpoint));
    let signs = method == ClientAuthentication::ClientSecretJwt;
    if oauth2.assertion.is_none() && !signs {
        return Ok(());
    }
    let audience = audience(session, oauth2, endpoint, &scope)?;
    if let Some(assertion) = &oauth2.assertion {
        let client = session.client.as_ref().map(|client| client.id.as_str());
        let client = client.filter(|_| method == ClientAuthentication::PrivateKeyJwt);
        let subject = Subject { client, audience: Some(&audience) };
        session.grant.assertion = Some(sign_assertion(assertion, subject, &scope)?);
    }
    session.grant.client_assertion = match method {
        ClientAuthentication::PrivateKeyJwt => session.grant.assertion.clone(),
        ClientAuthentication::ClientSecretJwt => client_secret_jwt(session, oauth2, &audience)?,
        _ => None,
    };
    session.learn_secrets();
    Ok(())
}

/// The issuer where it is known, since a token endpoint's address can be somebody else's too;
/// otherwise the token endpoint (RFC 7523 section 3).
fn audience(
    session: &Session<'_>,
    oauth2: &OAuth2,
    endpoint: &Endpoint,
    scope: &Scope,
) -> Result<String, FlowError> {
    let issuer = oauth2.metadata.as_ref().map(|metadata| metadata.issuer.clone());
    if let Some(issuer) = issuer.filter(|issuer| !issuer.is_empty()) {
        return Ok(issuer);
    }
    let endpoint = oauth2.token.first().unwrap_or(endpoint);
    let base_url = session.base_url_for(endpoint, scope)?;
    let url = endpoint.url.require(scope)?;
    let url = request::resolve(&url, &base_url, endpoint.url.source())?;
    Ok(url.as_str().split(['?', '#']).next().unwrap_or_default().to_owned())
}

/// What an assertion is about where its definition does not say.
#[derive(Clone, Copy, Default)]
pub(super) struct Subject<'a> {
    /// A client that proves itself is issuer and subject (RFC 7523 section 3).
    pub(super) client: Option<&'a str>,
    /// Who it is for.
    pub(super) audience: Option<&'a str>,
}

/// Signs an assertion of the definition.
pub(super) fn sign_assertion(
    assertion: &Assertion,
    subject: Subject<'_>,
    scope: &Scope,
) -> Result<Secret, FlowError> {
    let key = Secret::from(assertion.key.require(scope)?);
    let key = read_key(&assertion.algorithm, &key, "the assertion")?;
    let header = request::values(&assertion.header, scope)?;
    let mut claims = request::values(&assertion.claims, scope)?;
    let standard = [("iss", subject.client), ("sub", subject.client), ("aud", subject.audience)];
    for (name, value) in standard {
        if let Some(value) = value {
            claims.entry(name).or_insert_with(|| value.into());
        }
    }
    sign(&key, &header, claims, scope, assertion.expires_in)
}

fn client_secret_jwt(
    session: &Session<'_>,
    oauth2: &OAuth2,
    audience: &str,
) -> Result<Option<Secret>, FlowError> {
    let Some(client) = &session.client else { return Ok(None) };
    let Some(secret) = &client.secret else { return Ok(None) };
    let scope = session.scope();
    let written = oauth2.assertion.as_ref().map(|assertion| assertion.algorithm.as_str());
    let algorithm = written.filter(|name| name.starts_with("HS")).unwrap_or("HS256");
    let key = read_key(algorithm, secret, "the client's JWT")?;
    let mut claims = Map::new();
    claims.insert("iss".to_owned(), client.id.clone().into());
    claims.insert("sub".to_owned(), client.id.clone().into());
    claims.insert("aud".to_owned(), audience.into());
    sign(&key, &Map::new(), claims, &scope, LIFETIME).map(Some)
}

fn read_key(algorithm: &str, key: &Secret, what: &'static str) -> Result<SigningKey, FlowError> {
    let error = |source| FlowError::Key { what, source };
    let algorithm = Algorithm::parse(algorithm)
        .ok_or_else(|| FlowError::Signature(format!("`{algorithm}` is no algorithm")))?;
    SigningKey::read(algorithm, key).map_err(error)
}

fn sign(
    key: &SigningKey,
    header: &Map<String, Value>,
    claims: Map<String, Value>,
    scope: &Scope,
    lifetime: i64,
) -> Result<Secret, FlowError> {
    let lifetime = Lifetime { now: now(), seconds: lifetime };
    signed_assertion(key, header, claims, &lifetime, scope.uuid())
        .map_err(|error| FlowError::Signature(error.to_string()))
}
