//! The body of a call: a text, members as JSON, a form or parts, a file, or standard input.

use super::BodyArguments;
use super::input::pair;
use super::media::media_type;
use super::members;
use super::multipart::{Multipart, Reader, open, regular_length};
use crate::error::{Error, Kind, Result};
use crate::request::Body;
use crate::text::hex;
use serde_json::{Map, Value};
use std::io::Read;
use std::path::{Path, PathBuf};

/// How much of a file is read at a time, in bytes.
const CHUNK: usize = 64 * 1024;
/// The longest file that is one member of a body, in bytes: it is held.
const MAX_MEMBER: u64 = 16 * 1024 * 1024;
/// The content type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// Where the body comes from.
pub(super) enum Source {
    None,
    Value(Body, Option<&'static str>),
    File(PathBuf, &'static str),
    Stdin(&'static str),
    Parts(Multipart),
}

impl Source {
    pub(super) fn parse(arguments: &BodyArguments) -> Result<Self> {
        if let Some(data) = &arguments.data {
            let kind = if arguments.form { FORM } else { "application/json" };
            return Ok(match data.strip_prefix('@') {
                Some("-") => Self::Stdin(kind),
                Some(path) if arguments.form => Self::File(PathBuf::from(path), kind),
                Some(path) => {
                    let path = PathBuf::from(path);
                    let known = media_type(&path);
                    Self::File(path, known.unwrap_or(kind))
                }
                None if data == "-" => Self::Stdin(kind),
                None => Self::of_text(data, arguments.form),
            });
        }
        if arguments.field.is_empty() && arguments.typed.is_empty() {
            return match arguments.multipart {
                true => Err(Error::new(Kind::Usage, "a body in parts needs a part")
                    .hint("give each as `-f NAME=VALUE` or `-f NAME=@FILE`")),
                false => Ok(Self::None),
            };
        }
        match arguments.multipart {
            true => parts(arguments).map(Self::Parts),
            false => members(arguments),
        }
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

    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Whether it can be read a second time: a pipe that has a file's name cannot.
    pub(super) fn can_repeat(&self) -> bool {
        match self {
            Self::Stdin(_) => false,
            Self::File(path, _) => regular_length(path).is_some(),
            Self::Parts(parts) => parts.length().is_some(),
            Self::None | Self::Value(..) => true,
        }
    }

    /// The body; where the credential must be put into it, as what can be added to.
    pub(super) fn value(&self, opened: bool) -> Body {
        match self {
            Self::None => Body::Empty,
            Self::File(..) | Self::Stdin(_) | Self::Parts(_) => Body::Stream,
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
    pub(super) fn content_type(&self) -> Option<String> {
        match self {
            Self::Value(_, kind) => kind.map(ToOwned::to_owned),
            Self::File(_, kind) | Self::Stdin(kind) => Some((*kind).to_owned()),
            Self::Parts(parts) => Some(parts.content_type()),
            Self::None => None,
        }
    }

    /// The length of what is streamed, in bytes, where it is known. Without it the body is sent in
    /// chunks, which many servers refuse.
    pub(super) fn length(&self) -> Option<u64> {
        match self {
            Self::File(path, _) => regular_length(path),
            Self::Parts(parts) => parts.length(),
            Self::None | Self::Value(..) | Self::Stdin(_) => None,
        }
    }

    /// What is streamed, if it is.
    ///
    /// # Errors
    /// A file cannot be opened.
    pub(super) async fn reader(&self) -> Result<Option<Reader>> {
        Ok(match self {
            Self::None | Self::Value(..) => None,
            Self::Stdin(_) => Some(Box::new(tokio::io::stdin())),
            Self::File(path, _) => Some(Box::new(open(path).await?)),
            Self::Parts(parts) => Some(parts.reader().await?),
        })
    }

    /// The SHA-256 digest of a body that is a file, in hexadecimal, for signatures over it. The file
    /// is read a chunk at a time.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn digest(&self) -> Result<Option<String>> {
        let Self::File(path, _) = self else { return Ok(None) };
        let failed = |error| Error::reading(path, &error);
        let mut file = std::fs::File::open(path).map_err(failed)?;
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        let mut chunk = vec![0_u8; CHUNK];
        loop {
            match file.read(&mut chunk).map_err(failed)? {
                0 => return Ok(Some(hex(digest.finish().as_ref()))),
                read => digest.update(&chunk[..read]),
            }
        }
    }
}

/// The members as a JSON object or a form.
fn members(arguments: &BodyArguments) -> Result<Source> {
    let mut members: Vec<(String, Value)> = Vec::new();
    for text in &arguments.field {
        let (name, value) = pair(text, "=")?;
        members.push((name, text_or_file(value)?.into()));
    }
    for text in &arguments.typed {
        let (name, value) = pair(text, ":=")?;
        let value: Value = serde_json::from_str(&text_or_file(value)?).map_err(|error| {
            Error::new(Kind::Usage, format!("the value of `{name}` is no JSON")).because(error)
        })?;
        members.push((name, value));
    }
    if arguments.form {
        let pairs = members.into_iter().map(|(name, value)| (name, as_text(value)));
        return Ok(Source::Value(Body::Form(pairs.collect()), None));
    }
    let mut body = Value::Object(Map::new());
    for (name, value) in members {
        members::insert(&mut body, &name, value)?;
    }
    Ok(Source::Value(Body::Json(body), None))
}

/// The members as parts: a file is streamed, not held.
fn parts(arguments: &BodyArguments) -> Result<Multipart> {
    let mut parts = Multipart::new()?;
    for text in &arguments.field {
        let (name, value) = pair(text, "=")?;
        match value.strip_prefix('@') {
            Some(text) if text.starts_with('@') => parts.text(&name, text.to_owned()),
            Some(file) => parts.file(&name, file)?,
            None => parts.text(&name, value),
        }
    }
    for text in &arguments.typed {
        let (name, value) = pair(text, ":=")?;
        parts.text(&name, value);
    }
    Ok(parts)
}

/// `@FILE` is what the file holds, `@@x` the text `@x`.
fn text_or_file(value: String) -> Result<String> {
    let Some(path) = value.strip_prefix('@') else { return Ok(value) };
    if path.starts_with('@') {
        return Ok(path.to_owned());
    }
    let failed = |error| {
        Error::reading(Path::new(path), &error)
            .hint(format!("the text `{value}` itself is written `@{value}`"))
    };
    let mut text = String::new();
    let read = match path {
        "-" => std::io::stdin().take(MAX_MEMBER + 1).read_to_string(&mut text),
        _ => std::fs::File::open(path)
            .and_then(|file| file.take(MAX_MEMBER + 1).read_to_string(&mut text)),
    };
    read.map_err(failed)?;
    match text.len() as u64 > MAX_MEMBER {
        true => Err(Error::new(Kind::Usage, format!("`{path}` is too long to be a member"))
            .hint("send it as the whole body: `-d @FILE`, or as a part: `--multipart`")),
        false => Ok(text),
    }
}

fn as_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
