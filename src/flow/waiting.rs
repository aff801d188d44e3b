//! Sending a person to the browser, and waiting until they come back.

use super::authorization_code::Asking;
use super::session::Session;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::oauth2::parse_pasted;
use crate::redirect::{Event, Waiting};
use crate::secret::Secret;
use crate::terminal::Lines;
use std::time::Duration;
use tokio::time::{Instant, interval_at, sleep_until};
use url::Url;

/// Opens a browser, or says why there is none. Over SSH it would open on the far machine, where
/// nobody sits, unless `$BROWSER` says otherwise: editors that work remotely set it.
pub(super) fn open(asking: &Asking<'_>, url: &Url, waiting: Option<&Waiting>) {
    if asking.surroundings.ssh.is_some() && asking.browser.is_none() {
        return;
    }
    // The short link keeps `state` out of the process list.
    open_page(asking, waiting.map_or_else(|| url.as_str(), Waiting::short_link));
}

/// Opens a web page, or says why that cannot be.
pub(super) fn open_page(asking: &Asking<'_>, url: &str) {
    let browser = asking.browser.as_deref();
    if let Err(error) = crate::browser::open(url, browser, &asking.private_variables) {
        let told = format!("No browser was opened: {error}. Open the address yourself.");
        asking.terminal.sentence(told);
    }
}

/// Says whether a redirect answers our request, or why not.
pub(super) type Check<'a> = dyn Fn(&[(String, String)]) -> std::result::Result<(), String> + 'a;

/// Waits until the browser comes back or its address is pasted, whichever is first.
///
/// # Errors
/// Nobody came in time, or there is no other way and nothing was pasted.
pub(super) async fn wait(
    session: &Session<'_>,
    asking: &Asking<'_>,
    check: &Check<'_>,
    waiting: &mut Option<Waiting>,
    id: &AccountId,
) -> Result<Vec<(String, String)>> {
    let terminal = asking.terminal;
    let reads = terminal.terminals.input || waiting.is_none();
    let mut pasted = reads.then(Lines::read);
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
                    let told = format!("a redirect was not ours: {reason}");
                    session.http.note_check(false, told, "RFC 6749, section 10.12");
                    terminal.waited();
                    terminal.sentence(format!("A redirect came that is not the answer to this request: {reason}. Still waiting."));
                }
            },
            line = next_line(&mut pasted) => match line {
                Some(line) => {
                    terminal.waited();
                    if terminal.terminals.input {
                        terminal.erase_pasted(&countdown, &line);
                    }
                    match paste(&line, check) {
                        Ok(params) => return Ok(params),
                        Err(reason) => terminal.sentence(format!("That is not it: {reason}. Still waiting.")),
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
                return Err(nobody_came(session, asking, id));
            }
        }
    }
}

fn nobody_came(session: &Session<'_>, asking: &Asking<'_>, id: &AccountId) -> Error {
    let (title, seconds) = (&session.definition.title, asking.timeout.as_secs());
    Error::new(Kind::Network, format!("`{id}` was not connected"))
        .because(format!("nobody came back from {title} within {seconds} s"))
        .hint(format!("nothing was stored; run `tieline connect {id}` to try again, with `--timeout` for more time"))
}

async fn next_event(waiting: &mut Option<Waiting>) -> Event {
    match waiting {
        Some(waiting) => waiting.event().await,
        None => std::future::pending().await,
    }
}

async fn next_line(lines: &mut Option<Lines>) -> Option<String> {
    match lines {
        Some(lines) => lines.next().await,
        None => std::future::pending().await,
    }
}

fn paste(line: &str, check: &Check<'_>) -> std::result::Result<Vec<(String, String)>, String> {
    let params = parse_pasted(line).ok_or("it is no address; paste the whole one")?;
    check(&params)?;
    Ok(params)
}

/// Waits for the PIN that the provider shows in place of a redirect (RFC 5849 section 2.1, `oob`).
///
/// # Errors
/// Nobody typed one in time.
pub(super) async fn wait_for_pin(
    session: &Session<'_>,
    asking: &Asking<'_>,
    id: &AccountId,
) -> Result<Secret> {
    asking.terminal.say("Type the PIN here:");
    let mut lines = Lines::read();
    // An empty line is a slip, and no PIN.
    let typed = async {
        loop {
            let line = lines.next().await?;
            if !line.trim().is_empty() {
                return Some(Secret::from(line.trim()));
            }
        }
    };
    match tokio::time::timeout(asking.timeout, typed).await {
        Ok(Some(pin)) => Ok(pin),
        Ok(None) => Err(Error::new(Kind::Usage, format!("`{id}` was not connected"))
            .because("no PIN was typed")
            .hint("run it on a terminal, or pipe the PIN into it")),
        Err(_) => Err(nobody_came(session, asking, id)),
    }
}
