//! `call APP LIST|RETR PATH`: an app that is an FTP server.

use super::Arguments;
use crate::accounts::Opened;
use crate::commands::App;
use crate::error::{Error, Kind, Result};
use crate::flow::explain::{Doing, explain};
use crate::flow::ftp::log_in;
use crate::refresh::Surroundings;
use crate::text::printable;
use std::path::Path;
use tokio::io::AsyncWriteExt;

/// What can be asked.
enum Wanted<'a> {
    List(Option<&'a str>),
    Retrieve(&'a str),
}

pub(super) async fn call(
    arguments: &Arguments,
    app: &App,
    around: Surroundings<'_>,
    opened: &Opened,
) -> Result<()> {
    let wanted = Wanted::read(&arguments.target)?;
    let session = around.session(opened, false).await?;
    let explained = |error| explain(error, around.definition, &opened.id, Doing::Test);
    let (mut ftp, _, _) = log_in(&session).await.map_err(explained)?;
    match wanted {
        Wanted::List(path) => {
            let lines = ftp.list(path).await.map_err(|error| explained(error.into()))?;
            // File names are strangers' texts.
            let shown = |line: &String| match app.terminal.terminals.output {
                true => printable(line),
                false => line.clone(),
            };
            let text: String = lines.iter().map(|line| format!("{}\n", shown(line))).collect();
            app.terminal.print(&text)?;
        }
        Wanted::Retrieve(path) => {
            let mut target = open(arguments, app).await?;
            let got = ftp.retrieve(path, &mut target).await;
            got.map_err(|error| explained(error.into()))?;
            target.flush().await.map_err(|error| Error::io("it cannot be written", &error))?;
        }
    }
    ftp.quit().await;
    Ok(())
}

impl<'a> Wanted<'a> {
    fn read(target: &'a [String]) -> Result<Self> {
        let (verb, path) = match target {
            [verb] if verb.eq_ignore_ascii_case("LIST") => ("LIST", None),
            [path] => ("RETR", Some(path.as_str())),
            [verb, path] => (verb.as_str(), Some(path.as_str())),
            _ => ("LIST", None),
        };
        match (verb.to_ascii_uppercase().as_str(), path) {
            ("LIST", path) => Ok(Self::List(path)),
            ("RETR" | "GET", Some(path)) => Ok(Self::Retrieve(path)),
            _ => Err(Error::new(Kind::Usage, format!("an FTP server is not asked `{verb}` here"))
                .hint("write `LIST PATH` or `RETR PATH`")),
        }
    }
}

type Target = Box<dyn tokio::io::AsyncWrite + Unpin>;

/// A file, or standard output where that is no terminal: a file may be anything.
async fn open(arguments: &Arguments, app: &App) -> Result<Target> {
    match arguments.output.as_deref() {
        Some(path) if path != Path::new("-") => {
            let file = tokio::fs::File::create(path).await;
            let file = file.map_err(|error| {
                Error::io(format!("`{}` cannot be written", path.display()), &error)
            })?;
            Ok(Box::new(file))
        }
        None if app.terminal.terminals.output => {
            Err(Error::new(Kind::Usage, "a file is not written to a terminal")
                .hint("add `-o FILE`, or `-o -` to have it here all the same"))
        }
        _ => Ok(Box::new(tokio::io::stdout())),
    }
}
