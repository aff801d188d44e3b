//! How the trace looks on a terminal: what `--verbose` prints. A step is a line; beneath it, indented,
//! stands what belongs to it.

use crate::http::Client;
use crate::http::trace::{Exchange, Http, Message, Protocol};
use crate::terminal::{Style, Terminal};

/// Prints the trace as far as `--verbose` asks for it: a line each, or with headers and bodies.
pub(super) fn print(terminal: &Terminal, http: &Client) {
    if terminal.verbosity > 0 {
        print_from(terminal, &http.exchanges(), 2);
    }
}

/// The same for `test`, where one `-v` shows requests and answers already.
pub(super) fn print_in_full(terminal: &Terminal, exchanges: &[Exchange]) {
    print_from(terminal, exchanges, 1);
}

fn print_from(terminal: &Terminal, exchanges: &[Exchange], details_at: u8) {
    if terminal.verbosity == 0 {
        return;
    }
    for exchange in exchanges {
        match exchange {
            Exchange::Note { note, passed, rule } => {
                let mark = match passed {
                    Some(true) => terminal.paint(Style::Good, terminal.tick()),
                    Some(false) => terminal.paint(Style::Bad, terminal.cross()),
                    None => "-".to_owned(),
                };
                let rule = rule.map(|rule| format!(" ({rule})")).unwrap_or_default();
                terminal.say(format!("{mark} {note}{rule}"));
            }
            Exchange::Http(http) => print_one(terminal, http, terminal.verbosity >= details_at),
        }
    }
}

fn print_one(terminal: &Terminal, http: &Http, details: bool) {
    let Http { purpose, request, elapsed_ms, .. } = http;
    let line = request.line.split('?').next().unwrap_or_default();
    terminal.say(format!("- {purpose}: {line}: {} in {elapsed_ms} ms", http.outcome()));
    let say = |line: String| terminal.say(terminal.paint(Style::Dim, &line));
    if details {
        say(format!("  {}", http.description));
        how(http).into_iter().for_each(|line| say(format!("  {line}")));
        lines(">", request).into_iter().for_each(say);
        http.response.iter().flat_map(|response| lines("<", response)).for_each(say);
        for token in &http.tokens {
            say(format!("  {} is a JWT, shown without its signature:", token.mark));
            say(format!("    {}", token.header));
            say(format!("    {}", token.claims));
        }
    }
    if let Some(rule) = http.rule {
        say(format!("  see: {rule}"));
    }
}

/// The way it went and how it was spoken, where that is not the usual, and where the time went as far as
/// it is known.
fn how(http: &Http) -> Option<String> {
    let Http { timing, protocol, proxy, .. } = http;
    let proxy = proxy.iter().map(|proxy| format!("through {proxy}"));
    let spoken = proxy.chain((*protocol == Protocol::Http2).then(|| "HTTP/2".to_owned()));
    let parts = [
        ("name resolved in", timing.dns_ms),
        ("connected in", timing.connect_ms),
        ("first byte after", timing.first_byte_ms),
    ];
    let known = parts.iter().filter_map(|(name, ms)| ms.map(|ms| format!("{name} {ms} ms")));
    let text = spoken.chain(known).collect::<Vec<_>>().join(", ");
    (!text.is_empty()).then_some(text)
}

fn lines(arrow: &str, message: &Message) -> Vec<String> {
    let mut lines = vec![format!("  {arrow} {}", message.line)];
    lines.extend(message.headers.iter().map(|(name, value)| format!("  {arrow} {name}: {value}")));
    if let Some(body) = &message.body {
        lines.push(format!("  {arrow}"));
        lines.extend(body.lines().map(|line| format!("  {arrow} {line}")));
    }
    lines
}
