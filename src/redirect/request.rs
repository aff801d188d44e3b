//! Reading a request: bounded, strict where it protects, and a body only where one is expected.

use std::io;
use tiny_http::Method;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The longest request target: codes and tokens of up to a few thousand bytes occur.
const TARGET: usize = 8 * 1024;
/// The longest request line: method, target, version, two spaces.
const LINE: usize = TARGET + 32;
/// The longest head. All programs at `localhost` share their cookies, so it is not small.
const HEAD: usize = 64 * 1024;
/// The longest form.
const BODY: usize = 64 * 1024;
/// The most header fields.
const FIELDS: usize = 128;

/// A request, as far as it matters here.
#[derive(Debug)]
pub(super) struct Request {
    method: Method,
    pub(super) path: String,
    pub(super) query: Option<String>,
    /// In lower case.
    pub(super) host: Option<String>,
    pub(super) prefetch: bool,
    /// The form, where one is taken and this is one.
    pub(super) body: Option<String>,
    length: Option<usize>,
    is_form: bool,
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
    /// Reads the head, and the body of a request that `takes_body` wants one of.
    pub(super) async fn read(
        stream: &mut (impl AsyncRead + Unpin),
        takes_body: impl FnOnce(&Self) -> bool,
    ) -> Result<Self, ReadError> {
        let mut head = Vec::with_capacity(2048);
        loop {
            if stream.read_buf(&mut head).await? == 0 {
                return Err(ReadError::Gone);
            }
            if let Some(end) = find(&head, b"\r\n\r\n").filter(|end| *end <= HEAD) {
                let mut request = Self::parse(&head[..end])?;
                let takes = takes_body(&request);
                request.read_body(stream, &head[end + 4..], takes).await?;
                return Ok(request);
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

    pub(super) fn is_post(&self) -> bool {
        self.method == Method::Post
    }

    async fn read_body(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        begun: &[u8],
        takes: bool,
    ) -> Result<(), ReadError> {
        let length = self.length.unwrap_or(0);
        if !takes {
            // That of a POST in the wrong place stays unread: what matters more is said of it.
            return if length == 0 || self.is_post() { Ok(()) } else { Err(TOO_LARGE) };
        }
        if length > BODY {
            return Err(TOO_LARGE);
        }
        if begun.len() > length {
            return Err(BAD);
        }
        let mut body = begun.to_vec();
        body.resize(length, 0);
        stream.read_exact(&mut body[begun.len()..]).await?;
        self.body = self.is_form.then(|| String::from_utf8(body)).transpose().map_err(|_| BAD)?;
        Ok(())
    }

    fn parse(head: &[u8]) -> Result<Self, ReadError> {
        let mut lines =
            head.split(|byte| *byte == b'\n').map(|l| l.strip_suffix(b"\r").unwrap_or(l));
        let (method, target) = request_line(lines.next().unwrap_or_default())?;
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        let mut request = Self {
            method,
            path: path.to_owned(),
            query,
            host: None,
            prefetch: false,
            body: None,
            length: None,
            is_form: false,
        };
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
            // Refused before anybody can disagree about where the body ends.
            b"transfer-encoding" => Err(BAD),
            b"content-length" => {
                let length = length(value).ok_or(BAD)?;
                if self.length.replace(length).is_some() { Err(BAD) } else { Ok(()) }
            }
            b"content-type" => {
                let kind = value.split(|byte| *byte == b';').next().unwrap_or_default();
                self.is_form =
                    kind.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded");
                Ok(())
            }
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
const TOO_LARGE: ReadError = ReadError::Refused(413);

/// RFC 9110, 8.6: digits and nothing else. More of them than fit is too large, whatever it is.
fn length(value: &[u8]) -> Option<usize> {
    let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let text = str::from_utf8(value).ok().filter(|_| digits)?;
    Some(text.parse().unwrap_or(usize::MAX))
}

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
            ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +0", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 0", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1", 400),
        ] {
            assert_eq!(parse(head.as_bytes()).unwrap_err(), status, "{head:?}");
        }
    }
}
