//! An answer whose body is read as it is used.

use super::pieces::Sort;
use crate::error::{Error, Kind, Result};
use reqwest::Response;
use serde_json::Value;

/// The most that is held to look at, in bytes: to see whether a 200 is a failure, or to indent JSON.
const MAX_HELD: usize = 1024 * 1024;
/// The longest answer that is taken apart, by a filter or into items, in bytes.
const MAX_VALUE: usize = 64 * 1024 * 1024;

/// An answer, read as far as it had to be.
pub(super) struct Received {
    pub(super) response: Response,
    seen: Vec<u8>,
    complete: bool,
}

impl Received {
    /// Reads the beginning, where it has to be looked at.
    pub(super) async fn new(response: Response, peek: bool) -> Result<Self> {
        let mut received = Self { response, seen: Vec::new(), complete: false };
        if peek && received.is_text() && received.stream_sort().is_none() {
            received.hold(MAX_HELD).await?;
        }
        Ok(received)
    }

    /// Reads on until the end or the bound.
    async fn hold(&mut self, bound: usize) -> Result<()> {
        while !self.complete && self.seen.len() < bound {
            match self.response.chunk().await.map_err(broken)? {
                Some(chunk) => self.seen.extend_from_slice(&chunk),
                None => self.complete = true,
            }
        }
        Ok(())
    }

    /// The next piece of the body, from the beginning.
    pub(super) async fn next(&mut self) -> Result<Option<bytes::Bytes>> {
        if !self.seen.is_empty() {
            return Ok(Some(std::mem::take(&mut self.seen).into()));
        }
        match self.complete {
            true => Ok(None),
            false => self.response.chunk().await.map_err(broken),
        }
    }

    /// The whole body, if it is JSON that is short enough to be laid out.
    pub(super) async fn short_json(&mut self) -> Result<Option<Value>> {
        self.hold(MAX_HELD).await?;
        Ok(serde_json::from_slice(&self.seen).ok().filter(|_| self.complete))
    }

    /// The whole body as JSON.
    ///
    /// # Errors
    /// It is none, or too long, or breaks off.
    pub(super) async fn json(&mut self) -> Result<Value> {
        self.check_unpacked().await?;
        self.hold(MAX_VALUE).await?;
        if !self.complete {
            return Err(Error::new(Kind::Failed, "the answer is too long to be taken apart")
                .hint("write it to a file with `-o FILE`"));
        }
        serde_json::from_slice(&self.seen).map_err(|error| {
            let kind = self.content_type();
            let kind = if kind.is_empty() { "of no said type" } else { &kind };
            Error::new(Kind::Failed, format!("the answer is {kind}, and no JSON")).because(error)
        })
    }

    /// What was read so far.
    pub(super) fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// Whether that is all.
    pub(super) fn complete(&self) -> bool {
        self.complete
    }

    pub(super) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name).and_then(|value| value.to_str().ok())
    }

    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        self.response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect()
    }

    /// The media type without its parameters, in lower case.
    pub(super) fn content_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// What a body is that a terminal cannot show, if it is so.
    pub(super) async fn unreadable(&mut self) -> Result<Option<String>> {
        if let Some(packed) = self.packed().await? {
            return Ok(Some(packed));
        }
        self.hold(1).await?;
        // A server may say text, or nothing, of what is none; only these encodings have such bytes.
        let wide = self.charset().name().starts_with("UTF-16");
        Ok(match self.is_text() {
            _ if self.seen.is_empty() => None,
            true => (!wide && self.seen.contains(&0)).then(|| "no text".to_owned()),
            false => Some(self.content_type()),
        })
    }

    /// That the body is compressed in a way that was not undone: what was, is not in the headers any more.
    pub(super) async fn packed(&mut self) -> Result<Option<String>> {
        let encoding = self.header("content-encoding").unwrap_or_default().trim();
        if encoding.is_empty() || encoding.eq_ignore_ascii_case("identity") {
            return Ok(None);
        }
        let packed = format!("compressed as `{encoding}`");
        self.hold(1).await?;
        Ok((!self.seen.is_empty()).then_some(packed))
    }

    /// # Errors
    /// The body is compressed in a way that was not undone.
    pub(super) async fn check_unpacked(&mut self) -> Result<()> {
        match self.packed().await? {
            Some(packed) => Err(Error::new(Kind::Failed, format!("the answer is {packed}"))
                .because("the server was not asked for that, and it is not known here")
                .hint("try `-H 'Accept-Encoding: identity'`")),
            None => Ok(()),
        }
    }

    /// The character encoding, UTF-8 where none is said.
    pub(super) fn charset(&self) -> &'static encoding_rs::Encoding {
        let value = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let label = value.split(';').find_map(|part| part.trim().strip_prefix("charset="));
        label
            .and_then(|label| encoding_rs::Encoding::for_label(label.trim_matches('"').as_bytes()))
            .unwrap_or(encoding_rs::UTF_8)
    }

    pub(super) fn is_text(&self) -> bool {
        let kind = self.content_type();
        let text = ["json", "text/", "xml", "x-www-form-urlencoded", "javascript", "yaml"];
        kind.is_empty() || text.iter().any(|part| kind.contains(part))
    }

    /// What it is made of, where it comes in pieces that are worth seeing each at its time.
    pub(super) fn stream_sort(&self) -> Option<Sort> {
        let lines = ["x-ndjson", "ndjson", "jsonl", "x-jsonlines", "jsonlines", "stream+json"];
        match self.content_type().split_once('/')? {
            ("text", "event-stream") => Some(Sort::Events),
            ("application", kind) if lines.contains(&kind) => Some(Sort::Lines),
            _ => None,
        }
    }
}

/// The connection ended before the answer did.
fn broken(error: reqwest::Error) -> Error {
    let error = error.without_url();
    // What is outside of it says only that a body could not be read.
    let mut root: &dyn std::error::Error = &error;
    while let Some(source) = root.source() {
        root = source;
    }
    Error::new(Kind::Network, "the answer broke off").because(root).hint("try again")
}
