//! `tieline proxy`: lends an account to programs that never see its credential.

mod admission;
mod forward;
mod message;
mod rule;

use super::{App, authorization_of};
use crate::context::Context;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::loopback::Loopback;
use crate::refresh::Surroundings;
use crate::secret::Secret;
use admission::Admission;
use axum::serve::Listener;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use forward::Forwarder;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use ring::rand::{SecureRandom, SystemRandom};
use rule::Rules;
use std::convert::Infallible;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

/// The port, if no other is wanted.
const PORT: u16 = 8466;
/// The token, if it is not to be a random one.
const TOKEN: &str = "TIELINE_PROXY_TOKEN";
/// How long a program may take to send its headers.
const HEADERS: Duration = Duration::from_secs(30);
/// How many programs are served at the same time.
const MAX_CONNECTIONS: usize = 512;

/// Lend an account to programs that never see its credential
///
/// Requests to http://127.0.0.1:PORT/PATH become authenticated requests to the app, whatever its way of
/// authorization. Programs of this computer only, and only those that send the proxy's token. The address
/// and the token are printed on standard output, a line each; the log goes to standard error.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    tieline proxy github --allow 'GET /repos/**' --allow 'GET /user'\n  \
    curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8466/user\n  \
    TIELINE_PROXY_TOKEN=$(uuidgen) tieline proxy netsuite --port 9000")]
pub struct Arguments {
    /// `app` or `app/name`
    #[arg(add = crate::candidates::accounts())]
    pub account: String,
    /// The port; 0 takes any
    #[arg(long, default_value_t = PORT)]
    pub port: u16,
    /// Let only such requests through: `GET /repos/**`; can be repeated. `*` is one segment of the
    /// path, `**` any number
    #[arg(long, value_name = "[METHOD ]PATH")]
    pub allow: Vec<String>,
    /// Ask for no token: every program of this computer may act as this account
    #[arg(long)]
    pub open: bool,
    /// How long to wait for an answer to begin, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub timeout: u64,
}

pub(crate) async fn run(arguments: &Arguments, app: &App) -> Result<()> {
    let rules = Rules::parse(&arguments.allow)?;
    let token = if arguments.open { None } else { Some(token(&app.context)?) };
    let accounts = app.accounts();
    let wanted = AccountId::parse(&arguments.account)?;
    let (definition, opened, _) = app.open(&accounts, &wanted).await?;
    let auth = authorization_of(&definition, &opened)?;
    if auth.is_ftp() {
        return Err(Error::new(Kind::Usage, format!("`{}` is an FTP server", opened.id))
            .because("a proxy passes HTTP requests on")
            .hint(format!("use `tieline call {} LIST`", opened.id)));
    }
    let http = app.http(arguments.timeout);
    let (definition, accounts, context) = (&definition, &accounts, &app.context);
    let around = Surroundings { accounts, context, http: &http, definition, auth };
    // What is over is told now and not to the first program.
    let (opened, _) = around.fresh(opened, false).await?;
    let base_url = around.session(&opened, false).await?;
    let base_url = base_url.base_url(&base_url.scope())?;
    let (loopback, port) = bind(arguments.port).await?;
    let own = format!("http://127.0.0.1:{port}");
    app.terminal.print(&format!("{own}\n"))?;
    if let Some(token) = &token {
        app.terminal.print(&format!("{}\n", token.expose()))?;
    }
    let forwarder = Forwarder {
        app,
        around,
        admission: Admission::new(port, token),
        rules,
        own,
        opened: Mutex::new(opened),
    };
    introduce(&forwarder, &base_url).await;
    serve(loopback, &forwarder).await
}

/// A token of one's own, or a random one.
fn token(context: &Context) -> Result<Secret> {
    if let Some(own) = context.variable(TOKEN) {
        let is_long = own.len() >= 16 && own.bytes().all(|byte| byte.is_ascii_graphic());
        return match is_long {
            true => Ok(Secret::from(own)),
            false => Err(Error::new(Kind::Usage, format!("{TOKEN} is no good token"))
                .because("it has fewer than 16 characters, or others than printable ASCII")
                .hint("leave it unset, and a random one is made")),
        };
    }
    let mut bytes = [0_u8; 32];
    let random = SystemRandom::new().fill(&mut bytes);
    random.map_err(|_| Error::new(Kind::Failed, "the operating system gives no randomness"))?;
    Ok(Secret::from(URL_SAFE_NO_PAD.encode(bytes)))
}

async fn bind(port: u16) -> Result<(Loopback, u16)> {
    let bound = async {
        let loopback = Loopback::bind(port).await?;
        let port = loopback.address()?.port();
        Ok((loopback, port))
    };
    bound.await.map_err(|error: std::io::Error| {
        Error::io(format!("the proxy cannot listen on port {port}"), &error)
            .hint("take another one with `--port`, or any with `--port 0`")
    })
}

async fn introduce(forwarder: &Forwarder<'_>, base_url: &str) {
    let terminal = &forwarder.app.terminal;
    let opened = forwarder.opened.lock().await;
    let who = opened.account.identity.as_deref().map(|who| format!(" as {who}"));
    let who = who.unwrap_or_default();
    let title = &forwarder.around.definition.title;
    terminal.say(format!("A proxy to {title}{who}. Ctrl-C ends it."));
    terminal.detail("to", forwarder.around.http.mask(base_url));
    let allows = match forwarder.rules.written() {
        [] => "every request: narrow it with `--allow`".to_owned(),
        rules => rules.join(", "),
    };
    terminal.detail("allows", allows);
    match &forwarder.admission.token {
        Some(_) => {
            terminal.detail("asks for", "`Authorization: Bearer TOKEN`, the second line above")
        }
        None => terminal.warn("every program of this computer may act as this account now"),
    }
    terminal.say("");
}

/// Serves until the process ends.
async fn serve(mut loopback: Loopback, forwarder: &Forwarder<'_>) -> Result<()> {
    let mut connections = FuturesUnordered::new();
    loop {
        let may_accept = connections.len() < MAX_CONNECTIONS;
        tokio::select! {
            (stream, _) = loopback.accept(), if may_accept => {
                connections.push(serve_one(stream, forwarder));
            }
            Some(()) = connections.next(), if !connections.is_empty() => {}
        }
    }
}

/// One connection, from its first request to its last. A program that hangs up is no failure.
async fn serve_one(stream: TcpStream, forwarder: &Forwarder<'_>) {
    let answer = |request| async { Ok::<_, Infallible>(forwarder.answer(request).await) };
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADERS);
    let connection = builder.serve_connection(TokioIo::new(stream), service_fn(answer));
    let _ = connection.with_upgrades().await;
}
