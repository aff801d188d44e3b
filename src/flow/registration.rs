//! Dynamic client registration (RFC 7591): the provider gives a client to whoever asks.

use super::failure::{FlowError, check_success};
use crate::credential::Client as OAuthClient;
use crate::definition::hosts::Hosts;
use crate::definition::{ClientAuthentication, GrantType, OAuth2};
use crate::http::Client;
use crate::request::{Body, Request, RequestError};
use crate::secret::Secret;
use crate::template::Scope;
use serde_json::{Value, json};
use url::Url;

/// Asks for a client with this redirect URI.
///
/// # Errors
/// The provider refuses, or its answer names no client.
pub async fn register(
    http: &Client,
    oauth2: &OAuth2,
    redirect_uris: &[String],
    scope: &Scope,
) -> Result<OAuthClient, FlowError> {
    let Some(endpoint) = &oauth2.registration else {
        return Err(FlowError::NoEndpoint("registration_endpoint"));
    };
    let url = endpoint.require(scope)?;
    let url = Url::parse(&url).map_err(|_| RequestError::Url(endpoint.source().to_owned()))?;
    // Nothing secret goes along.
    let hosts = Hosts::new(url.host_str().map(ToOwned::to_owned));
    let mut request = Request {
        method: http::Method::POST,
        url,
        headers: Vec::new(),
        body: Body::Json(metadata(oauth2, redirect_uris)),
    };
    request.set_header("accept", "application/json")?;
    let answer = http.send("client registration", &request, &hosts).await?;
    check_success("client registration", &request, &answer, None, scope, http)?;
    let text = |name: &str| answer.value[name].as_str().filter(|text| !text.is_empty());
    let id = text("client_id").ok_or_else(|| FlowError::Incomplete {
        request: "the client registration".to_owned(),
        missing: "client_id".to_owned(),
        html: answer.is_html(),
    })?;
    let secret = text("client_secret").map(Secret::from);
    if let Some(secret) = &secret {
        http.learn("client_secret", secret);
    }
    Ok(OAuthClient { secret, ..OAuthClient::public(id) })
}

/// RFC 7591 section 2: a native app on this machine.
fn metadata(oauth2: &OAuth2, redirect_uris: &[String]) -> Value {
    let grants = oauth2.grants.iter().map(|grant| grant.parameter());
    let grants: Vec<&str> = grants.chain(["refresh_token"]).collect();
    let mut metadata = json!({
        "client_name": "tieline",
        "application_type": "native",
        "grant_types": grants,
        "token_endpoint_auth_method": authentication(oauth2).name(),
    });
    if oauth2.grants.contains(&GrantType::AuthorizationCode) {
        metadata["redirect_uris"] = json!(redirect_uris);
        metadata["response_types"] = json!(["code"]);
    }
    if !oauth2.scopes.is_empty() {
        metadata["scope"] = oauth2.scopes.join(&oauth2.scope_separator).into();
    }
    metadata
}

/// A native app keeps no secret that others could not read (RFC 8252 section 8.4): it asks for none
/// where that is offered.
fn authentication(oauth2: &OAuth2) -> ClientAuthentication {
    let offered = oauth2.metadata.as_ref().map(|m| &m.token_endpoint_auth_methods_supported);
    let public = offered.is_none_or(|names| names.is_empty() || names.iter().any(|n| n == "none"));
    match oauth2.client_authentication {
        Some(written) => written,
        None if public => ClientAuthentication::None,
        None => oauth2.client_authentication_at(None),
    }
}
