//! `tieline demo`: the whole story against the sandbox, told by running this very program.

mod stage;
mod story;
mod types;

use super::App;
use super::own::Own;
use crate::error::{Error, Kind, Result};
use crate::sandbox::{self, Options};
use crate::terminal::Style;
use std::net::SocketAddr;
use std::time::Instant;
use types::TYPES;

/// The apps of the story that are not among the types.
const APPS: [&str; 2] = ["sandbox-oauth2", "sandbox-oauth1"];

/// Watch the whole story against a practice provider
#[derive(clap::Args, Debug)]
pub struct Arguments {}

/// One demo: the provider, a home of its own, and what was told so far.
struct Demo<'a> {
    app: &'a App,
    own: Own,
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
    demo.own.close()?;
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
        let mut own = Own::new(app, "tieline-demo-")?;
        for (name, text) in [("key.txt", "practice-key\n"), ("secret.txt", "practice-secret\n")] {
            own.write(name, text)?;
        }
        let server = format!("http://{provider}");
        for kind in TYPES.iter().map(|kind| kind.app).chain(APPS) {
            let prefix = format!("TIELINE_{}", kind.to_ascii_uppercase().replace('-', "_"));
            let path = kind.trim_start_matches("sandbox-");
            own.set(format!("{prefix}_SERVER"), &server);
            own.set(format!("{prefix}_URL"), format!("{server}/{path}"));
        }
        Ok(Self { app, own, provider, chapter: 0 })
    }
}
