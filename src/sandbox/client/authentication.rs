//! Defines how a client proves at the token endpoint and its neighbours who it is (RFC
//! 6749 section 2.3).

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use crate::sandbox::error::OAuthError;
use crate::sandbox::form::Parameters;
use crate::sandbox::form_request::FormRequest;
use crate::sandbox::provider::Provider;

use super::{Client, Method, assertion};

/// What a client presents.
enum Presented {
    Nothing,
    Secret(Method, String),
    /// RFC 7523 section 2.2
    Assertion(Method, String),
}

impl Presented {
    fn method(&self) -> Method {
        match self {
            Self::Nothing => Method::None,
            Self::Secret(method, _) | Self::Assertion(method, _) => *method,
        }
    }
}

/// The client of a request with these parameters.
pub(in crate::sandbox) fn authenticated(
    provider: &Provider,
    request: &FormRequest,
    parameters: &Parameters,
) -> Result<Arc<Client>, OAuthError> {
    let (id, presented) = presented(request.headers(), parameters)?;
    let client = provider
        .client(&id)
        .ok_or_else(|| OAuthError::invalid_client("the client id is unknown"))?;
    if !client.methods.contains(&presented.method()) {
        return Err(unexpected(&client, presented.method()));
    }
    match presented {
        Presented::Secret(_, secret) if client.secret.as_ref() != Some(&secret) => {
            Err(OAuthError::invalid_client("the client secret is wrong"))
        }
        Presented::Assertion(_, assertion) => {
            assertion::check(provider, &client, &assertion, request).map(|()| client)
        }
        _ => Ok(client),
    }
}

/// Whether nothing says which client a request comes from.
pub(in crate::sandbox) fn is_anonymous(request: &FormRequest, parameters: &Parameters) -> bool {
    !request.headers().contains_key(header::AUTHORIZATION)
        && ["client_id", "client_assertion"].iter().all(|name| parameters.one(name).is_none())
}

/// The client authenticates in a way for which it is not registered.
fn unexpected(client: &Client, method: Method) -> OAuthError {
    let registered = client.methods.iter().map(|method| method.name());
    let registered = registered.collect::<Vec<_>>().join(" or ");
    match method {
        Method::None => OAuthError::invalid_client(format!(
            "the client does not authenticate, and is registered for {registered}"
        )),
        method => OAuthError::invalid_client(format!(
            "{} is not what the client is registered for, but {registered}",
            method.name()
        )),
    }
}

fn presented(
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<(String, Presented), OAuthError> {
    let id = parameters.one("client_id").map(str::to_owned);
    let secret = parameters.one("client_secret").map(str::to_owned);
    if let Some((claimed, method, assertion)) = assertion::presented(parameters)? {
        if secret.is_some() || headers.contains_key(header::AUTHORIZATION) {
            return Err(OAuthError::invalid_request(
                "the client authenticates in two ways at once",
            ));
        }
        if id.is_some_and(|id| id != claimed) {
            return Err(OAuthError::invalid_client("client_id differs from the client_assertion"));
        }
        return Ok((claimed, Presented::Assertion(method, assertion)));
    }
    let Some(authorization) = headers.get(header::AUTHORIZATION) else {
        let id = id.ok_or_else(|| OAuthError::invalid_client("no client authentication"))?;
        let presented = secret.map_or(Presented::Nothing, |secret| {
            Presented::Secret(Method::ClientSecretPost, secret)
        });
        return Ok((id, presented));
    };
    if secret.is_some() {
        return Err(OAuthError::invalid_request(
            "the client authenticates in the header and in the body at once",
        ));
    }
    let (basic_id, secret) = authorization
        .to_str()
        .ok()
        .and_then(client_secret_basic)
        .ok_or_else(|| OAuthError::invalid_client("the Authorization header is not Basic"))?;
    if id.is_some_and(|id| id != basic_id) {
        return Err(OAuthError::invalid_request("client_id differs from the Authorization header"));
    }
    Ok((basic_id, Presented::Secret(Method::ClientSecretBasic, secret)))
}

/// Section 2.3.1: id and secret are form-encoded before they become a user name and a password.
fn client_secret_basic(authorization: &str) -> Option<(String, String)> {
    let (id, secret) = basic(authorization)?;
    Some((form_decoded(&id)?, form_decoded(&secret)?))
}

/// RFC 7617: user name and password of a Basic `Authorization` header.
pub(in crate::sandbox) fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    decoded.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

/// The whole text as one value: a `&` or `=` that was not encoded makes it malformed.
fn form_decoded(text: &str) -> Option<String> {
    if text.contains(['&', '=']) {
        return None;
    }
    let mut pairs = form_urlencoded::parse(text.as_bytes());
    Some(pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(credentials: &str) -> String {
        format!("Basic {}", STANDARD.encode(credentials))
    }

    #[test]
    fn id_and_secret_are_form_decoded() {
        let expected = Some(("my app".to_owned(), "a:b%c+d".to_owned()));
        assert_eq!(client_secret_basic(&header("my+app:a%3Ab%25c%2Bd")), expected);
    }

    #[test]
    fn a_secret_that_was_not_encoded_is_malformed() {
        assert_eq!(client_secret_basic(&header("app:a&b")), None);
    }

    #[test]
    fn other_schemes_and_bad_base64_are_none() {
        assert_eq!(basic("Bearer eDp5"), None);
        assert_eq!(basic("Basic !"), None);
        assert_eq!(basic("basic eDp5"), Some(("x".to_owned(), "y".to_owned())));
    }
}
