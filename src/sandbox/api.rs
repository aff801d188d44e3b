//! Defines the API beneath each type's prefix: an echo, and answers of every shape to order.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;

use super::authenticate::{authenticate, drain};
use super::authorization_type::AuthorizationType;
use super::echo::{digest, echo};
use super::host::origin;
use super::provider::Provider;
use super::{misbehave, user_info};

/// How many bytes of a download are in memory at once.
const CHUNK: usize = 16 * 1024;
/// How many pages `/api/pages` has.
const PAGES: u32 = 3;
/// How many items a page has.
const PAGE: u32 = 2;

/// User information and the API of one type, behind its authentication.
pub(super) fn routes(kind: AuthorizationType, provider: &Arc<Provider>) -> Router<Arc<Provider>> {
    let prefix = kind.prefix();
    let api = Router::new()
        .route(&format!("{prefix}/api"), any(echo))
        .route(&format!("{prefix}/api/{{*path}}"), any(echo))
        .route(&format!("{prefix}/api/upload"), any(upload))
        .route(&format!("{prefix}/api/download"), get(download))
        .route(&format!("{prefix}/api/pages"), get(pages))
        .route(&format!("{prefix}/api/status/{{code}}"), any(status))
        .route(&format!("{prefix}/api/redirect"), any(redirect))
        .route(&format!("{prefix}/api/text"), get(|| async { "plain text\n" }))
        .route(&format!("{prefix}/api/html"), get(|| async { Html("<p>a page</p>\n") }))
        .route_layer(middleware::from_fn_with_state(Arc::clone(provider), misbehaving));
    let user_info = format!("{prefix}{}", kind.user_info());
    let state = (Arc::clone(provider), kind);
    api.route(&user_info, get(user_info::user_info))
        .route_layer(middleware::from_fn_with_state(state, authenticate))
}

async fn misbehaving(
    State(provider): State<Arc<Provider>>,
    request: Request,
    next: Next,
) -> Response {
    match misbehave::instead_of_api(&provider.switches) {
        Some(answer) => {
            drain(request.into_body()).await;
            answer
        }
        None => next.run(request).await,
    }
}

async fn upload(body: Body) -> Response {
    match digest(body).await {
        Ok(digest) => {
            Json(json!({"length": digest.length, "sha256": digest.sha256})).into_response()
        }
        Err(_) => bad_request("the body broke off"),
    }
}

#[derive(Deserialize)]
struct Download {
    bytes: u64,
}

async fn download(Query(Download { bytes }): Query<Download>) -> Response {
    let chunks = stream::unfold(bytes, |left| async move {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK);
        (length > 0).then(|| {
            (Ok::<_, std::io::Error>(Bytes::from(vec![b'.'; length])), left - length as u64)
        })
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_LENGTH, HeaderValue::from(bytes)),
    ];
    (headers, Body::from_stream(chunks)).into_response()
}

async fn status(Path((code,)): Path<(u16,)>) -> Response {
    let status = StatusCode::from_u16(code).ok().filter(|status| !status.is_informational());
    let Some(status) = status else { return bad_request("a status is between 200 and 999") };
    // RFC 9110: these have no content.
    if matches!(code, 204 | 205 | 304) {
        return status.into_response();
    }
    let reason = status.canonical_reason().unwrap_or("unknown");
    (status, Json(json!({"status": code, "reason": reason}))).into_response()
}

#[derive(Deserialize)]
struct Redirect {
    to: String,
}

async fn redirect(Query(Redirect { to }): Query<Redirect>) -> Response {
    match HeaderValue::from_str(&to) {
        Ok(location) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
        Err(_) => bad_request("the URL cannot be in a header"),
    }
}

#[derive(Deserialize)]
struct Page {
    page: Option<u32>,
    offset: Option<u32>,
    cursor: Option<String>,
}

/// A list in pages that every sort of `pagination` can turn: by a `Link` header (RFC 8288), a URL or
/// a cursor in the answer, an offset or a page's number.
async fn pages(Query(asked): Query<Page>, request: Request) -> Response {
    let cursor = asked.cursor.and_then(|cursor| cursor.strip_prefix("after-")?.parse().ok());
    let page = asked.page.or(asked.offset.or(cursor).map(|items| items / PAGE + 1)).unwrap_or(1);
    let (server, path) = (origin(request.headers()), request.uri().path());
    let more = page < PAGES;
    let next = more.then(|| format!("{server}{path}?page={}", page + 1));
    let items = if (1..=PAGES).contains(&page) { vec![page * 2 - 1, page * 2] } else { Vec::new() };
    let link = next.as_ref().map(|next| [(header::LINK, format!("<{next}>; rel=\"next\""))]);
    let body = Json(json!({
        "items": items,
        "page": page,
        "pages": PAGES,
        "total": PAGES * PAGE,
        "more": more,
        "next": next,
        "cursor": more.then(|| format!("after-{}", page * PAGE)),
    }));
    match link {
        Some(link) => (link, body).into_response(),
        None => body.into_response(),
    }
}

fn bad_request(reason: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": reason}))).into_response()
}
