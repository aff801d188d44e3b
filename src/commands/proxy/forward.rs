//! Forwarding: a request as it came in becomes one that is authenticated, and its answer goes back.
//! Bodies are streams in both directions, unless the credential has to go into them or is a signature
//! over them.

use super::admission::{Admission, Refusal};
use super::message;
use super::rule::Rules;
use crate::accounts::Opened;
use crate::commands::App;
use crate::definition::Signature;
use crate::error::{Error, Kind};
use crate::flow::explain::{Doing, explain};
use crate::flow::{FlowError, Session};
use crate::http::Client;
use crate::refresh::Surroundings;
use crate::request::{self, Body as RequestBody, Request};
use crate::terminal::Style;
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use hyper::body::Incoming;
use std::time::Instant;
use tokio::sync::Mutex;

/// How much of a body is held, in bytes, where it has to be held at all.
const MAX_HELD: usize = 16 * 1024 * 1024;
/// Up to which length, in bytes, a body is held so that it can be sent again with another token.
const REPEATED: u64 = 64 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";

/// What every request to a proxy needs.
pub(super) struct Forwarder<'a> {
    pub(super) app: &'a App,
    pub(super) around: Surroundings<'a>,
    /// The account as it was last renewed.
    pub(super) opened: Mutex<Opened>,
    pub(super) admission: Admission,
    pub(super) rules: Rules,
    /// `http://127.0.0.1:PORT`.
    pub(super) own: String,
}

/// A body on its way up.
enum Upload {
    /// It was read, since the credential goes into it or a signature is over it.
    Held(RequestBody),
    /// It was read because it is short.
    Short(Bytes),
    /// It can be sent once.
    Stream(Option<Incoming>),
}

/// A request that has been answered.
struct Sent {
    request: Request,
    response: reqwest::Response,
    /// What the paths of the proxy stand for.
    base_url: String,
}

impl Forwarder<'_> {
    /// Answers a request. Whatever happens, there is an answer, and a line in the log.
    pub(super) async fn answer(&self, incoming: http::Request<Incoming>) -> Response<Body> {
        let started = Instant::now();
        let line = format!("{} {}", incoming.method(), incoming.uri().path());
        let http = self.around.http.sibling();
        let response = match self.forward(&http, incoming).await {
            Ok(response) => response,
            Err((status, text)) => refusal(status, &text),
        };
        let took = self
            .app
            .terminal
            .paint(Style::Dim, &format!("{:>5} ms", started.elapsed().as_millis()));
        let shown = crate::text::printable(&http.mask(&line));
        self.app.terminal.say(format!("{} {took}  {shown}", response.status().as_u16()));
        crate::commands::trace::print(&self.app.terminal, &http);
        response
    }

    async fn forward(
        &self,
        http: &Client,
        mut incoming: http::Request<Incoming>,
    ) -> Result<Response<Body>, Refusal> {
        let upgraded = hyper::upgrade::on(&mut incoming);
        let (parts, body) = incoming.into_parts();
        self.admission.check(&parts)?;
        if !self.rules.allow(&parts.method, parts.uri.path()) {
            return Err((
                StatusCode::FORBIDDEN,
                "no `--allow` of this proxy lets that pass".into(),
            ));
        }
        let mut upload = self.upload(&parts, body).await?;
        let mut opened = self.fresh(http, None).await?;
        let mut sent = self.send(http, &opened, &parts, &mut upload).await?;
        let refused = sent.response.status() == StatusCode::UNAUTHORIZED;
        if refused && opened.account.renewable && !matches!(upload, Upload::Stream(_)) {
            opened = self.fresh(http, Some(&opened.account.revision)).await?;
            sent = self.send(http, &opened, &parts, &mut upload).await?;
        }
        let Sent { request, response, base_url } = sent;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return Ok(switch(response, upgraded));
        }
        let mut headers = message::back(response.headers());
        if let Some(target) = headers.get("location").and_then(|value| value.to_str().ok()) {
            let target = message::location(target, &base_url, &request.url, &self.own);
            if let Ok(target) = HeaderValue::from_str(&http.mask(&target)) {
                headers.insert("location", target);
            }
        }
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = headers;
        *answer.body_mut() = Body::from_stream(response.bytes_stream());
        Ok(answer)
    }

    /// The account with a credential that is good; `refused` is the revision that the app did not
    /// accept. One request renews, and the others wait for it.
    async fn fresh(&self, http: &Client, refused: Option<&str>) -> Result<Opened, Refusal> {
        let mut kept = self.opened.lock().await;
        let refused = refused.is_some_and(|revision| revision == kept.account.revision);
        let around = Surroundings { http, ..self.around };
        let (opened, _) = around.fresh(kept.clone(), refused).await.map_err(|e| told(&e))?;
        *kept = opened.clone();
        Ok(opened)
    }

    async fn upload(&self, parts: &Parts, body: Incoming) -> Result<Upload, Refusal> {
        let empty = hyper::body::Body::is_end_stream(&body);
        if empty || message::upgrade(&parts.headers).is_some() {
            return Ok(Upload::Held(RequestBody::Empty));
        }
        let placement = &self.around.auth.request;
        let reads_body = placement.templates().any(|template| template.reads("request"));
        let signs_forms = matches!(&placement.signature, Some(Signature::OAuth1(_)));
        let kind = parts.headers.get("content-type").and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let is_form = kind.eq_ignore_ascii_case(FORM);
        let signs = matches!(&placement.signature, Some(Signature::AwsSigV4(_)));
        let holds = !placement.params.is_empty() || reads_body || signs || signs_forms && is_form;
        if !holds {
            return Ok(match hyper::body::Body::size_hint(&body).upper() {
                Some(length) if length <= REPEATED => {
                    Upload::Short(to_bytes(Body::new(body), MAX_HELD).await.map_err(broke_off)?)
                }
                _ => Upload::Stream(Some(body)),
            });
        }
        let too_long = |_| {
            let text = format!("the app signs bodies, and this one is over {MAX_HELD} bytes");
            (StatusCode::PAYLOAD_TOO_LARGE, text)
        };
        let bytes = to_bytes(Body::new(body), MAX_HELD).await.map_err(too_long)?;
        let text = String::from_utf8(bytes.into()).map_err(|_| {
            (StatusCode::BAD_REQUEST, "the app signs bodies, and this one is no text".to_owned())
        })?;
        let opened = !placement.params.is_empty();
        let json = kind.eq_ignore_ascii_case("application/json");
        Ok(Upload::Held(match serde_json::from_str(&text) {
            Ok(value) if opened && json => RequestBody::Json(value),
            _ if opened && is_form => RequestBody::Form(
                url::form_urlencoded::parse(text.as_bytes()).into_owned().collect(),
            ),
            _ => RequestBody::Text(text),
        }))
    }

    /// Sends it, and once more if the server only wants its nonce in the proof of possession.
    async fn send(
        &self,
        http: &Client,
        opened: &Opened,
        parts: &Parts,
        upload: &mut Upload,
    ) -> Result<Sent, Refusal> {
        let around = Surroundings { http, ..self.around };
        let session = around.session(opened, false).await.map_err(|error| told(&error))?;
        let wrong = |error| told(&explain(error, self.around.definition, &opened.id, Doing::Test));
        let (body, mut stream) = match upload {
            Upload::Held(body) => (body.clone(), None),
            Upload::Short(bytes) => (RequestBody::Stream, Some(bytes.clone().into())),
            Upload::Stream(incoming) => {
                (RequestBody::Stream, incoming.take().map(reqwest::Body::wrap))
            }
        };
        let (base_url, mut request) = self.make(&session, parts, body).map_err(wrong)?;
        let response = once(http, &session, &mut request, stream.take()).await.map_err(wrong)?;
        let again = match upload {
            Upload::Held(_) => Some(None),
            Upload::Short(bytes) => Some(Some(bytes.clone().into())),
            Upload::Stream(_) => None,
        };
        let response = match again {
            Some(body) if wants_nonce(&session, &request, &response) => {
                once(http, &session, &mut request, body).await.map_err(wrong)?
            }
            _ => response,
        };
        Ok(Sent { request, response, base_url })
    }

    /// The request for the API: what was sent, and over it what authenticates it.
    fn make(
        &self,
        session: &Session<'_>,
        parts: &Parts,
        body: RequestBody,
    ) -> Result<(String, Request), FlowError> {
        let auth = self.around.auth;
        let scope = session.scope();
        let base_url = session.base_url(&scope).map_err(request::RequestError::from)?;
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let url = request::resolve(target, &base_url, parts.uri.path())?;
        let headers = message::onwards(&parts.headers);
        let mut request = Request { method: parts.method.clone(), url, headers, body };
        request::place_headers(&mut request, &auth.headers, &scope)?;
        request::authenticate(&mut request, &auth.request, &scope)?;
        if let Some(protocol) = message::upgrade(&parts.headers) {
            request.headers.push((http::header::UPGRADE, protocol.clone()));
            request.headers.push((http::header::CONNECTION, HeaderValue::from_static("upgrade")));
        }
        session.sign(&mut request, auth.request.signature.as_ref(), &scope)?;
        Ok((base_url, request))
    }
}

async fn once(
    http: &Client,
    session: &Session<'_>,
    request: &mut Request,
    stream: Option<reqwest::Body>,
) -> Result<reqwest::Response, FlowError> {
    if let Some(dpop) = &session.dpop {
        dpop.prove(request, session.credential.access_token.as_ref())?;
    }
    Ok(http.pass("proxy", request, stream, &session.hosts).await?)
}

/// RFC 9449 section 9: a refusal that brings the nonce it wants.
fn wants_nonce(session: &Session<'_>, request: &Request, response: &reqwest::Response) -> bool {
    let nonce = response.headers().get("dpop-nonce").and_then(|value| value.to_str().ok());
    let is_new = session.dpop.as_ref().is_some_and(|dpop| dpop.note_nonce(request, nonce));
    is_new && response.status() == StatusCode::UNAUTHORIZED
}

/// Both sides speak another protocol from now on: what comes in goes out.
fn switch(response: reqwest::Response, upgraded: hyper::upgrade::OnUpgrade) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    *answer.headers_mut() = message::back(response.headers());
    for name in [http::header::UPGRADE, http::header::CONNECTION] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    tokio::spawn(async move {
        let (Ok(near), Ok(mut far)) = tokio::join!(upgraded, response.upgrade()) else { return };
        let mut near = hyper_util::rt::TokioIo::new(near);
        // Either side may hang up at any time.
        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
    });
    answer
}

fn broke_off(_: axum::Error) -> Refusal {
    (StatusCode::BAD_REQUEST, "the body broke off".to_owned())
}

/// A failure of ours as an answer: what people would be told, without anything secret.
fn told(error: &Error) -> Refusal {
    let status = match error.kind {
        Kind::Network => StatusCode::GATEWAY_TIMEOUT,
        Kind::Usage => StatusCode::BAD_REQUEST,
        _ => StatusCode::BAD_GATEWAY,
    };
    let mut lines = vec![error.message.clone()];
    lines.extend(error.causes.iter().map(|cause| format!("caused by: {cause}")));
    lines.extend(error.hints.iter().map(|hint| format!("hint: {hint}")));
    (status, lines.join("\n"))
}

fn refusal(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("tieline: {text}\n")));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("text/plain; charset=utf-8"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert("www-authenticate", HeaderValue::from_static("Bearer realm=\"tieline\""));
    }
    response
}
