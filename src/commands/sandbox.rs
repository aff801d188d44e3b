//! `tieline sandbox`: a practice provider on loopback.

use super::App;
use crate::error::{Error, Kind, Result};
use crate::sandbox::{self, Misbehaviour, Options, PORT};

/// Run a practice provider of every authorization type, misbehaving on demand
#[derive(clap::Args, Debug)]
#[command(after_help = "Example:\n  \
    tieline sandbox --lifetime 5 --misbehave invalid-grant &\n  \
    tieline connect sandbox-oauth2")]
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
    let sandbox = sandbox::start(options).await.map_err(|error| {
        Error::io(format!("the sandbox cannot listen on port {}", arguments.port), &error)
            .hint("take another one with `--port`, or any with `--port 0`")
    })?;
    // The address is the answer: scripts read it.
    app.terminal.print(&format!("http://{}\n", sandbox.address()))?;
    app.terminal
        .say("A practice provider for the sandbox-* apps. Ctrl-C ends it; nothing is kept.");
    sandbox.run().await;
    Ok(())
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
