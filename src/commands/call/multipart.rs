//! `multipart/form-data` (RFC 7578): parts one after the other, files read as they are sent.

use super::media::media_type;
use crate::error::{Error, Kind, Result};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncRead, AsyncReadExt};

/// A body in parts.
pub(super) struct Multipart {
    boundary: String,
    parts: Vec<Part>,
}

/// One part, with the lines before it.
struct Part {
    name: String,
    /// What follows the name in those lines, as curl has it.
    about: String,
    head: String,
    content: Content,
}

enum Content {
    Text(String),
    File(PathBuf),
}

/// What a body is read from.
pub(super) type Reader = Box<dyn AsyncRead + Send + Unpin>;

impl Multipart {
    /// # Errors
    /// The system gives no random numbers.
    pub(super) fn new() -> Result<Self> {
        let mut random = [0_u8; 16];
        let source = ring::rand::SystemRandom::new();
        ring::rand::SecureRandom::fill(&source, &mut random)
            .map_err(|_| Error::new(Kind::Failed, "the system gives no random numbers"))?;
        Ok(Self { boundary: crate::text::hex(&random), parts: Vec::new() })
    }

    pub(super) fn text(&mut self, name: &str, text: String) {
        self.push(name, "", String::new(), Content::Text(text));
    }

    /// `PATH`, and behind it `;type=` and `;filename=` as curl has them.
    ///
    /// # Errors
    /// The type is none.
    pub(super) fn file(&mut self, name: &str, typed: &str) -> Result<()> {
        let mut words = typed.split(';');
        let path = PathBuf::from(words.next().unwrap_or_default());
        // RFC 7578 section 4.4.
        let mut kind = media_type(&path).unwrap_or("application/octet-stream");
        let mut filename = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for word in words {
            match word.trim().split_once('=') {
                Some(("type", value)) if is_media_type(value) => kind = value,
                Some(("filename", value)) => value.clone_into(&mut filename),
                _ => {
                    return Err(Error::new(
                        Kind::Usage,
                        format!("`{word}` says nothing of a file"),
                    )
                    .hint("write `NAME=@FILE;type=image/png;filename=a.png`"));
                }
            }
        }
        let line = format!("; filename=\"{}\"\r\nContent-Type: {kind}", quoted(&filename));
        let about = format!(";type={kind};filename=\"{}\"", escaped(&filename));
        self.push(name, &line, about, Content::File(path));
        Ok(())
    }

    fn push(&mut self, name: &str, line: &str, about: String, content: Content) {
        let between = if self.parts.is_empty() { "" } else { "\r\n" };
        let head = format!(
            "{between}--{}\r\nContent-Disposition: form-data; name=\"{}\"{line}\r\n\r\n",
            self.boundary,
            quoted(name)
        );
        self.parts.push(Part { name: name.to_owned(), about, head, content });
    }

    pub(super) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// The parts as text for showing, files by their names.
    pub(super) fn described(&self) -> String {
        let part = |part: &Part| match &part.content {
            Content::Text(text) => format!("{}{text}", part.head),
            Content::File(path) => format!("{}(the file {})", part.head, path.display()),
        };
        (self.parts.iter().map(part).collect::<String>() + &self.end()).replace('\r', "")
    }

    /// The parts as options of curl's.
    pub(super) fn curl(&self) -> impl Iterator<Item = (&'static str, Option<String>)> {
        self.parts.iter().map(|Part { name, about, content, .. }| match content {
            Content::Text(text) => ("form-string", Some(format!("{name}={text}"))),
            Content::File(path) => {
                let path = escaped(&path.display().to_string());
                ("form", Some(format!("{name}=@\"{path}\"{about}")))
            }
        })
    }

    fn end(&self) -> String {
        format!("\r\n--{}--\r\n", self.boundary)
    }

    /// All of it, in bytes, if every file is a regular one.
    pub(super) fn length(&self) -> Option<u64> {
        let mut length = self.end().len() as u64;
        for part in &self.parts {
            length += part.head.len() as u64;
            length += match &part.content {
                Content::Text(text) => text.len() as u64,
                Content::File(path) => regular_length(path)?,
            };
        }
        Some(length)
    }

    /// # Errors
    /// A file cannot be opened.
    pub(super) async fn reader(&self) -> Result<Reader> {
        let mut reader: Reader = Box::new(tokio::io::empty());
        for part in &self.parts {
            let head = Cursor::new(part.head.clone().into_bytes());
            let content: Reader = match &part.content {
                Content::Text(text) => Box::new(Cursor::new(text.clone().into_bytes())),
                Content::File(path) => Box::new(open(path).await?),
            };
            reader = Box::new(reader.chain(head).chain(content));
        }
        Ok(Box::new(reader.chain(Cursor::new(self.end().into_bytes()))))
    }
}

/// Opens a file that is to be sent.
///
/// # Errors
/// It cannot be opened, or is a folder.
pub(super) async fn open(path: &Path) -> Result<tokio::fs::File> {
    let file = tokio::fs::File::open(path).await.map_err(|error| Error::reading(path, &error))?;
    match file.metadata().await.is_ok_and(|about| about.is_dir()) {
        true => Err(Error::reading(path, &std::io::Error::other("it is a folder"))),
        false => Ok(file),
    }
}

/// The length of a regular file, in bytes.
pub(super) fn regular_length(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|about| about.len())
}

fn is_media_type(text: &str) -> bool {
    text.contains('/') && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Between quotation marks in a value of curl's `--form`.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"")
}

/// As browsers write a name between quotation marks (HTML Standard, "multipart form data").
fn quoted(name: &str) -> String {
    name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}
