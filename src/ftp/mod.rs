//! FTP (RFC 959) as far as a connection manager needs it: logging in, where one is, listing, and
//! retrieving. Over TLS (RFC 4217), and in the clear only on this machine or where a field says so.

mod connection;
mod control;
mod error;

pub use error::FtpError;

use crate::definition::hosts::Hosts;
use crate::http::Client;
use crate::http::trace::Received;
use crate::secret::Secret;
use control::{Control, Failure, Reply, Stream};
use error::{explain, one_line};
use percent_encoding::percent_decode_str;
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use url::Url;

/// How much is read at a time, in bytes.
const CHUNK: usize = 64 * 1024;

/// A session of somebody who is logged in.
pub struct Ftp<'a> {
    control: Control,
    url: &'a Url,
    username: String,
    /// The trace, which notes each command with its reply, and how long each may take.
    http: &'a Client,
}

/// What comes over a connection of its own (RFC 959 section 4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// A listing in the server's own form.
    List,
    /// Names alone.
    Names,
    /// A file, byte for byte.
    Retrieve,
}

impl Verb {
    /// The command.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Self::List => "LIST",
            Self::Names => "NLST",
            Self::Retrieve => "RETR",
        }
    }
}

/// Bytes that the server has begun to send.
pub struct Transfer {
    stream: Box<dyn Stream>,
    verb: Verb,
}

impl<'a> Ftp<'a> {
    /// Logs in at `ftps://HOST` (TLS by command, or from the start on port 990), or at `ftp://HOST`
    /// where that is allowed, and goes to the folder that the URL names. The server may take as long
    /// for each step as for an answer over HTTP.
    ///
    /// # Errors
    /// The host is not allowed, cannot be reached or trusted, or does not know the user; or there is
    /// no such folder.
    pub async fn log_in(
        url: &'a Url,
        username: &str,
        password: &Secret,
        hosts: &Hosts,
        http: &'a Client,
    ) -> Result<Self, FtpError> {
        hosts.check_ftp(url)?;
        one_line("the user name", username)?;
        one_line("the password", password.expose())?;
        let folder = folder(url)?;
        let control = connection::open(url, http).await?;
        let mut ftp = Self { control, url, username: username.to_owned(), http };
        ftp.authenticate(password).await.map_err(|error| error.of_a_login(url))?;
        // Bytes as they are: the default is text, whose line ends may be rewritten.
        ftp.ask("TYPE I", &[200]).await?;
        if let Some(folder) = folder {
            let expected = [250, 200];
            ftp.ask(&format!("CWD {folder}"), &expected).await?;
        }
        Ok(ftp)
    }

    /// Who is logged in: `user@host`.
    #[must_use]
    pub fn login(&self) -> String {
        format!("{}@{}", self.username, self.url.host_str().unwrap_or_default())
    }

    async fn authenticate(&mut self, password: &Secret) -> Result<(), FtpError> {
        let user = format!("USER {}", self.username);
        let reply = self.ask(&user, &[230, 331]).await?;
        if reply.code == 331 {
            let line = Secret::from(format!("PASS {}", password.expose()));
            self.ask_as(line.expose(), "PASS [password]", &[230]).await?;
        }
        Ok(())
    }

    /// Where one is, the folder of the server's that a relative path begins in (PWD).
    ///
    /// # Errors
    /// The server says no, or is gone.
    pub async fn working_directory(&mut self) -> Result<String, FtpError> {
        let reply = self.ask("PWD", &[257]).await?;
        quoted(&reply.text).ok_or(FtpError::NotFtp)
    }

    /// The length of a file in bytes, as the server knows it (SIZE, RFC 3659 section 4).
    ///
    /// # Errors
    /// There is no such file, or the server is gone.
    pub async fn size(&mut self, path: &str) -> Result<u64, FtpError> {
        one_line("the path", path)?;
        let reply = self.ask(&format!("SIZE {path}"), &[213]).await?;
        let size = reply.text.split_whitespace().nth(1).and_then(|number| number.parse().ok());
        size.ok_or(FtpError::NotFtp)
    }

    /// Asks for a listing or a file; nothing of it is read yet.
    ///
    /// # Errors
    /// There is no such thing, or the server is gone.
    pub async fn begin(&mut self, verb: Verb, path: Option<&str>) -> Result<Transfer, FtpError> {
        one_line("the path", path.unwrap_or_default())?;
        let line = [Some(verb.command()), path].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let expected = [150, 125];
        let started = Instant::now();
        let begun = self.control.ask_for_data(&line, &expected);
        let begun = timeout(self.http.timeout(), begun).await.unwrap_or_else(|_| Err(late()));
        self.note(&line, begun.as_ref().map(|(reply, _)| reply), started);
        let (_, stream) = begun.map_err(|failure| self.explain(failure))?;
        Ok(Transfer { stream, verb })
    }

    /// Reads all of it, a chunk at a time, and gives its length in bytes. A listing's lines end as this
    /// machine's do, a file is left as it is.
    ///
    /// # Errors
    /// The server breaks off, or `sink` takes no more.
    pub async fn copy(
        &mut self,
        mut transfer: Transfer,
        sink: &mut (impl AsyncWrite + Unpin),
    ) -> Result<u64, FtpError> {
        let mut chunk = vec![0; CHUNK];
        let (mut length, mut lines) = (0, Lines::default());
        loop {
            let read = timeout(self.http.timeout(), transfer.stream.read(&mut chunk)).await;
            let read = read.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()));
            let read = read.map_err(|error| self.explain(Failure::Connection(error)))?;
            if read == 0 {
                break;
            }
            length += read as u64;
            let written = match transfer.verb {
                Verb::Retrieve => sink.write_all(&chunk[..read]).await,
                Verb::List | Verb::Names => sink.write_all(&lines.read(&chunk[..read])).await,
            };
            written.map_err(FtpError::Sink)?;
        }
        // Only the reply after the data says that it was all of it.
        let finish = async {
            let _ = transfer.stream.shutdown().await;
            drop(transfer.stream);
            self.control.reply(&[226, 250]).await
        };
        let finished = timeout(self.http.timeout(), finish).await;
        finished.unwrap_or_else(|_| Err(late())).map_err(|failure| self.explain(failure))?;
        sink.flush().await.map_err(FtpError::Sink)?;
        self.http.note(format!("{} gave {length} bytes", transfer.verb.command()));
        Ok(length)
    }

    /// Says goodbye (QUIT). That the server does not answer it is nobody's loss.
    pub async fn quit(mut self) {
        let _ = timeout(self.http.timeout(), self.control.ask("QUIT", &[221])).await;
    }

    async fn ask(&mut self, line: &str, expected: &[u16]) -> Result<Reply, FtpError> {
        self.ask_as(line, line, expected).await
    }

    /// Sends a line that is shown as another.
    async fn ask_as(
        &mut self,
        line: &str,
        shown: &str,
        expected: &[u16],
    ) -> Result<Reply, FtpError> {
        let started = Instant::now();
        let told = timeout(self.http.timeout(), self.control.ask(line, expected)).await;
        let told = told.unwrap_or_else(|_| Err(late()));
        self.note(shown, told.as_ref(), started);
        told.map_err(|failure| self.explain(failure))
    }

    fn note(&self, line: &str, told: Result<&Reply, &Failure>, started: Instant) {
        let received = match told {
            Ok(reply) | Err(Failure::Said(reply)) => {
                Received::Reply { code: reply.code, text: reply.text.clone() }
            }
            Err(failure) => Received::Nothing { code: "ftp", why: failure.to_string() },
        };
        self.http.note_command("ftp", line, received, started.elapsed());
    }

    fn explain(&self, failure: Failure) -> FtpError {
        explain(self.url, failure, self.http)
    }
}

/// The line ends of the network (RFC 959 section 3.1.1.1) taken out of a listing.
#[derive(Default)]
struct Lines {
    /// A carriage return that may be the first half of a line end.
    held: bool,
}

impl Lines {
    fn read(&mut self, chunk: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(chunk.len() + 1);
        for byte in chunk {
            if std::mem::take(&mut self.held) && *byte != b'\n' {
                bytes.push(b'\r');
            }
            match byte {
                b'\r' => self.held = true,
                byte => bytes.push(*byte),
            }
        }
        bytes
    }
}

fn late() -> Failure {
    Failure::Connection(std::io::ErrorKind::TimedOut.into())
}

/// The folder of a URL, relative to where a login leads (RFC 1738 section 3.2.2).
fn folder(url: &Url) -> Result<Option<String>, FtpError> {
    let folder = percent_decode_str(url.path().trim_start_matches('/')).decode_utf8_lossy();
    one_line("the address", &folder)?;
    Ok(Some(folder.into_owned()).filter(|folder| !folder.is_empty()))
}

/// The path in a reply: between quotation marks, one of its own written twice (RFC 959 appendix II).
fn quoted(reply: &str) -> Option<String> {
    let (_, rest) = reply.split_once('"')?;
    let rest = rest.replace("\"\"", "\0");
    let (path, _) = rest.split_once('"')?;
    Some(path.replace('\0', "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_working_directory_may_have_quotation_marks() {
        assert_eq!(quoted("257 \"/a\" is it").as_deref(), Some("/a"));
        assert_eq!(quoted("257 \"/a \"\"b\"\"\"").as_deref(), Some("/a \"b\""));
        assert_eq!(quoted("257 none"), None);
    }

    #[test]
    fn a_listing_has_this_machines_line_ends_wherever_it_is_cut() {
        let mut lines = Lines::default();
        let parts: [&[u8]; 4] = [b"a\r", b"\nb\r\n\r", b"c\r\r\n", b"\n"];
        assert_eq!(parts.map(|part| lines.read(part)).concat(), b"a\nb\n\rc\r\n\n");
    }

    #[test]
    fn a_folder_is_relative_unless_its_slash_is_encoded() {
        let of = |url: &str| folder(&Url::parse(url).unwrap());
        assert_eq!(of("ftp://a.test").unwrap(), None);
        assert_eq!(of("ftp://a.test/my%20files/x").unwrap().as_deref(), Some("my files/x"));
        assert_eq!(of("ftp://a.test/%2Fetc").unwrap().as_deref(), Some("/etc"));
        assert!(matches!(of("ftp://a.test/a%0d%0aDELE b"), Err(FtpError::LineBreak(_))));
    }
}
