//! Defines dynamic client registration (RFC 7591): whoever asks gets a client.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::{Host, Url};

use crate::jose::JwkSet;
use crate::sandbox::error::{NO_STORE, OAuthError};
use crate::sandbox::form::has_media_type;
use crate::sandbox::grants::GrantType;
use crate::sandbox::provider::{Provider, unix_time};
use crate::sandbox::random::random;

use super::{Client, Method};

/// Section 2: what the metadata of a client may say; what is unknown is left out (section 2, last
/// paragraph).
#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default = "basic")]
    token_endpoint_auth_method: String,
    #[serde(default = "code_grant")]
    grant_types: Vec<String>,
    response_types: Option<Vec<String>>,
    client_name: Option<String>,
    #[serde(default)]
    require_pushed_authorization_requests: bool,
    #[serde(default)]
    dpop_bound_access_tokens: bool,
    jwks: Option<Value>,
}

fn basic() -> String {
    Method::ClientSecretBasic.name().to_owned()
}

fn code_grant() -> Vec<String> {
    vec![GrantType::AuthorizationCode.name().to_owned()]
}

/// `POST /register`
pub(in crate::sandbox) async fn register(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match answer(&provider, &headers, &body) {
        Ok(answer) => (StatusCode::CREATED, NO_STORE, Json(answer)).into_response(),
        Err(error) => error.into_response(),
    }
}

fn answer(provider: &Provider, headers: &HeaderMap, body: &[u8]) -> Result<Value, OAuthError> {
    if !has_media_type(headers, "application/json") {
        return Err(bad_metadata("the body must be application/json"));
    }
    let metadata = serde_json::from_slice::<Metadata>(body)
        .map_err(|error| bad_metadata(format!("the body is no client metadata: {error}")))?;
    let client = client(metadata)?;
    let answer = registration(&client);
    provider.register(client)?;
    Ok(answer)
}

/// A client that is not known yet.
fn client(metadata: Metadata) -> Result<Client, OAuthError> {
    let method = Method::from_name(&metadata.token_endpoint_auth_method);
    let method = method.ok_or_else(|| bad_metadata("token_endpoint_auth_method is unknown"))?;
    let grant_types = grant_types(&metadata)?;
    let keys = keys(method, metadata.jwks)?;
    let id = random("registered-");
    Ok(Client {
        name: metadata.client_name.unwrap_or_else(|| id.clone()),
        methods: vec![method],
        secret: method.has_secret().then(|| random("registered-secret-")),
        redirect_uris: Some(redirect_uris(metadata.redirect_uris, &grant_types)?),
        grant_types: Some(grant_types),
        keys,
        must_prove: metadata.dpop_bound_access_tokens,
        must_push: metadata.require_pushed_authorization_requests,
        id,
    })
}

/// Section 2, `jwks`: by value, since this server does not go and fetch `jwks_uri`.
fn keys(method: Method, jwks: Option<Value>) -> Result<Option<Value>, OAuthError> {
    match jwks {
        Some(jwks) if JwkSet::parse(&jwks).is_err() => Err(bad_metadata("jwks is no JWKS")),
        None if method == Method::PrivateKeyJwt => Err(bad_metadata("jwks is missing")),
        jwks => Ok(jwks),
    }
}

/// Section 2.1: grants and response types belong together.
fn grant_types(metadata: &Metadata) -> Result<Vec<GrantType>, OAuthError> {
    let known = metadata.grant_types.iter().filter_map(|name| GrantType::from_name(name));
    let known: Vec<_> = known.collect();
    if known.is_empty() {
        return Err(bad_metadata("none of the grant_types is known"));
    }
    let redirects = known.contains(&GrantType::AuthorizationCode);
    let fits = match &metadata.response_types {
        None => true,
        Some(types) if redirects => types.iter().map(String::as_str).eq(["code"]),
        Some(types) => types.is_empty(),
    };
    if fits { Ok(known) } else { Err(bad_metadata("response_types do not fit the grant_types")) }
}

fn redirect_uris(
    redirect_uris: Vec<String>,
    grant_types: &[GrantType],
) -> Result<Vec<String>, OAuthError> {
    if grant_types.contains(&GrantType::AuthorizationCode) && redirect_uris.is_empty() {
        return Err(OAuthError::new("invalid_redirect_uri", "redirect_uris is missing"));
    }
    match redirect_uris.iter().find(|uri| !is_good(uri)) {
        None => Ok(redirect_uris),
        Some(_) => Err(OAuthError::new(
            "invalid_redirect_uri",
            "a redirect URI is https, http on loopback, or of a private scheme with a dot",
        )),
    }
}

/// RFC 8252 sections 7 and 8.4, and RFC 6749 section 3.1.2: no fragment.
fn is_good(redirect_uri: &str) -> bool {
    let Ok(url) = Url::parse(redirect_uri) else { return false };
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let fits = match url.scheme() {
        "https" => url.has_host(),
        "http" => loopback,
        scheme => scheme.contains('.'),
    };
    fits && url.fragment().is_none()
}

/// Section 3.2.1: everything that is registered now.
fn registration(client: &Client) -> Value {
    let grant_types = client.grant_types.iter().flatten();
    let grant_types: Vec<_> = grant_types.map(|grant_type| grant_type.name()).collect();
    let redirects = grant_types.contains(&GrantType::AuthorizationCode.name());
    let mut answer = Map::new();
    let mut tell = |name: &str, value: Value| drop(answer.insert(name.to_owned(), value));
    tell("client_id", client.id.clone().into());
    tell("client_id_issued_at", unix_time().into());
    if let Some(secret) = &client.secret {
        tell("client_secret", secret.clone().into());
        // It never expires.
        tell("client_secret_expires_at", 0.into());
    }
    tell("client_name", client.name.clone().into());
    tell("redirect_uris", json!(client.redirect_uris));
    tell("grant_types", grant_types.into());
    tell("response_types", if redirects { json!(["code"]) } else { json!([]) });
    for method in &client.methods {
        tell("token_endpoint_auth_method", method.name().into());
    }
    if let Some(keys) = &client.keys {
        tell("jwks", keys.clone());
    }
    tell("dpop_bound_access_tokens", client.must_prove.into());
    tell("require_pushed_authorization_requests", client.must_push.into());
    Value::Object(answer)
}

fn bad_metadata(reason: impl Into<String>) -> OAuthError {
    OAuthError::new("invalid_client_metadata", reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_leads_to_an_app_and_to_nobody_else() {
        for good in
            ["https://app.example/cb", "http://127.0.0.1/cb", "http://[::1]:1/", "com.example:/cb"]
        {
            assert!(is_good(good), "{good}");
        }
        for bad in
            ["http://app.example/cb", "https://app.example/#x", "javascript:alert(1)", "/cb", ""]
        {
            assert!(!is_good(bad), "{bad}");
        }
    }
}
