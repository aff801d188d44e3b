//! What was typed for a call, as a request.

use super::Arguments;
use super::body::Source;
use crate::definition::Authorization;
use crate::error::{Error, Kind, Result};
use crate::flow::FlowError;
use crate::request::{self, Body, Request, RequestError};
use crate::template::Scope;
use crate::terminal::Progress;
use http::Method;
use tokio::io::{AsyncRead, AsyncReadExt};
use url::Url;

/// How much of a streamed body is read at a time, in bytes.
const CHUNK: usize = 64 * 1024;

/// A call as typed.
pub(super) struct Input {
    pub(super) method: Method,
    target: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    /// Headers of the command's own, which those that were typed take the place of.
    pub(super) own_headers: Vec<(&'static str, String)>,
    pub(super) body: Source,
    /// Another page than the one that was typed.
    pub(super) turn: Option<Turn>,
}

/// Where another page is.
pub(super) struct Turn {
    /// In place of the address that was typed.
    pub(super) url: Url,
    /// In place of a JSON body that was typed.
    pub(super) body: Body,
}

impl Input {
    pub(super) fn parse(arguments: &Arguments) -> Result<Self> {
        let body = Source::parse(&arguments.body)?;
        let (method, target) = match arguments.target.as_slice() {
            [method, target] => (parse_method(method)?, target),
            [target] => (if body.is_none() { Method::GET } else { Method::POST }, target),
            _ => {
                return Err(Error::new(
                    Kind::Usage,
                    "a call has a path, and perhaps a method before it",
                ));
            }
        };
        check_not_rewritten(target)?;
        Ok(Self {
            method,
            target: target.clone(),
            query: arguments.query.iter().map(|text| pair(text, "=")).collect::<Result<_>>()?,
            headers: arguments.header.iter().map(|text| pair(text, ":")).collect::<Result<_>>()?,
            own_headers: Vec::new(),
            body,
            turn: None,
        })
    }

    /// Whether the target is a whole URL.
    pub(super) fn is_absolute(&self) -> bool {
        self.target.starts_with("https://") || self.target.starts_with("http://")
    }

    /// The request, authenticated; headers that were typed win.
    pub(super) fn request(
        &self,
        base_url: &str,
        auth: &Authorization,
        scope: &Scope,
    ) -> std::result::Result<Request, FlowError> {
        let url = self.url(base_url)?;
        let body = match &self.turn {
            Some(Turn { body: Body::Json(value), .. }) => Body::Json(value.clone()),
            _ => self.body.value(!auth.request.params.is_empty()),
        };
        let mut request = Request { method: self.method.clone(), url, headers: Vec::new(), body };
        request::place_headers(&mut request, &auth.headers, scope)?;
        request::authenticate(&mut request, &auth.request, scope)?;
        if let Some(kind) = self.body.content_type()
            && request.header("content-type").is_none()
        {
            request.set_header("content-type", &kind)?;
        }
        if let Some(length) = self.body.length() {
            request.set_header("content-length", &length.to_string())?;
        }
        for (name, value) in &self.own_headers {
            request.set_header(name, value)?;
        }
        apply_headers(&mut request, &self.headers)?;
        Ok(request)
    }

    fn url(&self, base_url: &str) -> std::result::Result<Url, RequestError> {
        if let Some(turn) = &self.turn {
            return Ok(turn.url.clone());
        }
        let mut url = request::resolve(&self.target, base_url, &self.target)?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    /// The body as a stream, where it is one.
    pub(super) async fn stream(&self, progress: Progress) -> Result<Option<reqwest::Body>> {
        let reader = self.body.reader().await?;
        Ok(reader.map(|reader| reader_body(reader, progress.of(self.body.length()))))
    }
}

/// Git Bash hands a program `C:/Program Files/Git/user` for `/user`.
fn check_not_rewritten(target: &str) -> Result<()> {
    let mut start = target.bytes();
    let drive = start.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if !(drive && start.next() == Some(b':') && matches!(start.next(), Some(b'/' | b'\\'))) {
        return Ok(());
    }
    let meant = target.rsplit_once("/Git/").map_or("PATH", |(_, path)| path);
    Err(Error::new(Kind::Usage, format!("`{target}` is a path of this computer"))
        .because("Git Bash writes such a path for one that begins with `/`")
        .hint(format!("leave the first `/` out: `{meant}`, or set MSYS_NO_PATHCONV=1")))
}

fn parse_method(text: &str) -> Result<Method> {
    let upper = text.to_ascii_uppercase();
    let method = Method::from_bytes(upper.as_bytes())
        .ok()
        .filter(|_| upper.chars().all(|c| c.is_ascii_alphabetic()));
    method.ok_or_else(|| {
        Error::new(Kind::Usage, format!("`{text}` is no method"))
            .hint("write the method before the path: `tieline call APP GET /path`")
    })
}

/// `NAME=VALUE`, or with another separator.
pub(super) fn pair(text: &str, separator: &str) -> Result<(String, String)> {
    let (name, value) = text
        .split_once(separator)
        .filter(|(name, _)| !name.trim().is_empty())
        .ok_or_else(|| {
            Error::new(
                Kind::Usage,
                format!("`{}` has no `{separator}`", text.chars().take(20).collect::<String>()),
            )
            .hint(format!("write NAME{separator}VALUE"))
        })?;
    let value = if separator == ":" { value.trim() } else { value };
    Ok((name.trim().to_owned(), value.to_owned()))
}

/// A header that was typed: `NAME: VALUE`, or `NAME:` to remove one.
fn apply_headers(
    request: &mut Request,
    headers: &[(String, String)],
) -> std::result::Result<(), RequestError> {
    for (name, value) in headers {
        if value.is_empty() {
            request.headers.retain(|(known, _)| !known.as_str().eq_ignore_ascii_case(name));
        } else {
            request.set_header(name, value)?;
        }
    }
    Ok(())
}

/// A reader as a request body, a chunk at a time.
fn reader_body(
    reader: impl AsyncRead + Send + Unpin + 'static,
    progress: Progress,
) -> reqwest::Body {
    let stream = futures_util::stream::try_unfold(
        (reader, progress),
        |(mut reader, mut progress)| async move {
            let mut chunk = vec![0_u8; CHUNK];
            let read = reader.read(&mut chunk).await?;
            chunk.truncate(read);
            progress.advance(read);
            Ok::<_, std::io::Error>((read > 0).then_some((chunk, (reader, progress))))
        },
    );
    reqwest::Body::wrap_stream(stream)
}
