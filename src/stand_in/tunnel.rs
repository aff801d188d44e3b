//! The way in: a forward proxy that opens a tunnel (RFC 9110 section 9.3.6) to nobody but itself, and
//! answers inside it as the host that was asked for.

use super::service::Service;
use super::wire::Wire;
use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use url::Url;

/// The longest request body that is judged, in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// One connection, from its first request to its last.
pub(super) async fn serve(stream: TcpStream, service: Arc<Service>) {
    let outside = service_fn(move |request| {
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(outer(request, service).await) }
    });
    // Whoever hangs up has said what there was to say.
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), outside);
    let _ = connection.with_upgrades().await;
}

async fn outer(request: hyper::Request<Incoming>, service: Arc<Service>) -> Response {
    if request.method() != Method::CONNECT {
        return match Url::parse(&request.uri().to_string()) {
            Ok(url) => inner(request, &url.origin().ascii_serialization(), &service).await,
            Err(_) => refusal("this is a proxy: name it in https_proxy"),
        };
    }
    let Some(authority) = request.uri().authority().cloned() else {
        return refusal("CONNECT names a host and a port");
    };
    tokio::spawn(async move {
        if let Ok(upgraded) = hyper::upgrade::on(request).await {
            tunnel(TokioIo::new(upgraded), authority.as_str(), service).await;
        }
    });
    Response::new(Body::empty())
}

/// What happens inside a tunnel. A client that does not trust the authority hangs up.
async fn tunnel(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    authority: &str,
    service: Arc<Service>,
) {
    let Ok(url) = Url::parse(&format!("https://{authority}")) else { return };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let Ok(acceptor) = service.authority.acceptor(&host) else { return };
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let origin = url.origin().ascii_serialization();
    let inside = service_fn(move |request| {
        let (service, origin) = (Arc::clone(&service), origin.clone());
        async move { Ok::<_, Infallible>(inner(request, &origin, &service).await) }
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), inside).await;
}

async fn inner(request: hyper::Request<Incoming>, origin: &str, service: &Service) -> Response {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let Ok(url) = Url::parse(&format!("{origin}{target}")) else {
        return refusal("the address is none");
    };
    let Ok(body) = to_bytes(Body::new(body), MAX_BODY).await else {
        return refusal("the body is too long, or broke off");
    };
    service.answer(Wire { method: parts.method, url, headers: parts.headers, body }).await
}

fn refusal(text: &'static str) -> Response {
    (StatusCode::BAD_REQUEST, format!("{text}\n")).into_response()
}
