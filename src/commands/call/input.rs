//! What was typed for a call, as a request.

use super::{Arguments, apply_headers};
use crate::definition::Authorization;
use crate::error::{Error, Kind, Result};
use crate::flow::FlowError;
use crate::request::{self, Body, Request};
use crate::template::Scope;
use crate::text::hex;
use http::Method;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncRead, AsyncReadExt};

/// How much of standard input is read at a time, in bytes.
const CHUNK: usize = 64 * 1024;
/// The content type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// A call as typed.
pub(super) struct Input {
    method: Method,
    target: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Source,
}

/// Where the body comes from.
enum Source {
    None,
    Value(Body, Option<&'static str>),
    File(PathBuf, &'static str),
    Stdin(&'static str),
}

impl Input {
    pub(super) fn parse(arguments: &Arguments) -> Result<Self> {
        let body = Source::parse(arguments)?;
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
        Ok(Self {
            method,
            target: target.clone(),
            query: arguments.query.iter().map(|text| pair(text, "=")).collect::<Result<_>>()?,
            headers: arguments.header.iter().map(|text| pair(text, ":")).collect::<Result<_>>()?,
            body,
        })
    }

    /// Whether the target is a whole URL.
    pub(super) fn is_absolute(&self) -> bool {
        self.target.starts_with("https://") || self.target.starts_with("http://")
    }

    /// Whether the body can be read a second time: a pipe that has a file's name cannot.
    pub(super) fn can_repeat(&self) -> bool {
        match &self.body {
            Source::Stdin(_) => false,
            Source::File(path, _) => regular_length(path).is_some(),
            Source::None | Source::Value(..) => true,
        }
    }

    /// The SHA-256 digest of a body that is a file, in hexadecimal, for signatures over it. The file
    /// is read a chunk at a time.
    pub(super) fn digest(&self) -> Result<Option<String>> {
        let Source::File(path, _) = &self.body else { return Ok(None) };
        let failed = |error| Error::io(format!("`{}` cannot be read", path.display()), &error);
        let mut file = std::fs::File::open(path).map_err(failed)?;
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        let mut chunk = vec![0_u8; CHUNK];
        loop {
            match std::io::Read::read(&mut file, &mut chunk).map_err(failed)? {
                0 => return Ok(Some(hex(digest.finish().as_ref()))),
                read => digest.update(&chunk[..read]),
            }
        }
    }

    /// The request, authenticated; headers that were typed win.
    pub(super) fn request(
        &self,
        base_url: &str,
        auth: &Authorization,
        scope: &Scope,
    ) -> std::result::Result<Request, FlowError> {
        let mut url = request::resolve(&self.target, base_url, &self.target)?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        let body = self.body.value(!auth.request.params.is_empty());
        let mut request = Request { method: self.method.clone(), url, headers: Vec::new(), body };
        request::place_headers(&mut request, &auth.headers, scope)?;
        request::authenticate(&mut request, &auth.request, scope)?;
        if let Some(kind) = self.body.content_type()
            && request.header("content-type").is_none()
        {
            request.set_header("content-type", kind)?;
        }
        if let Source::File(path, _) = &self.body
            && let Some(length) = regular_length(path)
        {
            // Without it the body would be sent in chunks, which many servers refuse.
            request.set_header("content-length", &length.to_string())?;
        }
        apply_headers(&mut request, &self.headers)?;
        Ok(request)
    }

    /// The body as a stream, where it is one.
    pub(super) async fn stream(&self) -> Result<Option<reqwest::Body>> {
        match &self.body {
            Source::None | Source::Value(..) => Ok(None),
            Source::Stdin(_) => Ok(Some(reader_body(tokio::io::stdin()))),
            Source::File(path, _) => {
                let file = tokio::fs::File::open(path).await;
                let file = file.map_err(|error| {
                    Error::io(format!("`{}` cannot be read", path.display()), &error)
                })?;
                if file.metadata().await.is_ok_and(|about| about.is_dir()) {
                    let message = format!("`{}` cannot be read", path.display());
                    return Err(Error::new(Kind::Failed, message).because("it is a folder"));
                }
                Ok(Some(reqwest::Body::from(file)))
            }
        }
    }
}

impl Source {
    fn parse(arguments: &Arguments) -> Result<Self> {
        if let Some(data) = &arguments.data {
            let kind = if arguments.form { FORM } else { "application/json" };
            return Ok(match data.strip_prefix('@') {
                Some(path) => Self::File(PathBuf::from(path), kind),
                None if data == "-" => Self::Stdin(kind),
                None => Self::of_text(data, arguments.form),
            });
        }
        if arguments.field.is_empty() && arguments.typed.is_empty() {
            return Ok(Self::None);
        }
        let mut members: Vec<(String, Value)> = Vec::new();
        for text in &arguments.field {
            let (name, value) = pair(text, "=")?;
            members.push((name, value.into()));
        }
        for text in &arguments.typed {
            let (name, value) = pair(text, ":=")?;
            let value: Value = serde_json::from_str(&value).map_err(|error| {
                Error::new(Kind::Usage, format!("the value of `{name}` is no JSON")).because(error)
            })?;
            members.push((name, value));
        }
        if arguments.form {
            return Ok(Self::Value(Body::Form(members.into_iter().map(as_text).collect()), None));
        }
        let mut map = Map::new();
        for (name, value) in members {
            if map.contains_key(&name) {
                return Err(Error::new(Kind::Usage, format!("`{name}` is given twice"))
                    .hint(format!("a list is given as `-F '{name}:=[...]'`")));
            }
            map.insert(name, value);
        }
        Ok(Self::Value(Body::Json(Value::Object(map)), None))
    }

    /// A text goes out byte for byte; its type is what it looks like.
    fn of_text(data: &str, form: bool) -> Self {
        let kind = match serde_json::from_str::<Value>(data) {
            _ if form => FORM,
            Ok(_) => "application/json",
            Err(_) if data.contains('=') && !data.contains(char::is_whitespace) => FORM,
            Err(_) => "text/plain; charset=utf-8",
        };
        Self::Value(Body::Text(data.to_owned()), Some(kind))
    }

    fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The body; where the credential must be put into it, as what can be added to.
    fn value(&self, opened: bool) -> Body {
        match self {
            Self::None => Body::Empty,
            Self::File(..) | Self::Stdin(_) => Body::Stream,
            Self::Value(Body::Text(text), Some("application/json")) if opened => {
                serde_json::from_str(text).map_or_else(|_| Body::Text(text.clone()), Body::Json)
            }
            Self::Value(Body::Text(text), Some(FORM)) if opened => {
                Body::Form(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
            }
            Self::Value(body, _) => body.clone(),
        }
    }

    /// The content type of a body that does not say it itself.
    fn content_type(&self) -> Option<&'static str> {
        match self {
            Self::Value(_, kind) => *kind,
            Self::File(_, kind) | Self::Stdin(kind) => Some(kind),
            Self::None => None,
        }
    }
}

fn as_text((name, value): (String, Value)) -> (String, String) {
    (name, value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned))
}

/// The length of a regular file, in bytes.
fn regular_length(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|about| about.len())
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

fn pair(text: &str, separator: &str) -> Result<(String, String)> {
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

/// A reader as a request body, a chunk at a time.
fn reader_body(reader: impl AsyncRead + Send + Unpin + 'static) -> reqwest::Body {
    let stream = futures_util::stream::try_unfold(reader, |mut reader| async move {
        let mut chunk = vec![0_u8; CHUNK];
        let read = reader.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((chunk, reader)))
    });
    reqwest::Body::wrap_stream(stream)
}
