//! Saying where to go: what a person must open, on which machine, and what to expect there.

use super::authorization_code::Asking;
use super::oauth1::OUT_OF_BAND;
use super::session::Session;
use crate::context::Ssh;
use crate::definition::ResponseMode;
use crate::redirect::Waiting;
use crate::terminal::Style;
use url::{Host, Url};

/// Says where to go. The long URL stands alone on its line, so that nothing breaks it.
pub(super) fn tell(
    session: &Session<'_>,
    asking: &Asking<'_>,
    url: &Url,
    waiting: Option<&Waiting>,
) {
    let terminal = asking.terminal;
    match (waiting, &asking.surroundings.ssh) {
        (Some(waiting), Some(ssh)) => tell_over_ssh(session, asking, waiting, ssh),
        (Some(waiting), None) => tell_here(session, asking, url, waiting),
        (None, _) if session.grant.redirect_uri.as_deref() == Some(OUT_OF_BAND) => {
            terminal.say(format!(
                "  Open this in any browser. {} shows a PIN in the end.",
                session.definition.title
            ));
        }
        (None, _) => {
            terminal.say(format!(
                "  {} sends the browser to an address of your own. Open this,",
                session.definition.title
            ));
            terminal.say("  then copy the address that the browser ends on, and paste it here:");
        }
    }
    terminal.say("");
    terminal.say(terminal.link(url.as_str()));
    terminal.say("");
    if asking.clipboard {
        terminal.copy("The address", url.as_str());
    }
    if waiting.is_some() {
        warn(session, asking);
    }
}

fn tell_here(session: &Session<'_>, asking: &Asking<'_>, url: &Url, waiting: &Waiting) {
    let terminal = asking.terminal;
    let host = url.host_str().unwrap_or_default();
    terminal.detail("Open", terminal.link(waiting.short_link()));
    let asks = match asking.scopes.is_empty() {
        true => format!("{host}, which will ask you to agree"),
        false => format!("{host}, which will ask you for: {}", asking.scopes.join(", ")),
    };
    terminal.detail("Leads to", asks);
    if can_paste(session, asking) {
        terminal.detail("Or paste", "the address that the browser ends on, here.");
    }
}

/// The browser is on the other end: the port is forwarded, or the address pasted.
fn tell_over_ssh(session: &Session<'_>, asking: &Asking<'_>, waiting: &Waiting, ssh: &Ssh) {
    let terminal = asking.terminal;
    let paste = can_paste(session, asking);
    let ways = if paste { " Either way works:" } else { "" };
    terminal.say(format!("This is an SSH session, so no browser is opened here.{ways}"));
    terminal.say("");
    let mark = |letter: &'static str| if paste { letter } else { " " };
    let first = "On your own machine run the first line, then open the second:";
    terminal.say(format!("  {}  {first}", mark("A")));
    terminal
        .say(format!("     {}", terminal.paint(Style::Command, &forward(session, asking, ssh))));
    terminal.say(format!("     {}", terminal.link(waiting.short_link())));
    if paste {
        terminal.say("");
        terminal.say("  B  Open this in any browser. It ends on a page that cannot be reached;");
        terminal.say("     copy its address and paste it here:");
    }
}

/// From the redirect URI's own host and port, on the person's machine, to where we listen.
fn forward(session: &Session<'_>, asking: &Asking<'_>, ssh: &Ssh) -> String {
    let uri = session.grant.redirect_uri.as_deref().and_then(|uri| Url::parse(uri).ok());
    let port = uri.as_ref().and_then(Url::port_or_known_default).unwrap_or(80);
    let host = match uri.as_ref().and_then(Url::host) {
        Some(Host::Ipv6(_)) => "[::1]",
        _ => "127.0.0.1",
    };
    let near = if host == "[::1]" { format!("{host}:{port}") } else { port.to_string() };
    let far = match asking.listening.address {
        Some(address) if !address.ip().is_unspecified() => address.to_string(),
        Some(address) => format!("{host}:{}", address.port()),
        None => format!("{host}:{port}"),
    };
    ssh.forward(&near, &far)
}

/// A posted answer is in no address.
fn can_paste(session: &Session<'_>, asking: &Asking<'_>) -> bool {
    let posted = session
        .auth
        .oauth2()
        .is_some_and(|oauth2| oauth2.redirection.response_mode == ResponseMode::FormPost);
    asking.terminal.terminals.input && !posted
}

fn warn(session: &Session<'_>, asking: &Asking<'_>) {
    let terminal = asking.terminal;
    let uri = session.grant.redirect_uri.as_deref().unwrap_or_default();
    if uri.starts_with("https:") && asking.listening.certificate.is_none() {
        terminal.warn(
            "the browser will not know the certificate of this address: it was made just now, for \
             this host only, and its key ends with this command. That is the one to accept",
        );
    }
    if let Some(address) = asking.listening.address.filter(|address| !address.ip().is_loopback()) {
        terminal.warn(format!(
            "others on the network can reach the listener at {address} while it waits; only an \
             answer to this request is taken"
        ));
    }
    let surroundings = &asking.surroundings;
    if surroundings.container && surroundings.ssh.is_none() && asking.listening.address.is_none() {
        let any = session.auth.redirection().is_some_and(|redirection| redirection.any_port);
        let port = Url::parse(uri).ok().and_then(|uri| uri.port_or_known_default());
        let port = port.filter(|_| !any).unwrap_or(8917);
        terminal.sentence(format!(
            "This is a container. A browser outside reaches it if port {port} is published and \
             `--listen 0.0.0.0:{port}` is added."
        ));
    }
    if surroundings.wsl {
        terminal.say("This is WSL, so the browser is the one of Windows.");
    }
}
