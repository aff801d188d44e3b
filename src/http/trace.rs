//! The trace: what was sent, what came back, what was decided. It is the only thing that
//! `--verbose` prints, and it leaves this module masked.

use super::redaction::Redactor;
use crate::request::Request;
use crate::text::printable;
use serde::Serialize;
use std::time::Duration;

/// The longest body that is kept for showing, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// What happened, in order.
#[derive(Default)]
pub struct Trace {
    steps: Vec<Step>,
}

enum Step {
    Note(String),
    Exchange(Box<Raw>),
}

/// An exchange as it was: with secrets, so it stays in here.
struct Raw {
    purpose: String,
    /// What was asked: a method or a command.
    method: String,
    /// Of what: a URL, or what follows a command.
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    received: Received,
    elapsed: Duration,
}

/// What came back.
pub enum Received {
    /// An answer.
    Answer {
        /// The status code.
        status: u16,
        /// Headers.
        headers: Vec<(String, String)>,
        /// The body; empty where it was streamed.
        body: String,
    },
    /// A reply to a command of FTP's.
    Reply {
        /// The reply code (RFC 959 section 4.2).
        code: u16,
        /// All of it, the code too.
        text: String,
    },
    /// Nothing, and why.
    Nothing(String),
}

/// One step, masked.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Exchange {
    /// Something that was decided.
    Note {
        /// In words.
        note: String,
    },
    /// A request and its answer; a command of FTP's and its reply look alike.
    Http {
        /// What it was for.
        purpose: String,
        /// The request.
        request: Message,
        /// The status code, if there was an answer.
        status: Option<u16>,
        /// The answer.
        response: Option<Message>,
        /// Why there is no answer.
        error: Option<String>,
        /// Milliseconds.
        elapsed_ms: u64,
    },
}

/// A masked request or answer.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// `GET https://…`, or the status line; a command, or its reply.
    pub line: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
}

impl Trace {
    pub(super) fn note(&mut self, text: String) {
        self.steps.push(Step::Note(text));
    }

    pub(super) fn add(
        &mut self,
        purpose: &str,
        request: &Request,
        received: Received,
        elapsed: Duration,
    ) {
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = request.headers.iter().map(|(name, value)| (name.to_string(), text(value)));
        self.steps.push(Step::Exchange(Box::new(Raw {
            purpose: purpose.to_owned(),
            method: request.method.to_string(),
            url: request.url.to_string(),
            headers: headers.collect(),
            body: request.body_text().map(|(text, _)| text),
            received,
            elapsed,
        })));
    }

    pub(super) fn add_command(
        &mut self,
        purpose: &str,
        line: &str,
        received: Received,
        elapsed: Duration,
    ) {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        self.steps.push(Step::Exchange(Box::new(Raw {
            purpose: purpose.to_owned(),
            method: command.to_owned(),
            url: rest.to_owned(),
            headers: Vec::new(),
            body: None,
            received,
            elapsed,
        })));
    }

    pub(super) fn masked(&self, redactor: &Redactor) -> Vec<Exchange> {
        self.steps
            .iter()
            .map(|step| match step {
                Step::Note(text) => Exchange::Note { note: redactor.mask_values(text) },
                Step::Exchange(raw) => raw.masked(redactor),
            })
            .collect()
    }
}

impl Raw {
    fn masked(&self, redactor: &Redactor) -> Exchange {
        let request = Message {
            line: printable(format!("{} {}", self.method, redactor.mask(&self.url)).trim_end()),
            headers: headers(redactor, &self.headers),
            body: self.body.as_deref().map(|body| shown(redactor, body)),
        };
        let (status, response, error) = match &self.received {
            Received::Answer { status, headers: list, body } => {
                let body = (!body.is_empty()).then(|| shown(redactor, body));
                let line = status_line(*status);
                let message = Message { line, headers: headers(redactor, list), body };
                (Some(*status), Some(message), None)
            }
            Received::Reply { code, text } => {
                let line = shown(redactor, text.trim_end());
                let message = Message { line, headers: Vec::new(), body: None };
                (Some(*code), Some(message), None)
            }
            Received::Nothing(error) => (None, None, Some(redactor.mask_values(error))),
        };
        Exchange::Http {
            purpose: self.purpose.clone(),
            request,
            status,
            response,
            error,
            elapsed_ms: u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
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
