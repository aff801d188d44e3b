//! The stand-in of an app that is an FTP server (RFC 959): whoever logs in as the definition says may ask where
//! one is, and list an empty folder. Over TLS by command (RFC 4217) where the address says so.

use super::service::{Note, Seen};
use std::io;
use std::net::Ipv4Addr;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The longest command, in bytes.
const MAX_LINE: usize = 1024;

/// Who may log in, and how.
pub(super) struct FtpServer {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) tls: TlsAcceptor,
    /// Nothing but a login over TLS counts.
    pub(super) encrypted: bool,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// One control connection.
struct Session<'a> {
    server: &'a FtpServer,
    note: &'a Note,
    username: String,
    encrypted: bool,
    logged_in: bool,
    data: Option<TcpListener>,
}

impl FtpServer {
    /// Serves one control connection to its end.
    ///
    /// # Errors
    /// The client is gone.
    pub(super) async fn serve(&self, stream: TcpStream, note: &Note) -> io::Result<()> {
        let mut session = Session {
            server: self,
            note,
            username: String::new(),
            encrypted: false,
            logged_in: false,
            data: None,
        };
        let mut stream = stream;
        say(&mut stream, "220 a stand-in").await?;
        // Until it asks for TLS, the connection is in the clear.
        while let Some(line) = read_line(&mut stream).await? {
            if line.eq_ignore_ascii_case("AUTH TLS") {
                say(&mut stream, "234 go on").await?;
                let mut stream = self.tls.accept(stream).await?;
                session.encrypted = true;
                return session.run(&mut stream).await;
            }
            session.obey(&line, &mut stream).await?;
        }
        Ok(())
    }
}

impl Session<'_> {
    async fn run(&mut self, stream: &mut dyn Stream) -> io::Result<()> {
        while let Some(line) = read_line(stream).await? {
            self.obey(&line, stream).await?;
        }
        Ok(())
    }

    async fn obey(&mut self, line: &str, stream: &mut dyn Stream) -> io::Result<()> {
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        let reply = match verb.to_ascii_uppercase().as_str() {
            "USER" => {
                argument.clone_into(&mut self.username);
                "331 and the password".to_owned()
            }
            "PASS" => self.log_in(argument),
            "QUIT" => "221 goodbye".to_owned(),
            "PBSZ" | "PROT" => "200 done".to_owned(),
            _ if !self.logged_in => "530 log in first".to_owned(),
            "TYPE" => "200 done".to_owned(),
            "CWD" => "250 done".to_owned(),
            "PWD" => "257 \"/\"".to_owned(),
            "SIZE" => "550 there are no files".to_owned(),
            "PASV" => self.listen().await?,
            "LIST" | "NLST" => return self.list(stream).await,
            _ => "502 not here".to_owned(),
        };
        say(stream, &reply).await
    }

    fn log_in(&mut self, password: &str) -> String {
        let mut differences = Vec::new();
        let mut check = |good: bool, what: &str| {
            if !good {
                differences.push(what.to_owned());
            }
        };
        check(self.username == self.server.username, "the user name is another");
        check(password == self.server.password, "the password is another");
        check(self.encrypted || !self.server.encrypted, "the login is in the clear");
        self.logged_in = differences.is_empty();
        self.tell("USER, PASS", "login", differences);
        let reply = if self.logged_in { "230 logged in" } else { "530 not logged in" };
        reply.to_owned()
    }

    fn tell(&self, request: &str, part: &'static str, differences: Vec<String>) {
        let request = request.to_owned();
        (self.note)(Seen { request, parts: vec![part], pin: None, differences });
    }

    /// Section 4.1.2, PASV: an address as six numbers.
    async fn listen(&mut self) -> io::Result<String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let [high, low] = listener.local_addr()?.port().to_be_bytes();
        self.data = Some(listener);
        Ok(format!("227 (127,0,0,1,{high},{low})"))
    }

    /// An empty folder, over a connection of its own.
    async fn list(&mut self, stream: &mut dyn Stream) -> io::Result<()> {
        let Some(listener) = self.data.take() else { return say(stream, "425 PASV first").await };
        say(stream, "150 here it comes").await?;
        let (data, _) = listener.accept().await?;
        if self.encrypted {
            self.server.tls.accept(data).await?.shutdown().await?;
        }
        self.tell("LIST", "call", Vec::new());
        say(stream, "226 that was all").await
    }
}

async fn say(stream: &mut (impl AsyncWrite + Unpin + ?Sized), reply: &str) -> io::Result<()> {
    stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// A byte at a time: what follows a command may be a TLS handshake.
async fn read_line(stream: &mut (impl AsyncRead + Unpin + ?Sized)) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte).await? == 1 && line.len() < MAX_LINE {
        if byte == *b"\n" {
            return Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()));
        }
        line.push(byte[0]);
    }
    Ok(None)
}
