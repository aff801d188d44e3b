//! Defines what every request must pass: it was meant for this computer, and it is counted.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::called::Called;
use super::host::{host, is_loopback, origin};
use super::provider::Provider;

/// Turns away what another web site could make a browser send, then counts.
pub(super) async fn guard(
    State(provider): State<Arc<Provider>>,
    mut request: Request,
    next: Next,
) -> Response {
    // After DNS rebinding the browser still names the attacker's host.
    if !host(request.headers()).is_some_and(is_loopback) {
        return (StatusCode::MISDIRECTED_REQUEST, "this server answers to loopback only\n")
            .into_response();
    }
    if is_cross_site(&request) {
        return (StatusCode::FORBIDDEN, "no web page may ask for this\n").into_response();
    }
    let counted = !request.uri().path().starts_with("/sandbox/");
    if counted {
        provider.count_request(request.uri().path());
    }
    let called = Called::new(request.headers(), request.uri().path());
    request.extensions_mut().insert(called);
    let response = next.run(request).await;
    if counted && matches!(response.status().as_u16(), 400 | 401 | 403) {
        provider.count(|counters| counters.refused += 1);
    }
    response
}

/// The controls are for programs, so no browser may send them; the forms of the consent
/// pages come from their own origin.
fn is_cross_site(request: &Request) -> bool {
    let Some(from) = request.headers().get(header::ORIGIN) else { return false };
    let path = request.uri().path();
    path.starts_with("/sandbox/")
        || (path.ends_with("/decide") && from.as_bytes() != origin(request.headers()).as_bytes())
}
