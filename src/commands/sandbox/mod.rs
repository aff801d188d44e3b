//! `tieline sandbox`: a practice provider on loopback.

mod app;

pub(super) use app::variables;

use super::App;
use crate::error::{Error, Kind, Result};
use crate::sandbox::{self, Misbehaviour, Options, PORT};

/// Run a practice provider, which misbehaves on demand
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline sandbox --lifetime 5 --misbehave invalid-grant &\n  \
    tieline connect sandbox-oauth2\n\n\
    Any other app, as its definition describes it:\n  \
    tieline sandbox --app github >github.env &\n  \
    . ./github.env; tieline connect github")]
pub struct Arguments {
    /// The port; 0 takes any
    #[arg(long, default_value_t = PORT)]
    pub port: u16,
    /// How long an access token is good, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub lifetime: u64,
    /// How long a device waits between two polls, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 1)]
    pub interval: u64,
    /// A way to misbehave; can be repeated
    #[arg(long, value_name = "NAME", add = crate::candidates::misbehaviours())]
    pub misbehave: Vec<String>,
    /// Refuse every token request with this error
    #[arg(long, value_name = "CODE[: DESCRIPTION]")]
    pub refuse: Option<String>,
    /// A further redirect URI that every client has registered; can be repeated
    #[arg(long = "redirect-uri", value_name = "URI")]
    pub redirect_uris: Vec<String>,
    /// Agree at once, without a consent page
    #[arg(long)]
    pub agree: bool,
    /// List the ways to misbehave
    #[arg(long)]
    pub list: bool,
    /// Play this app instead, as its definition describes it, and print the variables that lead to it
    #[arg(
        long,
        value_name = "APP|FILE",
        add = crate::candidates::apps(),
        conflicts_with_all = ["lifetime", "interval", "misbehave", "redirect_uris", "agree", "list"]
    )]
    pub app: Option<String>,
    /// With --app: which of its ways in [default: the first]
    #[arg(long, value_name = "NAME", requires = "app")]
    pub auth: Option<String>,
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    if arguments.list {
        for misbehaviour in Misbehaviour::ALL {
            app.terminal.print(&format!(
                "{:<24} {}\n",
                misbehaviour.name(),
                misbehaviour.explain()
            ))?;
        }
        return Ok(());
    }
    if let Some(word) = &arguments.app {
        return app::run(app, word, arguments.auth.as_deref(), arguments.port).await;
    }
    let misbehaviours =
        arguments.misbehave.iter().map(|name| named(name)).collect::<Result<Vec<_>>>()?;
    let Options { mut redirect_uris, .. } = Options::default();
    redirect_uris.extend(arguments.redirect_uris.iter().cloned());
    let options = Options {
        redirect_uris,
        port: arguments.port,
        lifetime: arguments.lifetime,
        interval: arguments.interval,
        misbehaviours,
        refusal: arguments.refuse.clone(),
        agrees: arguments.agree,
        ..Options::default()
    };
    let started = sandbox::start(options).await;
    let sandbox = started.map_err(|error| cannot_listen(arguments.port, &error))?;
    // The address is the answer: scripts read it.
    app.terminal.print(&format!("http://{}\n", sandbox.address()))?;
    app.terminal
        .say("A practice provider for the sandbox-* apps. Ctrl-C ends it; nothing is kept.");
    sandbox.run().await;
    Ok(())
}

fn cannot_listen(port: u16, error: &std::io::Error) -> Error {
    Error::io(format!("the sandbox cannot listen on port {port}"), error)
        .hint("take another one with `--port`, or any with `--port 0`")
}

fn named(name: &str) -> Result<Misbehaviour> {
    Misbehaviour::from_name(name).ok_or_else(|| {
        let near =
            crate::definition::names::nearest(name, Misbehaviour::ALL.iter().map(|m| m.name()));
        let error = Error::new(Kind::Usage, format!("`{name}` is no way to misbehave"));
        match near {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("`tieline sandbox --list` lists them"),
        }
    })
}
