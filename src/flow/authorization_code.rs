//! The authorization code grant in a browser: listen, open, wait, and read what comes back.

use super::explain::{Doing, explain_refusal};
use super::failure::ProviderError;
use super::session::Session;
use crate::definition::names::AccountId;
use crate::definition::{Callback, OAuth2};
use crate::error::{Error, Kind, Result};
use crate::oauth2::{
    AuthorizationRequest, CallbackError, authorization_request, check_state, parse_pasted,
    read_callback,
};
use crate::redirect::{BindError, Endpoint, Event, Host, Listener, Port, Waiting};
use crate::secret::Secret;
use crate::terminal::{Style, Terminal};
use crate::text::short;
use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at, sleep_until};
use url::Url;

/// How to ask.
pub struct Asking<'a> {
    /// The terminal.
    pub terminal: &'a Terminal,
    /// Open a browser.
    pub open: bool,
    /// `$BROWSER`.
    pub browser: Option<&'a OsString>,
    /// Variables that the browser must not inherit.
    pub private_variables: Vec<String>,
    /// How long to wait.
    pub timeout: Duration,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
}

/// Gets an authorization code into the session. The listener comes back too, so that its page can
/// tell the outcome of what follows.
///
/// # Errors
/// Nobody came back in time, or with a refusal.
pub async fn authorize(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    id: &AccountId,
    asking: &Asking<'_>,
) -> (Option<Waiting>, Result<()>) {
    let mut waiting = None;
    let result = run(session, oauth2, id, asking, &mut waiting).await;
    (waiting, result)
}

async fn run(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    id: &AccountId,
    asking: &Asking<'_>,
    waiting: &mut Option<Waiting>,
) -> Result<()> {
    let listener = listen(session, oauth2)?;
    let redirect_uri = match &listener {
        Some(listener) => listener.redirect_uri(),
        None => redirect_uri(session, oauth2),
    };
    let client_id = session.client.as_ref().map(|client| client.id.clone()).unwrap_or_default();
    session.grant.redirect_uri = Some(redirect_uri.clone());
    let request = authorization_request(
        oauth2,
        &client_id,
        &redirect_uri,
        &asking.scopes,
        &session.public_scope(),
    )
    .map_err(|error| {
        Error::new(
            Kind::Definition,
            format!("the definition of `{}` gives no authorization request", id.app),
        )
        .because(error)
    })?;
    session.grant.state = Some(request.state.clone());
    session.grant.code_verifier.clone_from(&request.code_verifier);
    session.grant.scope.clone_from(&request.scope);
    session.learn_secrets();
    if let Some(listener) = listener {
        let state = request.state.clone();
        let started =
            listener.start(request.url.as_str(), move |params| check_state(params, &state));
        *waiting = Some(started.map_err(|e| {
            Error::new(Kind::Failed, "the redirect listener cannot run").because(e)
        })?);
    }
    tell(session, asking, &request, waiting.as_ref());
    if asking.open {
        open(asking, &request, waiting.as_ref());
    }
    let params = wait(session, asking, &request.state, waiting, id).await?;
    accept(session, oauth2, &params, id)
}

/// The redirect URI in force: the client's own, else the definition's.
#[must_use]
pub fn redirect_uri(session: &Session<'_>, oauth2: &OAuth2) -> String {
    let own = session.client.as_ref().and_then(|client| client.redirect_uri.clone());
    own.unwrap_or_else(|| oauth2.redirect_uri.clone())
}

/// A loopback redirect URI as an endpoint to listen on; `None` for an address of the user's own.
#[must_use]
pub fn loopback_endpoint(uri: &str, any_port: bool) -> Option<Endpoint> {
    let url = Url::parse(uri).ok().filter(|url| url.scheme() == "http")?;
    let host = Host::parse(url.host_str()?)?;
    let port = match (any_port, url.port()) {
        (true, _) => Port::Any,
        (false, port) => Port::Fixed(port.unwrap_or(80)),
    };
    // As written: registered URIs are compared to the letter, and a parser adds a slash.
    let rest = uri.split_once("://")?.1;
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    Endpoint::new(host, port, path).ok()
}

fn listen(session: &Session<'_>, oauth2: &OAuth2) -> Result<Option<Listener>> {
    let uri = redirect_uri(session, oauth2);
    let own = session.client.as_ref().is_some_and(|client| client.redirect_uri.is_some());
    let Some(endpoint) = loopback_endpoint(&uri, oauth2.any_port && !own) else { return Ok(None) };
    Listener::bind(endpoint).map(Some).map_err(|error| match error {
        BindError::PortTaken { port } => Error::new(
            Kind::Failed,
            format!("port {port}, where the browser comes back to, is taken"),
        )
        .hint("another `tieline connect` may be waiting; finish it or end it")
        .hint("or register another redirect URI: `tieline client set APP --redirect-uri ...`"),
        BindError::Refused { .. } => {
            Error::new(Kind::Failed, "the redirect listener cannot be opened").because(error)
        }
    })
}

/// Says where to go. The long URL stands alone on its line, so that nothing breaks it.
fn tell(
    session: &Session<'_>,
    asking: &Asking<'_>,
    request: &AuthorizationRequest,
    waiting: Option<&Waiting>,
) {
    let terminal = asking.terminal;
    let host = request.url.host_str().unwrap_or_default();
    match waiting {
        Some(waiting) => {
            terminal.detail("Open", terminal.paint(Style::Command, waiting.short_link()));
            let asks = match asking.scopes.is_empty() {
                true => format!("{host}, which will ask you to agree"),
                false => format!("{host}, which will ask you for: {}", asking.scopes.join(", ")),
            };
            terminal.detail("Leads to", asks);
            if terminal.terminals.input {
                terminal.detail("Or paste", "the address that the browser ends on, here.");
            }
        }
        None => {
            terminal.say(format!(
                "  {} sends the browser to an address of your own. Open this,",
                session.definition.title
            ));
            terminal.say("  then copy the address that the browser ends on, and paste it here:");
        }
    }
    terminal.say("");
    terminal.say(terminal.paint(Style::Command, request.url.as_str()));
    terminal.say("");
}

fn open(asking: &Asking<'_>, request: &AuthorizationRequest, waiting: Option<&Waiting>) {
    // The short link keeps `state` out of the process list.
    let url = waiting.map_or_else(|| request.url.as_str(), Waiting::short_link);
    let browser = asking.browser.map(OsString::as_os_str);
    if let Err(error) = crate::browser::open(url, browser, &asking.private_variables) {
        asking.terminal.say(format!("No browser was opened: {error}. Open the address yourself."));
    }
}

async fn wait(
    session: &Session<'_>,
    asking: &Asking<'_>,
    state: &Secret,
    waiting: &mut Option<Waiting>,
    id: &AccountId,
) -> Result<Vec<(String, String)>> {
    let terminal = asking.terminal;
    let reads = terminal.terminals.input || waiting.is_none();
    let mut pasted = reads.then(read_lines);
    let deadline = Instant::now() + asking.timeout;
    let mut tick = interval_at(Instant::now() + Duration::from_millis(300), Duration::from_secs(1));
    let title = &session.definition.title;
    let mut countdown = String::new();
    let stop = sleep_until(deadline);
    tokio::pin!(stop);
    loop {
        tokio::select! {
            event = next_event(waiting) => match event {
                Event::Accepted(callback) => {
                    terminal.waited();
                    return Ok(callback.params);
                }
                Event::Stray(reason) => {
                    session.http.note(format!("a redirect was not ours: {reason}"));
                    terminal.waited();
                    terminal.say(format!("A redirect came that is not the answer to this request: {reason}. Still waiting."));
                }
            },
            line = next_line(&mut pasted) => match line {
                Some(line) => {
                    terminal.waited();
                    if terminal.terminals.input {
                        terminal.erase_pasted(&countdown, &line);
                    }
                    match paste(&line, state) {
                        Ok(params) => return Ok(params),
                        Err(reason) => terminal.say(format!("That is not it: {reason}. Still waiting.")),
                    }
                }
                None if waiting.is_none() => {
                    return Err(Error::new(Kind::Usage, format!("`{id}` was not connected"))
                        .because("no address was pasted")
                        .hint("run it on a terminal, or pipe the address into it"));
                }
                None => pasted = None,
            },
            _ = tick.tick() => {
                let left = deadline.saturating_duration_since(Instant::now()).as_secs();
                countdown = format!("Waiting for {title}, {}:{:02} left. Ctrl-C stops.", left / 60, left % 60);
                terminal.waiting(&countdown);
            }
            () = &mut stop => {
                terminal.waited();
                return Err(Error::new(Kind::Network, format!("`{id}` was not connected"))
                    .because(format!("nobody came back from {title} within {} s", asking.timeout.as_secs()))
                    .hint(format!("nothing was stored; run `tieline connect {id}` to try again, with `--timeout` for more time")));
            }
        }
    }
}

async fn next_event(waiting: &mut Option<Waiting>) -> Event {
    match waiting {
        Some(waiting) => waiting.event().await,
        None => std::future::pending().await,
    }
}

async fn next_line(lines: &mut Option<Lines>) -> Option<String> {
    match lines {
        Some(lines) => lines.receiver.recv().await,
        None => std::future::pending().await,
    }
}

/// Lines typed or pasted. Dropping it ends the thread before it takes a key that a later prompt
/// wants.
struct Lines {
    receiver: mpsc::UnboundedReceiver<String>,
    stop: Arc<AtomicBool>,
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

fn read_lines() -> Lines {
    let (sender, receiver) = mpsc::unbounded_channel();
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    std::thread::spawn(move || {
        let input = std::io::stdin();
        while wait_for_input(&stopped) {
            let mut line = String::new();
            match input.read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) if line.trim().is_empty() => {}
                Ok(_) if sender.send(line).is_err() => return,
                Ok(_) => {}
            }
        }
    });
    Lines { receiver, stop }
}

/// Waits until there is something to read; `false` when nobody wants it any more.
#[cfg(unix)]
fn wait_for_input(stopped: &AtomicBool) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let pause = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
    let input = std::io::stdin();
    while !stopped.load(Ordering::SeqCst) {
        let mut wanted = [PollFd::new(&input, PollFlags::IN)];
        match poll(&mut wanted, Some(&pause)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return !stopped.load(Ordering::SeqCst),
            Err(_) => return false,
        }
    }
    false
}

/// Elsewhere the next line is simply read.
#[cfg(not(unix))]
fn wait_for_input(stopped: &AtomicBool) -> bool {
    !stopped.load(Ordering::SeqCst)
}

fn paste(line: &str, state: &Secret) -> std::result::Result<Vec<(String, String)>, String> {
    let params = parse_pasted(line).ok_or("it has no `state`; paste the whole address")?;
    check_state(&params, state)?;
    Ok(params)
}

fn accept(
    session: &mut Session<'_>,
    oauth2: &OAuth2,
    params: &[(String, String)],
    id: &AccountId,
) -> Result<()> {
    let issuer = match &oauth2.issuer {
        Some(template) => template.render(&session.public_scope())?,
        None => None,
    };
    let redirect = read_callback(params, &oauth2.callback, issuer.as_deref())
        .map_err(|error| refused(&error, session, id))?;
    session.grant.code = Some(redirect.code);
    keep_callback(session, &oauth2.callback, redirect.params);
    session.learn_secrets();
    Ok(())
}

fn keep_callback(
    session: &mut Session<'_>,
    names: &Callback,
    params: std::collections::BTreeMap<String, String>,
) {
    for (extra, param) in &names.extras {
        if let Some(value) = params.get(param) {
            session.extras.insert(extra.clone(), value.clone());
        }
    }
    session.callback = params;
    session.callback.remove("state");
}

fn refused(error: &CallbackError, session: &Session<'_>, id: &AccountId) -> Error {
    if let CallbackError::Refused { code, description } = error {
        let refusal = ProviderError {
            purpose: "authorization".to_owned(),
            request: "the redirect".to_owned(),
            status: 400,
            code: short(code, 60),
            description: description.as_ref().map(|text| short(&session.http.mask(text), 200)),
            html: false,
            retry_after: None,
        };
        return explain_refusal(&refusal, session.definition, id, Doing::Connect);
    }
    Error::new(Kind::Refused, format!("`{id}` was not connected"))
        .because(short(&error.to_string(), 200))
        .hint("nothing was stored; if this happens again, somebody may be interfering: look with `-vv`")
}
