//! What a call's answer looks like: byte for byte into a pipe or file, JSON indented on a terminal.

use super::filter::Filter;
use super::pieces::Pieces;
use super::received::Received;
use crate::App;
use crate::error::Result;
use crate::terminal::Style;
use crate::text::printable;
use serde_json::Value;

/// Prints the status line and the headers.
pub(super) fn head(app: &App, received: &Received) -> Result<()> {
    let status = received.response.status();
    let style = if status.as_u16() < 400 { Style::Good } else { Style::Bad };
    let version = match received.response.version() {
        http::Version::HTTP_2 => "HTTP/2".to_owned(),
        version => format!("{version:?}"),
    };
    let mut text = format!("{version} {}\n", app.terminal.paint_output(style, &status.to_string()));
    for (name, value) in received.headers() {
        text.push_str(&format!(
            "{}: {}\n",
            app.terminal.paint_output(Style::Dim, &name),
            printable(&value)
        ));
    }
    app.terminal.print(&(text + "\n"))
}

/// Prints the body as it is, a piece at a time.
pub(super) async fn bytes(app: &App, received: &mut Received) -> Result<()> {
    while let Some(chunk) = received.next().await? {
        app.terminal.print_bytes(&chunk)?;
    }
    Ok(())
}

/// Prints the body as fits where it goes.
pub(super) async fn show(app: &App, received: &mut Received) -> Result<()> {
    if !app.terminal.terminals.output {
        if let Some(packed) = received.packed().await? {
            app.terminal.warn(format!("the answer is {packed}"));
        }
        return bytes(app, received).await;
    }
    if let Some(what) = received.unreadable().await? {
        app.terminal.say(format!("The answer is {what}, so it is not shown here."));
        app.terminal.say("hint: write it to a file with `-o FILE`, or into a pipe");
        return Ok(());
    }
    if received.stream_sort().is_some() {
        return text(app, received).await;
    }
    match received.short_json().await? {
        Some(value) => print_value(app, &value),
        None => text(app, received).await,
    }
}

/// Prints what a filter makes of the body, of each value in it where it holds many.
pub(super) async fn filtered(app: &App, received: &mut Received, filter: &Filter) -> Result<()> {
    received.check_unpacked().await?;
    let Some(sort) = received.stream_sort() else {
        return filter.print(app, &received.json().await?);
    };
    let mut pieces = Pieces::of(sort);
    while let Some(chunk) = received.next().await? {
        pieces.add(&chunk, |value| filter.print(app, value))?;
    }
    pieces.end()?.map_or(Ok(()), |value| filter.print(app, &value))
}

/// Text on a terminal, in its character encoding: nothing in it may steer the terminal.
async fn text(app: &App, received: &mut Received) -> Result<()> {
    let mut decoder = received.charset().new_decoder();
    let mut ended = true;
    loop {
        let chunk = received.next().await?;
        let last = chunk.is_none();
        let chunk = chunk.unwrap_or_default();
        let mut text = String::with_capacity(
            decoder.max_utf8_buffer_length(chunk.len()).unwrap_or(4 * chunk.len() + 16),
        );
        let _ = decoder.decode_to_string(&chunk, &mut text, last);
        text.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
        if !text.is_empty() {
            ended = text.ends_with('\n');
            app.terminal.print(&text)?;
        }
        if last {
            break;
        }
    }
    if ended { Ok(()) } else { app.terminal.print("\n") }
}

/// Prints a value: laid out on a terminal, otherwise on a line of its own.
pub(super) fn print_value(app: &App, value: &Value) -> Result<()> {
    if !app.terminal.terminals.output {
        return app.terminal.print(&format!("{value}\n"));
    }
    let mut text = String::new();
    pretty(app, value, 0, &mut text);
    app.terminal.print(&format!("{text}\n"))
}

/// JSON, indented and colored.
fn pretty(app: &App, value: &Value, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth + 1);
    let close = "  ".repeat(depth);
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push_str("{\n");
            for (at, (name, item)) in map.iter().enumerate() {
                let name = quoted(name);
                out.push_str(&format!(
                    "{pad}{}: ",
                    app.terminal.paint_output(Style::Command, &name)
                ));
                pretty(app, item, depth + 1, out);
                out.push_str(if at + 1 < map.len() { ",\n" } else { "\n" });
            }
            out.push_str(&format!("{close}}}"));
        }
        Value::Array(items) if !items.is_empty() => {
            out.push_str("[\n");
            for (at, item) in items.iter().enumerate() {
                out.push_str(&pad);
                pretty(app, item, depth + 1, out);
                out.push_str(if at + 1 < items.len() { ",\n" } else { "\n" });
            }
            out.push_str(&format!("{close}]"));
        }
        Value::String(text) => out.push_str(&app.terminal.paint_output(Style::Good, &quoted(text))),
        other => out.push_str(&other.to_string()),
    }
}

/// JSON's own escapes leave bidirectional controls as they are; a terminal must not see them.
fn quoted(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted
        .chars()
        .map(|c| match printable(&c.to_string()).is_empty() {
            true => format!("\\u{:04x}", u32::from(c)),
            false => c.to_string(),
        })
        .collect()
}
