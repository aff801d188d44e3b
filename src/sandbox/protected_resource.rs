//! Defines a protected resource that tells who gives tokens for it (RFC 9728): a server that
//! speaks the Model Context Protocol, and demands tokens that are for it and for nothing else.

use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};

use crate::jose::Algorithm;

use super::access_token::{self, Call, Refused};
use super::called::Called;
use super::ledger::Authority;
use super::misbehave;
use super::provider::Provider;
use super::scope::SCOPES;

/// The protocol's version that the resource speaks.
const PROTOCOL_VERSION: &str = "2025-06-18";
/// No message is longer, in bytes.
const MAX_MESSAGE: usize = 1024 * 1024;

/// `GET /.well-known/oauth-protected-resource/mcp`
pub(super) async fn metadata(
    State(provider): State<Arc<Provider>>,
    Extension(called): Extension<Called>,
) -> Response {
    let metadata = json!({
        "resource": resource(&called),
        "authorization_servers": [called.origin],
        "scopes_supported": SCOPES.map(|(name, _)| name),
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": Algorithm::ASYMMETRIC.map(Algorithm::name),
        "resource_name": "Sandbox (MCP)",
    });
    let Value::Object(mut metadata) = metadata else {
        return StatusCode::NOT_FOUND.into_response();
    };
    misbehave::resource_metadata(&provider.switches, &mut metadata);
    Json(metadata).into_response()
}

fn resource(called: &Called) -> String {
    format!("{}/mcp", called.origin)
}

/// `/mcp`
pub(super) async fn mcp(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let called = Called::of(&parts.extensions);
    let Ok(body) = to_bytes(body, MAX_MESSAGE).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if let Err(refused) = authority(&provider, &parts, &called) {
        let metadata = format!("{}/.well-known/oauth-protected-resource/mcp", called.origin);
        let tried = parts.headers.contains_key(header::AUTHORIZATION);
        return refused.response(&format!(r#"resource_metadata="{metadata}""#), tried);
    }
    match parts.method {
        Method::POST => message(&body),
        Method::GET if !accepts_events(&parts.headers) => {
            let about =
                json!({"resource": resource(&called), "protocol": "mcp", "post": "JSON-RPC"});
            Json(about).into_response()
        }
        // The protocol's Streamable HTTP: 405 where there is no stream of events.
        _ => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, POST")]).into_response(),
    }
}

fn authority(provider: &Provider, parts: &Parts, called: &Called) -> Result<Authority, Refused> {
    let header = parts.headers.get(header::AUTHORIZATION).ok_or("there is no access token")?;
    let header = header.to_str().map_err(|_| "the Authorization header is not Bearer")?;
    let authority = access_token::authority(provider, header, &Call::new(parts, called))?;
    // RFC 8707 section 2: a token for everything would be good at the next resource, too.
    if !authority.audience.contains(&resource(called)) {
        return Err("the access token was not issued for this resource".into());
    }
    Ok(authority)
}

fn accepts_events(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/event-stream"))
}

/// A JSON-RPC 2.0 message; a notification, which has no id, gets no answer.
fn message(body: &Bytes) -> Response {
    let Ok(message) = serde_json::from_slice::<Value>(body) else {
        return error(&Value::Null, -32700, "Parse error");
    };
    let Some(id) = message.get("id") else { return StatusCode::ACCEPTED.into_response() };
    let result = match message["method"].as_str() {
        Some("initialize") => json!({
            "protocolVersion": PROTOCOL_VERSION,
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "sandbox", "version": env!("CARGO_PKG_VERSION")},
        }),
        Some("ping") => json!({}),
        Some("tools/list") => json!({"tools": []}),
        Some(_) => return error(id, -32601, "Method not found"),
        None => return error(id, -32600, "Invalid Request"),
    };
    Json(json!({"jsonrpc": "2.0", "id": id, "result": result})).into_response()
}

fn error(id: &Value, code: i32, message: &str) -> Response {
    let error = json!({"code": code, "message": message});
    Json(json!({"jsonrpc": "2.0", "id": id, "error": error})).into_response()
}
