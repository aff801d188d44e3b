//! The HTTP client: everything that goes over the wire goes through [`Client::send`] or
//! [`Client::stream`], which check the host first and note the exchange in the one trace.

mod error;
mod network;
mod pool;
pub mod purpose;
pub mod redaction;
mod stream;
pub mod timing;
pub mod trace;

pub use error::HttpError;
pub use network::Network;

use crate::answer::{Answer, MAX_BYTES};
use crate::definition::hosts::Hosts;
use crate::request::Request;
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

fn header_list(response: &Response) -> Vec<(String, String)> {
    response
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}
