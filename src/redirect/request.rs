//! Reading a request's head: bounded, strict where it protects, and never a body.

use std::io;
use tiny_http::Method;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The longest request target: codes and tokens of up to a few thousand bytes occur.
const TARGET: usize = 8 * 1024;
/// The longest request line: method, target, version, two spaces.
const LINE: usize = TARGET + 32;
/// The longest head. All programs at `localhost` share their cookies, so it is not small.
const HEAD: usize = 64 * 1024;
/// The most header fields.
const FIELDS: usize = 128;

/// The head of a request, as far as it matters here.
#[derive(Debug)]
pub(super) struct Request {
    method: Method,
    pub(super) path: String,
    pub(super) query: Option<String>,
    /// In lower case.
    pub(super) host: Option<String>,
    pub(super) prefetch: bool,
}

/// Why there is no request.
#[derive(Debug)]
pub(super) enum ReadError {
    /// The peer hung up.
    Gone,
    /// It deserves an answer with this status.
    Refused(u16),
}

impl From<io::Error> for ReadError {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

impl Request {
    pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Self, ReadError> {
        let mut head = Vec::with_capacity(2048);
        loop {
            if stream.read_buf(&mut head).await? == 0 {
                return Err(ReadError::Gone);
            }
            if let Some(end) = find(&head, b"\r\n\r\n").filter(|end| *end <= HEAD) {
                return Self::parse(&head[..end]);
            }
            if find(&head, b"\r\n").unwrap_or(head.len()) > LINE {
                return Err(ReadError::Refused(414));
            }
            if head.len() > HEAD {
                return Err(ReadError::Refused(431));
            }
        }
    }

    pub(super) fn is_get(&self) -> bool {
        self.method == Method::Get
    }

    pub(super) fn is_head(&self) -> bool {
        self.method == Method::Head
    }

    fn parse(head: &[u8]) -> Result<Self, ReadError> {
        let mut lines =
            head.split(|byte| *byte == b'\n').map(|l| l.strip_suffix(b"\r").unwrap_or(l));
        let (method, target) = request_line(lines.next().unwrap_or_default())?;
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        let mut request =
            Self { method, path: path.to_owned(), query, host: None, prefetch: false };
        for (index, line) in lines.enumerate() {
            if index >= FIELDS {
                return Err(ReadError::Refused(431));
            }
            request.field(line)?;
        }
        // RFC 9112, 3.2: a request without `Host` is an error
        if request.host.is_none() { Err(BAD) } else { Ok(request) }
    }

    fn field(&mut self, line: &[u8]) -> Result<(), ReadError> {
        // RFC 9112, 5: no folded lines, no space before the colon, no stray control characters
        let colon = line.iter().position(|byte| *byte == b':').ok_or(BAD)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
            return Err(BAD);
        }
        if value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return Err(BAD);
        }
        match name.to_ascii_lowercase().as_slice() {
            b"host" => {
                let host = String::from_utf8(value.to_ascii_lowercase()).map_err(|_| BAD)?;
                if self.host.replace(host).is_some() { Err(BAD) } else { Ok(()) }
            }
            // Nothing here takes a body, and none is read. Refused before anybody can disagree
            // about where it ends.
            b"transfer-encoding" => Err(BAD),
            b"content-length" if value != b"0" => Err(ReadError::Refused(413)),
            b"sec-purpose" | b"purpose" | b"x-moz" => {
                self.prefetch |= find(value, b"prefetch").is_some();
                Ok(())
            }
            // Everything else is not looked at, whatever bytes it has.
            _ => Ok(()),
        }
    }
}

const BAD: ReadError = ReadError::Refused(400);

fn request_line(line: &[u8]) -> Result<(Method, &str), ReadError> {
    let line = str::from_utf8(line).map_err(|_| BAD)?;
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(BAD);
    };
    if method.is_empty() || !method.bytes().all(is_token) {
        return Err(BAD);
    }
    match version {
        "HTTP/1.1" | "HTTP/1.0" => {}
        _ if version.starts_with("HTTP/") => return Err(ReadError::Refused(505)),
        _ => return Err(BAD),
    }
    // RFC 9112, 3.2.1: only the origin form; this is no proxy
    if !target.starts_with('/') || !target.bytes().all(|b| b.is_ascii_graphic() && b != b'#') {
        return Err(BAD);
    }
    if target.len() > TARGET {
        return Err(ReadError::Refused(414));
    }
    Ok((method.parse().map_err(|()| BAD)?, target))
}

/// RFC 9110, 5.6.2
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(head: &[u8]) -> Result<Request, u16> {
        Request::parse(head).map_err(|error| match error {
            ReadError::Gone => 0,
            ReadError::Refused(status) => status,
        })
    }

    #[test]
    fn cookies_of_other_programs_do_not_matter() {
        let request =
            parse("GET /cb?a=1 HTTP/1.1\r\nHost: LOCALHOST:1\r\nCookie: n=Zoë".as_bytes());
        let request = request.unwrap();
        assert_eq!((request.path.as_str(), request.query.as_deref()), ("/cb", Some("a=1")));
        assert_eq!(request.host.as_deref(), Some("localhost:1"));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for (head, status) in [
            ("GET / HTTP/1.1", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: a", 400),
            ("GET / HTTP/1.1\r\nHost : a", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\n folded", 400),
            ("GET / HTTP/1.1\r\nHost: a\rX: b", 400),
            ("GET  / HTTP/1.1\r\nHost: a", 400),
            ("GET http://a/ HTTP/1.1\r\nHost: a", 400),
            ("GET /#f HTTP/1.1\r\nHost: a", 400),
            ("GET / HTTP/2.0\r\nHost: a", 505),
            ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5", 413),
            ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +0", 413),
        ] {
            assert_eq!(parse(head.as_bytes()).unwrap_err(), status, "{head:?}");
        }
    }
}
