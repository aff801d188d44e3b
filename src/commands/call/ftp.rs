//! `call APP LIST|NLST|RETR|SIZE PATH`: an app that is an FTP server.

use super::Arguments;
use crate::accounts::Opened;
use crate::commands::App;
use crate::error::{Error, Kind, Result};
use crate::flow::FlowError;
use crate::flow::explain::{Doing, explain};
use crate::flow::ftp::{address, log_in};
use crate::ftp::{Ftp, FtpError, Verb};
use crate::refresh::Surroundings;
use crate::terminal::Terminal;
use crate::text::printable;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// What is asked.
enum Wanted<'a> {
    Transfer(Verb, Option<&'a str>),
    Size(&'a str),
}

pub(super) async fn call(
    arguments: &Arguments,
    app: &App,
    around: Surroundings<'_>,
    opened: &Opened,
) -> Result<()> {
    let wanted = Wanted::read(arguments)?;
    let for_screen = app.terminal.terminals.output && arguments.answer.output.is_none();
    if for_screen && matches!(wanted, Wanted::Transfer(Verb::Retrieve, _)) {
        return Err(Error::new(Kind::Usage, "a file is not written to a terminal")
            .hint("add `-o FILE`, or `-o -` to have it here all the same"));
    }
    let session = around.session(opened, false).await?;
    let explained = |error| explain(error, around.definition, &opened.id, Doing::Test);
    let url = address(&session).map_err(explained)?;
    let mut ftp = log_in(&session, &url).await.map_err(explained)?;
    let result = wanted.fetch(&mut ftp, arguments, &app.terminal).await;
    ftp.quit().await;
    result?.map_err(|error| explained(FlowError::Ftp(error)))
}

impl<'a> Wanted<'a> {
    fn read(arguments: &'a Arguments) -> Result<Self> {
        let body = &arguments.body;
        let sends = body.data.is_some()
            || body.form
            || body.multipart
            || arguments.answer.include
            || arguments.answer.jq.is_some()
            || arguments.answer.remote_name
            || arguments.answer.resume
            || arguments.pages.paginate
            || arguments.look.dry_run
            || arguments.look.curl
            || arguments.look.curl_config
            || [&body.field, &body.typed, &arguments.query, &arguments.header]
                .iter()
                .any(|list| !list.is_empty());
        if sends {
            let message = "an FTP server takes no body, query or header, and has no pages";
            return Err(Error::new(Kind::Usage, message).hint("leave these options out"));
        }
        let (verb, path) = match arguments.target.as_slice() {
            [word] if ["LIST", "NLST"].iter().any(|verb| word.eq_ignore_ascii_case(verb)) => {
                (word.as_str(), None)
            }
            [path] => ("RETR", Some(path.as_str())),
            [verb, path, ..] => (verb.as_str(), Some(path.as_str())),
            [] => ("LIST", None),
        };
        match (verb.to_ascii_uppercase().as_str(), path) {
            ("LIST", path) => Ok(Self::Transfer(Verb::List, path)),
            ("NLST", path) => Ok(Self::Transfer(Verb::Names, path)),
            ("RETR" | "GET", Some(path)) => Ok(Self::Transfer(Verb::Retrieve, Some(path))),
            ("SIZE", Some(path)) => Ok(Self::Size(path)),
            _ => Err(Error::new(Kind::Usage, format!("an FTP server is not asked `{verb}` here"))
                .hint("write `LIST PATH`, `NLST PATH`, `RETR PATH` or `SIZE PATH`")),
        }
    }

    /// The outer failure is this machine's, the inner one the server's.
    async fn fetch(
        &self,
        ftp: &mut Ftp<'_>,
        arguments: &Arguments,
        terminal: &Terminal,
    ) -> Result<Result<(), FtpError>> {
        match self {
            Self::Transfer(verb, path) => {
                // What is not given leaves a file of that name as it was.
                let transfer = match ftp.begin(*verb, *path).await {
                    Ok(transfer) => transfer,
                    Err(error) => return Ok(Err(error)),
                };
                let mut target = open(arguments, terminal).await?;
                Ok(ftp.copy(transfer, &mut target).await.map(|_| ()))
            }
            Self::Size(path) => {
                let size = match ftp.size(path).await {
                    Ok(size) => size,
                    Err(error) => return Ok(Err(error)),
                };
                let mut target = open(arguments, terminal).await?;
                let written = target.write_all(format!("{size}\n").as_bytes()).await;
                written.map_err(|error| Error::io("it cannot be written", &error))?;
                let flushed = target.flush().await;
                Ok(flushed.map_err(FtpError::Sink))
            }
        }
    }
}

type Target<'a> = Box<dyn AsyncWrite + Unpin + 'a>;

async fn open<'a>(arguments: &Arguments, terminal: &'a Terminal) -> Result<Target<'a>> {
    match arguments.answer.output.as_deref() {
        Some(path) if path != Path::new("-") => {
            let file = tokio::fs::File::create(path).await;
            let file = file.map_err(|error| Error::writing(path, &error))?;
            Ok(Box::new(file))
        }
        None if terminal.terminals.output => Ok(Box::new(Screen { terminal, held: Vec::new() })),
        _ => Ok(Box::new(tokio::io::stdout())),
    }
}

/// A terminal, which no name of a file may steer. It is written to in whole lines.
struct Screen<'a> {
    terminal: &'a Terminal,
    held: Vec<u8>,
}

/// The longest line that is waited for, in bytes.
const MAX_LINE: usize = 64 * 1024;

impl Screen<'_> {
    fn show(&mut self, end: usize) -> io::Result<()> {
        let text: Vec<u8> = self.held.drain(..end).collect();
        let text = printable(&String::from_utf8_lossy(&text));
        self.terminal.print(&text).map_err(|error| io::Error::other(error.message))
    }
}

impl AsyncWrite for Screen<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let screen = self.get_mut();
        screen.held.extend_from_slice(bytes);
        let lines = screen.held.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let end = if screen.held.len() > MAX_LINE { screen.held.len() } else { lines };
        Poll::Ready(screen.show(end).map(|()| bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let screen = self.get_mut();
        Poll::Ready(screen.show(screen.held.len()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }
}
