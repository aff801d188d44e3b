//! How the trace looks on a terminal: what `--verbose` prints.

use crate::http::Client;
use crate::http::trace::{Exchange, Message};
use crate::terminal::{Style, Terminal};

/// Prints the trace as far as `--verbose` asks for it: a line each, or with headers and bodies.
pub(super) fn print(terminal: &Terminal, http: &Client) {
    print_from(terminal, http, 2);
}

/// The same for `test`, where one `-v` shows requests and answers already.
pub(super) fn print_in_full(terminal: &Terminal, http: &Client) {
    print_from(terminal, http, 1);
}

fn print_from(terminal: &Terminal, http: &Client, details_at: u8) {
    if terminal.verbosity == 0 {
        return;
    }
    for exchange in http.exchanges() {
        print_one(terminal, &exchange, terminal.verbosity >= details_at);
    }
}

fn print_one(terminal: &Terminal, exchange: &Exchange, details: bool) {
    match exchange {
        Exchange::Note { note } => terminal.say(format!("- {note}")),
        Exchange::Http { purpose, request, status, response, error, elapsed_ms } => {
            let outcome = match (status, error) {
                (Some(status), _) => status.to_string(),
                (None, Some(error)) => error.clone(),
                (None, None) => "no answer".to_owned(),
            };
            terminal.say(format!("- {purpose}: {}: {outcome} in {elapsed_ms} ms", request.line));
            if details {
                message(terminal, ">", request);
                if let Some(response) = response {
                    message(terminal, "<", response);
                }
            }
        }
    }
}

fn message(terminal: &Terminal, arrow: &str, message: &Message) {
    let say = |line: String| terminal.say(terminal.paint(Style::Dim, &line));
    say(format!("  {arrow} {}", message.line));
    for (name, value) in &message.headers {
        say(format!("  {arrow} {name}: {value}"));
    }
    if let Some(body) = &message.body {
        say(format!("  {arrow}"));
        body.lines().for_each(|line| say(format!("  {arrow} {line}")));
    }
}
