//! The trace as it is shown: masked, and nothing in it could steer a terminal.

use crate::http::purpose::Party;
use crate::http::redaction::Token;
use crate::http::timing::Timing;
use serde::Serialize;

/// One step.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Exchange {
    /// Something that was decided or checked.
    Note {
        /// In words, with why.
        note: String,
        /// Whether a check passed; none where nothing was checked.
        #[serde(skip_serializing_if = "Option::is_none")]
        passed: Option<bool>,
        /// What says that it is so.
        #[serde(skip_serializing_if = "Option::is_none")]
        rule: Option<&'static str>,
    },
    /// A request and its answer; a command of FTP's and its reply look alike.
    Http(Box<Http>),
}

/// A request and its answer.
#[derive(Clone, Debug, Serialize)]
pub struct Http {
    /// What it was for: the name of the step.
    pub purpose: String,
    /// What it was for, in a sentence.
    pub description: &'static str,
    /// Who asked.
    pub from: Party,
    /// Who was asked.
    pub to: Party,
    /// How it was spoken.
    pub protocol: Protocol,
    /// The proxy that it went through, as `HOST:PORT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// The request.
    pub request: Message,
    /// The status code, if there was an answer.
    pub status: Option<u16>,
    /// The answer.
    pub response: Option<Message>,
    /// Why there is no answer.
    pub error: Option<Failure>,
    /// What says how it has to go, where it did not go well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
    /// Milliseconds.
    pub elapsed_ms: u64,
    /// What is known of where they went.
    pub timing: Timing,
    /// The JWTs in it, decoded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<Token>,
}

impl Http {
    /// Whether there was an answer that is no refusal. What the browser asks, nobody sees.
    #[must_use]
    pub fn went_well(&self) -> bool {
        self.is_browsed() && self.error.is_none() || self.status.is_some_and(|status| status < 400)
    }

    /// Whether the browser asked, and not this program.
    #[must_use]
    pub fn is_browsed(&self) -> bool {
        self.from == Party::Person
    }

    /// What came of it: the status, or why there is none.
    #[must_use]
    pub fn outcome(&self) -> String {
        match (&self.status, &self.error) {
            (Some(status), _) => status.to_string(),
            (None, Some(error)) => error.message.clone(),
            (None, None) => "by the browser".to_owned(),
        }
    }
}

/// How an exchange was spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Protocol {
    /// The version is not known: there was no answer, or the browser spoke.
    #[serde(rename = "HTTP")]
    Http,
    /// RFC 9112.
    #[serde(rename = "HTTP/1.1")]
    Http1,
    /// RFC 9113.
    #[serde(rename = "HTTP/2")]
    Http2,
    /// RFC 959.
    #[serde(rename = "FTP")]
    Ftp,
}

/// Why there is no answer.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// A word for programs: `dns`, `refused`, `tls`, `timeout` and so on.
    pub code: &'static str,
    /// In words.
    pub message: String,
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
    /// How long the body was, in bytes, before it was masked and cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
}

impl Message {
    /// The line at its first space: method and address, or status and reason.
    #[must_use]
    pub fn parts(&self) -> (&str, &str) {
        self.line.split_once(' ').unwrap_or((&self.line, ""))
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}
