//! A response: fixed headers, a page or a redirect, and the end of the connection.

use super::page::{self, Notice};
use super::request::Request;
use std::io::{self, Cursor};
use std::time::Duration;
use tiny_http::{HTTPVersion, Header, Response, StatusCode};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

/// How long the peer may take to receive a response.
const WRITE: Duration = Duration::from_secs(3);
/// How long, and how much, is still received from a peer that was refused in the middle of a
/// request. Closing at once would reset the connection, and it would never see why.
const LINGER: (Duration, u64) = (Duration::from_millis(500), 256 * 1024);

/// A response that is ready to be sent.
pub(super) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    /// Answers a `HEAD`, which never has a body.
    head: bool,
}

impl Answer {
    /// The page with the outcome.
    pub(super) fn page(html: &str) -> Self {
        Self::html(200, html.to_owned())
    }

    /// A page for whoever is at the wrong place.
    pub(super) fn notice(status: u16, notice: &Notice) -> Self {
        Self::html(status, notice.render())
    }

    pub(super) fn method_not_allowed() -> Self {
        let mut answer = Self::notice(405, &Notice::METHOD);
        answer.headers.push(("Allow", "GET".to_owned()));
        answer
    }

    /// To a URL that is ours or was parsed and written again.
    pub(super) fn redirect(status: u16, location: &str) -> Self {
        Self {
            status,
            headers: vec![("Location", location.to_owned())],
            body: String::new(),
            head: false,
        }
    }

    fn html(status: u16, body: String) -> Self {
        let headers = vec![
            ("Content-Type", "text/html; charset=utf-8".to_owned()),
            ("Content-Security-Policy", page::content_security_policy().to_owned()),
        ];
        Self { status, headers, body, head: false }
    }

    /// The same for this request's method.
    pub(super) fn to(self, request: &Request) -> Self {
        Self { head: request.is_head(), ..self }
    }

    /// Sends it and ends the connection.
    pub(super) async fn send(self, stream: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let bytes = self.into_bytes()?;
        let sent = timeout(WRITE, async {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        });
        sent.await?
    }

    fn into_bytes(self) -> io::Result<Vec<u8>> {
        let common = [
            ("Server", "tieline"),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
        ];
        let own = self.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let headers =
            common.into_iter().chain(own).map(|(n, v)| header(n, v)).collect::<Result<_, _>>()?;
        let length = self.body.len();
        let body = Cursor::new(self.body.into_bytes());
        let mut bytes = Vec::with_capacity(1024 + length);
        // As HTTP/1.0 because that says "and then the connection ends": `tiny_http` does not let us
        // send `Connection: close`.
        Response::new(StatusCode(self.status), headers, body, Some(length), None).raw_print(
            &mut bytes,
            HTTPVersion(1, 0),
            &[],
            self.head,
            None,
        )?;
        Ok(bytes)
    }
}

/// CVE-2026-66753: `tiny_http` writes line breaks in a header's value as they are.
fn header(name: &str, value: &str) -> io::Result<Header> {
    if value.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Header::from_bytes(name, value).map_err(|()| io::ErrorKind::InvalidData.into())
}

/// Receives what is still under way, and throws it away.
pub(super) async fn linger(stream: &mut (impl AsyncRead + Unpin)) {
    let (time, bytes) = LINGER;
    let mut rest = stream.take(bytes);
    let _late = timeout(time, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_never_gets_into_a_header() {
        for location in ["http://a/\r\nSet-Cookie: a=b", "/\n", "/\0", "/ü"] {
            assert!(Answer::redirect(302, location).into_bytes().is_err(), "{location:?}");
        }
        assert!(Answer::redirect(302, "https://example.com/?a=b").into_bytes().is_ok());
    }
}
