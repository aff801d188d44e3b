//! The control connection: commands and their replies (RFC 959 sections 4 and 5), and the connections for
//! data that a command opens. Own code, because the library for it brings a whole engine of regular
//! expressions along, which every start of the executable would pay for, and reads lines without end.

use std::io;
use std::net::{IpAddr, SocketAddr};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

/// The longest reply that is read, in bytes; a greeting may have a screen or two of rules in it.
const LONGEST_REPLY: usize = 64 * 1024;

/// What goes both ways: in the clear or over TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// What a server says to a command (RFC 959 section 4.2).
#[derive(Debug)]
pub(super) struct Reply {
    /// Three digits.
    pub(super) code: u16,
    /// All of it, the code too; its lines end with a line feed, but for the last.
    pub(super) text: String,
}

/// Why there is no reply, or not the one that was hoped for.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Connection(#[from] io::Error),
    #[error("{0}")]
    Tls(io::Error),
    #[error("{}", .0.text)]
    Said(Reply),
    #[error("this is no reply of FTP")]
    NotFtp,
}

/// How TLS is spoken on each connection to one host.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) connector: TlsConnector,
    pub(super) name: ServerName<'static>,
}

impl Tls {
    /// Begins TLS on a connection.
    pub(super) async fn over(
        &self,
        stream: impl Stream + 'static,
    ) -> Result<Box<dyn Stream>, Failure> {
        let begun = self.connector.connect(self.name.clone(), stream).await;
        Ok(Box::new(begun.map_err(Failure::Tls)?))
    }
}

pub(super) struct Control {
    stream: BufReader<Box<dyn Stream>>,
    /// Where data connections lead, too. The server's own word for it may be an address of its network,
    /// and nobody else's word sends us anywhere.
    peer: IpAddr,
    /// How data connections are protected, once they are.
    tls: Option<Tls>,
}

impl Control {
    /// Waits for the server's greeting.
    pub(super) async fn greeted(stream: Box<dyn Stream>, peer: IpAddr) -> Result<Self, Failure> {
        let mut control = Self { stream: BufReader::new(stream), peer, tls: None };
        // 120: the service begins in a while (RFC 959 section 5.4).
        while control.reply(&[120, 220]).await?.code == 120 {}
        Ok(control)
    }

    /// Asks for TLS on this connection (RFC 4217 section 4), and then on those for data.
    pub(super) async fn secured(mut self, tls: Tls) -> Result<Self, Failure> {
        self.ask("AUTH TLS", &[234]).await?;
        // What came in the clear behind the reply may be anybody's, and must not count as the server's.
        if !self.stream.buffer().is_empty() {
            return Err(Failure::NotFtp);
        }
        let stream = BufReader::new(tls.over(self.stream.into_inner()).await?);
        Self { stream, ..self }.protected(tls).await
    }

    /// Asks for TLS on the data connections (RFC 4217 section 9). They resume this one's session, as
    /// servers demand that guard against strangers on them.
    pub(super) async fn protected(mut self, tls: Tls) -> Result<Self, Failure> {
        self.ask("PBSZ 0", &[200]).await?;
        self.ask("PROT P", &[200]).await?;
        self.tls = Some(tls);
        Ok(self)
    }

    /// Sends a command, and reads its reply; any but those expected is a failure.
    pub(super) async fn ask(&mut self, line: &str, expected: &[u16]) -> Result<Reply, Failure> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.stream.flush().await?;
        self.reply(expected).await
    }

    /// Sends a command whose data comes over a connection of its own, which is opened first.
    pub(super) async fn ask_for_data(
        &mut self,
        line: &str,
        expected: &[u16],
    ) -> Result<(Reply, Box<dyn Stream>), Failure> {
        let port = self.data_port().await?;
        let stream = TcpStream::connect(SocketAddr::new(self.peer, port)).await?;
        let reply = self.ask(line, expected).await?;
        let stream: Box<dyn Stream> = match &self.tls {
            Some(tls) => tls.over(stream).await?,
            None => Box::new(stream),
        };
        Ok((reply, stream))
    }

    /// Where the server waits for the next data connection.
    async fn data_port(&mut self) -> Result<u16, Failure> {
        let port = if self.peer.is_ipv6() {
            // PASV has room for four bytes only (RFC 2428 section 3).
            extended(&self.ask("EPSV", &[229]).await?.text)
        } else {
            passive(&self.ask("PASV", &[227]).await?.text)
        };
        port.ok_or(Failure::NotFtp)
    }

    /// Reads a reply: one line, or all until the line that has its code and a space.
    pub(super) async fn reply(&mut self, expected: &[u16]) -> Result<Reply, Failure> {
        let mut text = self.line(LONGEST_REPLY).await?;
        let code = code(&text).ok_or(Failure::NotFtp)?;
        let last = format!("{code} ");
        let mut more = text[3..].starts_with('-');
        while more {
            let line = self.line(LONGEST_REPLY.saturating_sub(text.len())).await?;
            more = !line.starts_with(&last);
            text = format!("{text}\n{line}");
        }
        let reply = Reply { code, text };
        if expected.contains(&code) { Ok(reply) } else { Err(Failure::Said(reply)) }
    }

    /// A line without its end, of so many bytes at most.
    async fn line(&mut self, longest: usize) -> Result<String, Failure> {
        let mut line = Vec::new();
        (&mut self.stream).take(longest as u64).read_until(b'\n', &mut line).await?;
        match line.strip_suffix(b"\n") {
            Some(line) => {
                Ok(String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned())
            }
            None if line.len() == longest => Err(Failure::NotFtp),
            None => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        }
    }
}

/// The code that a reply begins with.
fn code(line: &str) -> Option<u16> {
    let (digits, rest) = line.split_at_checked(3)?;
    let is_code = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let ends = rest.is_empty() || rest.starts_with([' ', '-']);
    digits.parse().ok().filter(|_| is_code && ends)
}

/// The port in `227 … (h1,h2,h3,h4,p1,p2)`. Servers leave out the brackets, too (RFC 1123 section 4.1.2.6).
fn passive(reply: &str) -> Option<u16> {
    let rest = &reply[3..];
    let digits = rest.find(|it: char| it.is_ascii_digit())?;
    let numbers = rest[digits..].split(|it: char| !it.is_ascii_digit() && it != ',').next()?;
    let numbers: Vec<u8> =
        numbers.split(',').map(str::parse::<u8>).collect::<Result<_, _>>().ok()?;
    let [_, _, _, _, high, low] = numbers[..] else { return None };
    Some(u16::from_be_bytes([high, low]))
}

/// The port in `229 … (|||port|)`, whose bars may be another character (RFC 2428 section 3).
fn extended(reply: &str) -> Option<u16> {
    let (_, rest) = reply.split_once('(')?;
    let (inner, _) = rest.split_once(')')?;
    let bar = inner.chars().next()?;
    inner.trim_matches(bar).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_what_servers_really_say() {
        assert_eq!(passive("227 Entering Passive Mode (127,0,0,1,4,1)"), Some(1025));
        assert_eq!(passive("227 Entering Passive Mode. 10,0,0,1,0,21."), Some(21));
        assert_eq!(passive("227 Entering Passive Mode (127,0,0,1,4)"), None);
        assert_eq!(passive("227 Entering Passive Mode (127,0,0,1,256,1)"), None);
        assert_eq!(passive("227 yes"), None);
        assert_eq!(extended("229 Entering Extended Passive Mode (|||6446|)"), Some(6446));
        assert_eq!(extended("229 here (!!!6446!)"), Some(6446));
        assert_eq!(extended("229 here (|||65536|)"), None);
        assert_eq!(extended("229 here ()"), None);
    }

    #[tokio::test]
    async fn a_reply_has_one_line_or_all_until_its_code_comes_again() {
        let said = async |bytes: &'static str| {
            let (mut server, client) = tokio::io::duplex(1024);
            server.write_all(bytes.as_bytes()).await.unwrap();
            drop(server);
            let peer = IpAddr::from([127, 0, 0, 1]);
            Control::greeted(Box::new(client), peer).await.err().map(|error| error.to_string())
        };
        assert_eq!(said("220 hello\r\n").await, None);
        assert_eq!(said("120 soon\r\n220-a\r\n 220 b\r\n220-c\r\n220 d\r\n").await, None);
        assert_eq!(
            said("421-no\n room\n421 left\n").await.as_deref(),
            Some("421-no\n room\n421 left")
        );
        for wrong in ["SSH-2.0-OpenSSH\r\n", "22\r\n", "2200 a\r\n", "\r\n", "é20 a\r\n"] {
            assert_eq!(said(wrong).await.as_deref(), Some("this is no reply of FTP"), "{wrong}");
        }
        for cut in ["220-a\r\n", "220 a", ""] {
            assert_eq!(said(cut).await.as_deref(), Some("unexpected end of file"), "{cut}");
        }
    }

    #[tokio::test]
    async fn a_reply_without_end_is_not_read_to_its_end() {
        for endless in ["220-a\r\n", "220 and on"] {
            let (mut server, client) = tokio::io::duplex(1024);
            let sends = async {
                while server.write_all(endless.as_bytes()).await.is_ok() {}
                Ok(())
            };
            let peer = IpAddr::from([127, 0, 0, 1]);
            let reads = async { Control::greeted(Box::new(client), peer).await.map(|_| ()) };
            let (read, sent): (_, io::Result<()>) = tokio::join!(reads, sends);
            assert!(matches!(read, Err(Failure::NotFtp)), "{read:?}");
            sent.unwrap();
        }
    }
}
