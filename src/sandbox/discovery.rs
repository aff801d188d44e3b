//! Defines the metadata that says where everything is (RFC 8414, OpenID Connect Discovery 1.0).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Map, Value, json};

use crate::jose::Algorithm;

use super::called::Called;
use super::client::{Method, SYMMETRIC};
use super::grants::GrantType;
use super::misbehave;
use super::provider::Provider;
use super::scope::SCOPES;

/// `GET /.well-known/oauth-authorization-server`, and with the path of a tenant behind it (RFC 8414
/// section 3.1).
pub(super) async fn oauth(
    State(provider): State<Arc<Provider>>,
    Extension(called): Extension<Called>,
) -> Response {
    if misbehave::has_no_oauth_metadata(&provider.switches) {
        return StatusCode::NOT_FOUND.into_response();
    }
    answer(&provider, metadata(&called))
}

/// `GET /.well-known/openid-configuration`, behind the path of a tenant (OpenID Connect Discovery
/// section 4) or before it.
pub(super) async fn openid(
    State(provider): State<Arc<Provider>>,
    Extension(called): Extension<Called>,
) -> Response {
    answer(&provider, metadata(&called))
}

fn answer(provider: &Provider, mut metadata: Map<String, Value>) -> Response {
    misbehave::metadata(&provider.switches, &mut metadata);
    Json(metadata).into_response()
}

fn metadata(called: &Called) -> Map<String, Value> {
    let methods = Method::ALL.map(Method::name);
    let confidential: Vec<_> = methods.into_iter().filter(|name| *name != "none").collect();
    let signing = Algorithm::ASYMMETRIC.into_iter();
    let mut metadata = endpoints(called);
    let supported = [
        ("scopes_supported", json!(SCOPES.map(|(name, _)| name))),
        ("response_types_supported", json!(["code"])),
        ("response_modes_supported", json!(["query", "form_post"])),
        ("grant_types_supported", json!(GrantType::ALL.map(GrantType::name))),
        ("code_challenge_methods_supported", json!(["S256"])),
        ("token_endpoint_auth_methods_supported", json!(methods)),
        ("revocation_endpoint_auth_methods_supported", json!(methods)),
        ("introspection_endpoint_auth_methods_supported", json!(confidential)),
        (
            "token_endpoint_auth_signing_alg_values_supported",
            json!(signing.clone().chain(SYMMETRIC).map(Algorithm::name).collect::<Vec<_>>()),
        ),
        (
            "dpop_signing_alg_values_supported",
            json!(signing.map(Algorithm::name).collect::<Vec<_>>()),
        ),
        ("subject_types_supported", json!(["public"])),
        ("id_token_signing_alg_values_supported", json!([Algorithm::Es256.name()])),
        ("claims_supported", json!(["sub", "name", "email"])),
        ("authorization_response_iss_parameter_supported", json!(true)),
        ("require_pushed_authorization_requests", json!(false)),
    ];
    metadata.extend(supported.map(|(name, value)| (name.to_owned(), value)));
    metadata
}

/// User information is part of the API, which tenants share.
fn endpoints(called: &Called) -> Map<String, Value> {
    let Called { issuer, origin, .. } = called;
    let below = [
        ("authorization_endpoint", "/authorize"),
        ("token_endpoint", "/token"),
        ("device_authorization_endpoint", "/device_authorization"),
        ("pushed_authorization_request_endpoint", "/par"),
        ("registration_endpoint", "/register"),
        ("revocation_endpoint", "/revoke"),
        ("introspection_endpoint", "/introspect"),
        ("jwks_uri", "/jwks"),
    ];
    let below = below.map(|(name, path)| (name, format!("{issuer}{path}")));
    let mut endpoints = Map::new();
    endpoints.insert("issuer".to_owned(), issuer.clone().into());
    endpoints.extend(below.map(|(name, url)| (name.to_owned(), url.into())));
    endpoints.insert("userinfo_endpoint".to_owned(), format!("{origin}/userinfo").into());
    endpoints
}
