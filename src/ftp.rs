//! FTP (RFC 959) as far as a connection manager needs it: logging in, where one is, listing, and
//! retrieving. Over TLS (RFC 4217), and in the clear only on this machine or where a field says so.

use crate::definition::hosts::{HostError, Hosts};
use crate::secret::Secret;
use crate::text::short;
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use suppaftp::tokio::{AsyncRustlsConnector, AsyncRustlsFtpStream, TransferStream};
use suppaftp::tokio_rustls::TlsConnector;
use suppaftp::types::{FileType, Response};
use suppaftp::{FtpError as Failure, Status};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

/// Where TLS begins with the connection, and not with a command (IANA: `ftps`).
const IMPLICIT_TLS: u16 = 990;
const PORT: u16 = 21;
/// How much is read at a time, in bytes.
const CHUNK: usize = 64 * 1024;
/// The longest list that is read, in bytes.
const MAX_LIST: u64 = 4 * 1024 * 1024;

/// Why a server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum FtpError {
    /// The credential may not go there.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A name or path with a line break would be a second command.
    #[error("`{0}` has a line break in it")]
    LineBreak(&'static str),
    /// The name is not known, nobody listens, or the connection broke.
    #[error("`{host}` cannot be reached: {reason}")]
    Connection {
        /// The host.
        host: String,
        /// What the system says.
        reason: String,
    },
    /// The certificate is not trusted, or the server does not speak TLS.
    #[error("`{host}` cannot be trusted: {reason}")]
    Tls {
        /// The host.
        host: String,
        /// What the library or the server says.
        reason: String,
    },
    /// User name or password are wrong (reply 430 or 530).
    #[error("the server does not know this user name and password: {0}")]
    NotLoggedIn(String),
    /// There is no such file, or no access to it (reply 450 or 550).
    #[error("the server does not give this: {0}")]
    NotAvailable(String),
    /// Any other reply that says no.
    #[error("the server said no: {0}")]
    Refused(String),
    /// What came is no reply of FTP.
    #[error("what answers there does not speak FTP")]
    NotFtp,
    /// No answer in time.
    #[error("`{0}` did not answer in time")]
    TimedOut(String),
    /// What was retrieved cannot be written.
    #[error("what was retrieved cannot be written: {0}")]
    Sink(#[source] io::Error),
    /// A list that is too long.
    #[error("the list is longer than 4 MiB")]
    TooLong,
}

/// A session of somebody who is logged in.
pub struct Ftp {
    stream: AsyncRustlsFtpStream,
    host: String,
    /// How long the server may take for each step.
    patience: Duration,
}

impl Ftp {
    /// Logs in at `ftps://HOST` (TLS by command, or from the start on port 990), or at `ftp://HOST`
    /// where that is allowed. The server may take as long as `patience` for each step.
    ///
    /// # Errors
    /// The host is not allowed, cannot be reached or trusted, or does not know the user.
    pub async fn log_in(
        url: &Url,
        username: &str,
        password: &Secret,
        hosts: &Hosts,
        patience: Duration,
    ) -> Result<Self, FtpError> {
        hosts.check_ftp(url)?;
        one_line("the user name", username)?;
        one_line("the password", password.expose())?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let opened = timeout(patience, open(url, &host)).await;
        let mut stream = opened.map_err(|_| FtpError::TimedOut(host.clone()))??;
        // The server's word for where its data is may be an address of its own network; and nobody
        // else's word sends us anywhere.
        stream.set_passive_nat_workaround(true);
        let mut ftp = Self { stream, host, patience };
        let login = ftp.stream.login(username, password.expose());
        let login = timeout(patience, login).await;
        ftp.told(login).map_err(|error| match error {
            // No file was asked for yet: some servers say so that they want TLS.
            FtpError::NotAvailable(words) => FtpError::Refused(words),
            other => other,
        })?;
        let binary = timeout(patience, ftp.stream.transfer_type(FileType::Binary)).await;
        ftp.told(binary)?;
        Ok(ftp)
    }

    /// Where one is, the folder of the server's that a relative path begins in (PWD).
    ///
    /// # Errors
    /// The server says no, or is gone.
    pub async fn working_directory(&mut self) -> Result<String, FtpError> {
        let told = timeout(self.patience, self.stream.pwd()).await;
        self.told(told)
    }

    /// The lines of a listing, in the server's own form (LIST).
    ///
    /// # Errors
    /// There is no such folder, or the server is gone.
    pub async fn list(&mut self, path: Option<&str>) -> Result<Vec<String>, FtpError> {
        one_line("the path", path.unwrap_or_default())?;
        let command = match path {
            Some(path) => format!("LIST {path}"),
            None => "LIST".to_owned(),
        };
        let expected = [Status::AboutToSend, Status::AlreadyOpen];
        let told =
            timeout(self.patience, self.stream.custom_data_command(command, &expected)).await;
        let (_, mut transfer) = self.told(told)?;
        let mut bytes = Vec::new();
        self.copy(&mut transfer, &mut bytes, MAX_LIST).await?;
        self.finish(transfer).await?;
        Ok(String::from_utf8_lossy(&bytes).lines().map(ToOwned::to_owned).collect())
    }

    /// Retrieves a file byte for byte, a chunk at a time (RETR), and gives its length in bytes.
    ///
    /// # Errors
    /// There is no such file, the server is gone, or `sink` takes no more.
    pub async fn retrieve(
        &mut self,
        path: &str,
        sink: &mut (impl AsyncWrite + Unpin),
    ) -> Result<u64, FtpError> {
        one_line("the path", path)?;
        let told = timeout(self.patience, self.stream.retr_as_stream(path)).await;
        let mut transfer = self.told(told)?;
        let length = self.copy(&mut transfer, sink, u64::MAX).await?;
        self.finish(transfer).await?;
        sink.flush().await.map_err(FtpError::Sink)?;
        Ok(length)
    }

    /// Says goodbye (QUIT). That the server does not answer it is nobody's loss.
    pub async fn quit(mut self) {
        let _ = timeout(self.patience, self.stream.quit()).await;
    }

    async fn copy(
        &self,
        from: &mut (impl AsyncRead + Unpin),
        sink: &mut (impl AsyncWrite + Unpin),
        most: u64,
    ) -> Result<u64, FtpError> {
        let mut chunk = vec![0; CHUNK];
        let mut length = 0;
        loop {
            let read = timeout(self.patience, from.read(&mut chunk)).await;
            let read = read.map_err(|_| FtpError::TimedOut(self.host.clone()))?;
            let read = read.map_err(|error| connection(&self.host, &error))?;
            if read == 0 {
                return Ok(length);
            }
            length += read as u64;
            if length > most {
                return Err(FtpError::TooLong);
            }
            sink.write_all(&chunk[..read]).await.map_err(FtpError::Sink)?;
        }
    }

    /// Only the reply after the data says that it was all of it.
    async fn finish(&self, transfer: Transfer) -> Result<(), FtpError> {
        self.told(timeout(self.patience, transfer.finish()).await)
    }

    fn told<T>(
        &self,
        told: Result<Result<T, Failure>, tokio::time::error::Elapsed>,
    ) -> Result<T, FtpError> {
        let told = told.map_err(|_| FtpError::TimedOut(self.host.clone()))?;
        told.map_err(|failure| explain(&self.host, failure))
    }
}

type Transfer = TransferStream<suppaftp::tokio::AsyncRustlsStream>;

async fn open(url: &Url, host: &str) -> Result<AsyncRustlsFtpStream, FtpError> {
    let told = |failure| explain(host, failure);
    let port = url.port().unwrap_or(PORT);
    if url.scheme() == "ftps" && port == IMPLICIT_TLS {
        let connector = connector(host)?;
        let stream =
            AsyncRustlsFtpStream::connect_secure_implicit((host, port), connector, host).await;
        return protect(stream.map_err(told)?).await.map_err(told);
    }
    let tcp = TcpStream::connect((host, port)).await.map_err(|error| connection(host, &error))?;
    let stream = AsyncRustlsFtpStream::connect_with_stream(tcp).await.map_err(told)?;
    if url.scheme() != "ftps" {
        return Ok(stream);
    }
    stream.into_secure(connector(host)?, host).await.map_err(|failure| match failure {
        Failure::UnexpectedResponse(reply) => {
            FtpError::Tls { host: host.to_owned(), reason: format!("no TLS: {}", words(&reply)) }
        }
        other => told(other),
    })
}

/// Asks for TLS on the data connections too (RFC 4217 section 9), which the library does only where
/// TLS begins by command.
async fn protect(mut stream: AsyncRustlsFtpStream) -> Result<AsyncRustlsFtpStream, Failure> {
    for command in ["PBSZ 0", "PROT P"] {
        stream.custom_command(command, &[Status::CommandOk]).await?;
    }
    Ok(stream)
}

fn connector(host: &str) -> Result<AsyncRustlsConnector, FtpError> {
    let error =
        |error: rustls::Error| FtpError::Tls { host: host.to_owned(), reason: error.to_string() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(error)?
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)).into())
}

fn one_line(what: &'static str, text: &str) -> Result<(), FtpError> {
    match text.contains(['\r', '\n', '\0']) {
        true => Err(FtpError::LineBreak(what)),
        false => Ok(()),
    }
}

fn explain(host: &str, failure: Failure) -> FtpError {
    match failure {
        Failure::ConnectionError(error) => connection(host, &error),
        Failure::SecureError(reason) => {
            FtpError::Tls { host: host.to_owned(), reason: short(&reason, 200) }
        }
        Failure::UnexpectedResponse(reply) => match reply.status.code() {
            430 | 530 => FtpError::NotLoggedIn(words(&reply)),
            450 | 550 => FtpError::NotAvailable(words(&reply)),
            _ => FtpError::Refused(words(&reply)),
        },
        Failure::BadResponse | Failure::InvalidAddress(_) => FtpError::NotFtp,
        Failure::DataConnectionAlreadyOpen => FtpError::Refused("a transfer is under way".into()),
    }
}

fn connection(host: &str, error: &io::Error) -> FtpError {
    FtpError::Connection { host: host.to_owned(), reason: error.to_string() }
}

/// A reply as the server wrote it, in one line.
fn words(reply: &Response) -> String {
    short(&String::from_utf8_lossy(&reply.body), 200)
}
