//! `tieline demo`: the whole story against the sandbox, told by running this very program.

mod stage;
mod story;
mod types;

use super::App;
use crate::error::{Error, Kind, Result};
use crate::sandbox::{self, Options};
use crate::terminal::Style;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;

/// Watch the whole story against a practice provider
#[derive(clap::Args, Debug)]
pub struct Arguments {}

/// One demo: the provider, a home of its own, and what was told so far.
struct Demo<'a> {
    app: &'a App,
    program: PathBuf,
    home: tempfile::TempDir,
    key: String,
    provider: SocketAddr,
    chapter: usize,
}

pub(crate) async fn run(_: &Arguments, app: &App) -> Result<()> {
    let started = Instant::now();
    let options = Options { port: 0, lifetime: 3600, agrees: true, ..Options::default() };
    let sandbox = sandbox::start(options)
        .await
        .map_err(|e| Error::io("the practice provider cannot listen", &e))?;
    let provider = sandbox.address();
    let mut demo = Demo::new(app, provider)?;
    app.terminal.print(&format!(
        "A practice provider runs on {provider}. Nothing here touches your accounts.\n"
    ))?;
    let story = tokio::select! {
        result = demo.tell() => result,
        () = sandbox.run() => Err(Error::new(Kind::Failed, "the practice provider ended")),
    };
    let home = demo.home.path().to_owned();
    demo.home
        .close()
        .map_err(|error| Error::io(format!("`{}` cannot be removed", home.display()), &error))?;
    story?;
    let tick = app.terminal.paint_output(Style::Good, app.terminal.tick());
    app.terminal.print(&format!(
        "\n{tick} Done in {:.1} s. Nothing was kept. Yours next: {}\n",
        started.elapsed().as_secs_f64(),
        app.terminal.paint_output(Style::Command, "tieline connect github")
    ))
}

impl<'a> Demo<'a> {
    fn new(app: &'a App, provider: SocketAddr) -> Result<Self> {
        let program =
            std::env::current_exe().map_err(|e| Error::io("this program cannot be found", &e))?;
        let home = tempfile::Builder::new().prefix("tieline-demo-").tempdir();
        let home = home.map_err(|error| Error::io("no temporary folder can be made", &error))?;
        for (name, text) in [("key.txt", "practice-key\n"), ("secret.txt", "practice-secret\n")] {
            std::fs::write(home.path().join(name), text)
                .map_err(|error| Error::io("the demo's folder cannot be written", &error))?;
        }
        let key = crate::accounts::revision()?
            + &crate::accounts::revision()?
            + &crate::accounts::revision()?;
        Ok(Self { app, program, home, key: key[..64].to_owned(), provider, chapter: 0 })
    }
}
