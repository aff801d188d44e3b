//! The HTTP client: everything that goes over the wire goes through [`Client::send`] or
//! [`Client::stream`], which check the host first and note the exchange in the one trace.

mod error;
mod network;
mod pool;
pub mod purpose;
pub mod redaction;
pub mod timing;
pub mod trace;

pub use error::HttpError;
pub use network::Network;

use crate::answer::{Answer, MAX_BYTES};
use crate::definition::hosts::{Hosts, is_loopback};
use crate::request::{Body, Request};
use crate::secret::Secret;
use pool::Pool;
use redaction::Redactor;
use reqwest::Response;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use timing::{Timing, Watch};
use trace::{Exchange, Received, Trace};
use url::Url;

/// How many redirects an API call follows.
const MAX_REDIRECTS: usize = 5;

/// The client.
pub struct Client {
    pool: Rc<Pool>,
    timeout: Duration,
    /// When all of it must be over, however many requests there are.
    deadline: Option<Instant>,
    /// What is answered in place of the network, each with what it is asked for.
    recorded: Option<RefCell<Vec<(String, Answer)>>>,
    trace: RefCell<Trace>,
    redactor: RefCell<Redactor>,
}

impl Client {
    /// A client whose requests go the way of `network` and end after `timeout`.
    #[must_use]
    pub fn new(timeout: Duration, network: Network) -> Self {
        Self::over(Rc::new(Pool::new(network)), timeout)
    }

    fn over(pool: Rc<Pool>, timeout: Duration) -> Self {
        let (trace, redactor) = (RefCell::default(), RefCell::default());
        Self { pool, timeout, deadline: None, recorded: None, trace, redactor }
    }

    /// Another client over the same connections, with a trace of its own.
    #[must_use]
    pub fn sibling(&self) -> Self {
        let deadline = self.deadline;
        Self { deadline, ..Self::over(Rc::clone(&self.pool), self.timeout) }
    }

    /// The same client, none of whose requests lasts beyond `deadline`. What was begun is not dropped
    /// then, but ends as a request that nobody answered: a refresh still stores what it must.
    #[must_use]
    pub fn until(self, deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// The same client without a network: each request gets the next of these answers that was given
    /// to one with its purpose.
    #[must_use]
    pub fn answering(self, answers: Vec<(String, Answer)>) -> Self {
        Self { recorded: Some(answers.into()), ..self }
    }

    /// Shows a certificate from now on (RFC 8705): `pem` holds it and its private key.
    ///
    /// # Errors
    /// It is no certificate with its key.
    pub fn identify(&self, pem: &Secret) -> Result<(), HttpError> {
        self.pool.identify(pem)
    }

    /// What the environment says of the way to a server.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.pool.network
    }

    /// Notes a secret under a name: from now on nothing that is shown contains it.
    pub fn learn(&self, name: &str, secret: &Secret) {
        self.redactor.borrow_mut().learn(name, secret);
    }

    /// Masks every secret in a text.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        self.redactor.borrow().mask(text)
    }

    /// Masks a header's value, by the header's name too.
    #[must_use]
    pub fn mask_header(&self, name: &str, value: &str) -> String {
        self.redactor.borrow().mask_header(name, value)
    }

    /// Every exchange so far, masked.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        let trace = self.trace.borrow();
        let mut redactor = self.redactor.borrow_mut();
        trace.teach(&mut redactor);
        trace.masked(&redactor)
    }

    /// Notes something that was decided, and why.
    pub fn note(&self, text: impl Into<String>) {
        self.trace.borrow_mut().note(text.into(), None, None);
    }

    /// Notes what a check came to, and which section of which standard asks for it.
    pub fn note_check(&self, passed: bool, text: impl Into<String>, rule: &'static str) {
        self.trace.borrow_mut().note(text.into(), Some(passed), Some(rule));
    }

    /// Notes what the browser asked, and how long that took.
    pub fn note_browsed(&self, purpose: &str, url: &Url, took: Duration) {
        self.trace.borrow_mut().add_browsed(purpose, url, Timing::of(took));
    }

    /// Notes a command of another protocol, and what came back.
    pub fn note_command(&self, purpose: &str, line: &str, received: Received, took: Duration) {
        self.trace.borrow_mut().add_command(purpose, line, received, took);
    }

    /// How long each answer may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        let left = self.deadline.map(|at| at.saturating_duration_since(Instant::now()));
        left.map_or(self.timeout, |left| left.min(self.timeout))
    }

    /// Sends a request and reads its answer whole. Redirects are not followed: an answer that
    /// redirects is an answer.
    ///
    /// # Errors
    /// The host is not allowed, nobody answers, or the answer is too long.
    pub async fn send(
        &self,
        purpose: &str,
        request: &Request,
        hosts: &Hosts,
    ) -> Result<Answer, HttpError> {
        hosts.check(&request.url)?;
        let watch = Watch::start();
        let result = match &self.recorded {
            Some(recorded) => next(&mut recorded.borrow_mut(), purpose),
            None => self.exchange(request, &watch).await,
        };
        let received = match &result {
            Ok((answer, version)) => Received::Answer {
                status: answer.status,
                version: *version,
                headers: answer.headers.clone(),
                body: Some(answer.text.clone()),
            },
            Err(error) => error.into(),
        };
        self.trace_exchange(purpose, request, received, watch.read(result.is_ok()));
        result.map(|(answer, _)| answer)
    }

    async fn exchange(
        &self,
        request: &Request,
        watch: &Watch,
    ) -> Result<(Answer, http::Version), HttpError> {
        let builder = self.build(request, None)?.timeout(self.timeout());
        let sent = watch.time(builder.send()).await;
        let mut response = sent.map_err(|error| self.failed(request, error))?;
        let (status, version) = (response.status().as_u16(), response.version());
        let headers = header_list(&response);
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| self.failed(request, error))?
        {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(HttpError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok((Answer::new(status, headers, &body), version))
    }

    /// Sends an API call and gives the response unread. A redirect is followed for GET and HEAD:
    /// with the credential within `hosts` on the same origin, without it elsewhere.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn stream(
        &self,
        purpose: &str,
        request: &Request,
        body: Option<reqwest::Body>,
        hosts: &Hosts,
    ) -> Result<Response, HttpError> {
        self.stream_renewed(purpose, request, body, hosts, |_| Ok(())).await
    }

    /// The same for a request with a signature or a proof, which is for one address only: `renew`
    /// makes it anew wherever a redirect takes the credential along.
    ///
    /// # Errors
    /// As [`Client::send`], or `renew` fails.
    pub async fn stream_renewed<E: From<HttpError>>(
        &self,
        purpose: &str,
        request: &Request,
        body: Option<reqwest::Body>,
        hosts: &Hosts,
        renew: impl Fn(&mut Request) -> Result<(), E>,
    ) -> Result<Response, E> {
        hosts.check(&request.url).map_err(HttpError::from)?;
        let mut response = self.stream_once(purpose, request, body).await?;
        let mut current = request.clone();
        let mut authenticated = true;
        for _ in 0..MAX_REDIRECTS {
            let follows = matches!(current.method.as_str(), "GET" | "HEAD");
            let Some(next) = redirect_target(&response, &current.url).filter(|_| follows) else {
                return Ok(response);
            };
            if next.origin() != current.url.origin() || hosts.check(&next).is_err() {
                // Another origin never sees the credential (RFC 9110 section 15.4), nor a query
                // parameter or body that might be one.
                authenticated = false;
                current.headers.clear();
                current.body = Body::Empty;
                let inward = is_loopback(&next) && !is_loopback(&current.url);
                if inward || next.scheme() != "https" && !is_loopback(&next) {
                    return Err(HttpError::Redirect(next.origin().ascii_serialization()).into());
                }
            }
            current.url = next;
            if authenticated {
                renew(&mut current)?;
            }
            response = self.stream_once("redirect", &current, None).await?;
        }
        Err(HttpError::TooManyRedirects.into())
    }

    /// Sends a request on somebody else's behalf and gives the response unread, whatever it is: a
    /// redirect, or the agreement to another protocol.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn pass(
        &self,
        purpose: &str,
        request: &Request,
        body: Option<reqwest::Body>,
        hosts: &Hosts,
    ) -> Result<Response, HttpError> {
        hosts.check(&request.url)?;
        self.stream_once(purpose, request, body).await
    }

    async fn stream_once(
        &self,
        purpose: &str,
        request: &Request,
        body: Option<reqwest::Body>,
    ) -> Result<Response, HttpError> {
        let watch = Watch::start();
        let builder = self.build(request, body)?;
        let sent = watch.time(tokio::time::timeout(self.timeout(), builder.send())).await;
        let result = match sent {
            Ok(result) => result.map_err(|error| self.failed(request, error)),
            Err(_) => Err(HttpError::timed_out(&request.url)),
        };
        let received = match &result {
            Ok(response) => Received::Answer {
                status: response.status().as_u16(),
                version: response.version(),
                headers: header_list(response),
                body: None,
            },
            Err(error) => error.into(),
        };
        self.trace_exchange(purpose, request, received, watch.read(result.is_ok()));
        result
    }

    fn trace_exchange(&self, purpose: &str, request: &Request, received: Received, timing: Timing) {
        let proxy = self.network().proxy_of(&request.url).filter(|_| self.recorded.is_none());
        self.trace.borrow_mut().add(purpose, request, received, proxy, timing);
    }

    fn failed(&self, request: &Request, error: reqwest::Error) -> HttpError {
        HttpError::new(&request.url, error, self.network())
    }

    fn build(
        &self,
        request: &Request,
        stream: Option<reqwest::Body>,
    ) -> Result<reqwest::RequestBuilder, HttpError> {
        let client = match request.header("upgrade") {
            Some(_) => self.pool.upgradable(&request.url)?,
            None => self.pool.usual(&request.url)?,
        };
        let mut builder = client.request(request.method.clone(), request.url.clone());
        let body = request.body_text();
        if let Some((_, Some(kind))) = &body
            && request.header("content-type").is_none()
        {
            builder = builder.header("content-type", *kind);
        }
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        Ok(match (stream, body) {
            (Some(stream), _) => builder.body(stream),
            (None, Some((text, _))) => builder.body(text),
            // A POST without a body says so (RFC 9110 section 8.6): some servers answer 411 otherwise.
            (None, None) if matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") => {
                builder.header("content-length", "0")
            }
            (None, None) => builder,
        })
    }
}

/// Takes the first answer with a purpose.
fn next(
    answers: &mut Vec<(String, Answer)>,
    purpose: &str,
) -> Result<(Answer, http::Version), HttpError> {
    let at = answers.iter().position(|(known, _)| known == purpose);
    let at = at.ok_or_else(|| HttpError::NotRecorded(purpose.to_owned()))?;
    Ok((answers.remove(at).1, http::Version::HTTP_11))
}

fn redirect_target(response: &Response, from: &Url) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get("location")?.to_str().ok()?;
    from.join(location).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn header_list(response: &Response) -> Vec<(String, String)> {
    response
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}
