//! The trace: what was sent, what came back, what was decided and why. Every view of a run is made
//! of it, and it leaves this module masked.

mod view;

pub use view::{Exchange, Failure, Http, Message, Protocol};

use super::HttpError;
use super::purpose::{Party, purpose_of};
use super::redaction::Redactor;
use super::timing::Timing;
use crate::request::Request;
use crate::text::printable;
use std::time::Duration;
use url::Url;

/// The longest body that is kept for showing, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// What happened, in order.
#[derive(Default)]
pub struct Trace {
    steps: Vec<Step>,
}

enum Step {
    Note { text: String, passed: Option<bool>, rule: Option<&'static str> },
    Exchange(Box<Raw>),
}

/// An exchange as it was: with secrets, so it stays in here.
struct Raw {
    purpose: String,
    from: Party,
    protocol: Protocol,
    /// What was asked: a method or a command.
    method: String,
    /// Of what: a URL, or what follows a command.
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    received: Received,
    /// The proxy that it went through, as `HOST:PORT`.
    proxy: Option<String>,
    timing: Timing,
}

/// What came back.
pub enum Received {
    /// An answer.
    Answer {
        /// The status code.
        status: u16,
        /// The version of HTTP.
        version: http::Version,
        /// Headers.
        headers: Vec<(String, String)>,
        /// The body; none where it was streamed.
        body: Option<String>,
    },
    /// A reply to a command of FTP's.
    Reply {
        /// The reply code (RFC 959 section 4.2).
        code: u16,
        /// All of it, the code too.
        text: String,
    },
    /// Nothing, and why.
    Nothing {
        /// A word for programs.
        code: &'static str,
        /// In words.
        why: String,
    },
    /// Nobody knows: it went through the browser.
    Unseen,
}

impl From<&HttpError> for Received {
    fn from(error: &HttpError) -> Self {
        Self::Nothing { code: error.code(), why: error.to_string() }
    }
}

impl Trace {
    pub(super) fn note(&mut self, text: String, passed: Option<bool>, rule: Option<&'static str>) {
        self.steps.push(Step::Note { text, passed, rule });
    }

    pub(super) fn add(
        &mut self,
        purpose: &str,
        request: &Request,
        received: Received,
        proxy: Option<String>,
        timing: Timing,
    ) {
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = request.headers.iter().map(|(name, value)| (name.to_string(), text(value)));
        let protocol = match &received {
            Received::Answer { version: http::Version::HTTP_2, .. } => Protocol::Http2,
            Received::Answer { .. } => Protocol::Http1,
            _ => Protocol::Http,
        };
        self.steps.push(Step::Exchange(Box::new(Raw {
            purpose: purpose.to_owned(),
            from: Party::Tieline,
            protocol,
            method: request.method.to_string(),
            url: request.url.to_string(),
            headers: headers.collect(),
            body: request.body_text().map(|(text, _)| text),
            received,
            proxy,
            timing,
        })));
    }

    /// What the browser asked, of which only the address is known.
    pub(super) fn add_browsed(&mut self, purpose: &str, url: &Url, timing: Timing) {
        self.steps.push(Step::Exchange(Box::new(Raw {
            purpose: purpose.to_owned(),
            from: Party::Person,
            protocol: Protocol::Http,
            method: "GET".to_owned(),
            url: url.to_string(),
            headers: Vec::new(),
            body: None,
            received: Received::Unseen,
            proxy: None,
            timing,
        })));
    }

    pub(super) fn add_command(
        &mut self,
        purpose: &str,
        line: &str,
        received: Received,
        took: Duration,
    ) {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        self.steps.push(Step::Exchange(Box::new(Raw {
            purpose: purpose.to_owned(),
            from: Party::Tieline,
            protocol: Protocol::Ftp,
            method: command.to_owned(),
            url: rest.to_owned(),
            headers: Vec::new(),
            body: None,
            received,
            proxy: None,
            timing: Timing::of(took),
        })));
    }

    /// Tells the redactor what stands under telling names anywhere: a server may repeat it where
    /// no name betrays it.
    pub(super) fn teach(&self, redactor: &mut Redactor) {
        for step in &self.steps {
            let Step::Exchange(raw) = step else { continue };
            raw.texts().for_each(|text| redactor.learn_from(text));
        }
    }

    pub(super) fn masked(&self, redactor: &Redactor) -> Vec<Exchange> {
        self.steps
            .iter()
            .map(|step| match step {
                Step::Note { text, passed, rule } => {
                    let note = printable(&redactor.mask_values(text));
                    Exchange::Note { note, passed: *passed, rule: *rule }
                }
                Step::Exchange(raw) => Exchange::Http(Box::new(raw.masked(redactor))),
            })
            .collect()
    }
}

impl Raw {
    /// Everything in it that may hold a secret.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let (headers, body) = match &self.received {
            Received::Answer { headers, body, .. } => (headers.as_slice(), body.as_deref()),
            Received::Reply { text, .. } => (&[][..], Some(text.as_str())),
            Received::Nothing { .. } | Received::Unseen => (&[][..], None),
        };
        let headers = self.headers.iter().chain(headers).map(|(_, value)| value.as_str());
        [self.url.as_str()].into_iter().chain(headers).chain(self.body.as_deref()).chain(body)
    }

    fn masked(&self, redactor: &Redactor) -> Http {
        let request = Message {
            line: printable(format!("{} {}", self.method, redactor.mask(&self.url)).trim_end()),
            headers: headers(redactor, &self.headers),
            body: self.body.as_deref().map(|body| shown(redactor, body)),
            bytes: self.body.as_ref().map(String::len),
        };
        let (status, response, error) = self.answer(redactor);
        let purpose = purpose_of(&self.purpose);
        let mut tokens = Vec::new();
        for token in self.texts().flat_map(|text| redactor.tokens(text)) {
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        let mut http = Http {
            purpose: self.purpose.clone(),
            description: purpose.sentence,
            from: self.from,
            to: purpose.asked,
            protocol: self.protocol,
            proxy: self.proxy.clone(),
            request,
            status,
            response,
            error,
            rule: None,
            elapsed_ms: self.timing.total(),
            timing: self.timing,
            tokens,
        };
        http.rule = purpose.rule.filter(|_| !http.went_well() && http.status.is_some());
        http
    }

    fn answer(&self, redactor: &Redactor) -> (Option<u16>, Option<Message>, Option<Failure>) {
        match &self.received {
            Received::Answer { status, headers: list, body, .. } => {
                let message = Message {
                    line: status_line(*status),
                    headers: headers(redactor, list),
                    body: body
                        .as_deref()
                        .filter(|body| !body.is_empty())
                        .map(|body| shown(redactor, body)),
                    bytes: body.as_ref().map(String::len),
                };
                (Some(*status), Some(message), None)
            }
            Received::Reply { code, text } => {
                let line = shown(redactor, text.trim_end());
                let message = Message { line, headers: Vec::new(), body: None, bytes: None };
                (Some(*code), Some(message), None)
            }
            Received::Nothing { code, why } => {
                (None, None, Some(Failure { code, message: printable(&redactor.mask_values(why)) }))
            }
            Received::Unseen => (None, None, None),
        }
    }
}

fn headers(redactor: &Redactor, list: &[(String, String)]) -> Vec<(String, String)> {
    list.iter()
        .map(|(name, value)| (name.clone(), printable(&redactor.mask_header(name, value))))
        .collect()
}

/// A body for showing: masked, JSON indented, nothing that could steer a terminal.
fn shown(redactor: &Redactor, body: &str) -> String {
    let pretty = serde_json::from_str::<serde_json::Value>(body)
        .ok()
        .filter(|value| value.is_object() || value.is_array())
        .and_then(|value| serde_json::to_string_pretty(&value).ok());
    let masked = redactor.mask(pretty.as_deref().unwrap_or(body));
    let mut text: String = printable(&masked);
    if text.len() > MAX_BODY {
        let cut = (0..=MAX_BODY).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(cut);
        text.push_str("\n… cut");
    }
    text
}

fn status_line(status: u16) -> String {
    let reason = http::StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason());
    match reason {
        Some(reason) => format!("{status} {reason}"),
        None => status.to_string(),
    }
}
