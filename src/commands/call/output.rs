//! What a call's answer looks like: byte for byte into a pipe or file, JSON indented on a terminal.

use super::Arguments;
use crate::App;
use crate::error::{Error, Kind, Result};
use crate::terminal::Style;
use crate::text::printable;
use reqwest::Response;
use serde_json::Value;
use std::io::Write;

/// The most that is held to look at, in bytes: to see whether a 200 is a failure, or to indent JSON.
const MAX_HELD: usize = 1024 * 1024;

/// An answer whose body is read as it is written.
pub(super) struct Received {
    pub(super) response: Response,
    seen: Vec<u8>,
    complete: bool,
}

impl Received {
    /// Reads the beginning, where it has to be looked at.
    pub(super) async fn new(response: Response, peek: bool) -> reqwest::Result<Self> {
        let mut received = Self { response, seen: Vec::new(), complete: false };
        if peek && received.is_text() {
            received.hold().await?;
        }
        Ok(received)
    }

    /// Reads on until the end or the bound.
    async fn hold(&mut self) -> reqwest::Result<()> {
        while !self.complete && self.seen.len() < MAX_HELD {
            match self.response.chunk().await? {
                Some(chunk) => self.seen.extend_from_slice(&chunk),
                None => self.complete = true,
            }
        }
        Ok(())
    }

    /// What was read so far.
    pub(super) fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// Whether that is all.
    pub(super) fn complete(&self) -> bool {
        self.complete
    }

    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        self.response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect()
    }

    fn content_type(&self) -> String {
        let value =
            self.response.headers().get("content-type").and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_ascii_lowercase()
    }

    fn is_text(&self) -> bool {
        let kind = self.content_type();
        let text = ["json", "text/", "xml", "x-www-form-urlencoded", "javascript", "yaml"];
        kind.is_empty() || text.iter().any(|part| kind.contains(part))
    }
}

pub(super) async fn write(arguments: &Arguments, app: &App, mut received: Received) -> Result<()> {
    if arguments.include {
        app.terminal.print(&head(app, &received))?;
    }
    let file = arguments.output.as_deref().filter(|path| *path != std::path::Path::new("-"));
    if let Some(path) = file {
        return to_file(path, received).await;
    }
    // `-o -` means: as it is, on a terminal too.
    if arguments.output.is_some() {
        return to_output(app, received).await;
    }
    if !app.terminal.terminals.output {
        return to_output(app, received).await;
    }
    if !received.is_text() {
        app.terminal
            .say(format!("The answer is {}, so it is not shown here.", received.content_type()));
        app.terminal.say("hint: write it to a file with `-o FILE`, or into a pipe");
        return Ok(());
    }
    received.hold().await.map_err(broken)?;
    match serde_json::from_slice::<Value>(&received.seen) {
        Ok(value) if received.complete => {
            let mut text = String::new();
            pretty(app, &value, 0, &mut text);
            app.terminal.print(&format!("{text}\n"))
        }
        _ => to_terminal(app, received).await,
    }
}

fn head(app: &App, received: &Received) -> String {
    let status = received.response.status();
    let style = if status.as_u16() < 400 { Style::Good } else { Style::Bad };
    let version = format!("{:?}", received.response.version());
    let mut text = format!("{version} {}\n", app.terminal.paint_output(style, &status.to_string()));
    for (name, value) in received.headers() {
        text.push_str(&format!(
            "{}: {}\n",
            app.terminal.paint_output(Style::Dim, &name),
            printable(&value)
        ));
    }
    text + "\n"
}

async fn to_output(app: &App, mut received: Received) -> Result<()> {
    app.terminal.print_bytes(&received.seen)?;
    while let Some(chunk) = received.response.chunk().await.map_err(broken)? {
        app.terminal.print_bytes(&chunk)?;
    }
    Ok(())
}

/// Text on a terminal: nothing in it may steer the terminal.
async fn to_terminal(app: &App, mut received: Received) -> Result<()> {
    let show = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let safe: String =
            text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        app.terminal.print(&safe)
    };
    show(&received.seen)?;
    while let Some(chunk) = received.response.chunk().await.map_err(broken)? {
        show(&chunk)?;
    }
    if !received.seen.ends_with(b"\n") {
        app.terminal.print("\n")?;
    }
    Ok(())
}

async fn to_file(path: &std::path::Path, mut received: Received) -> Result<()> {
    let error = |error: std::io::Error| {
        Error::io(format!("`{}` cannot be written", path.display()), &error)
    };
    let mut file = std::fs::File::create(path).map_err(error)?;
    file.write_all(&received.seen).map_err(error)?;
    while let Some(chunk) = received.response.chunk().await.map_err(broken)? {
        file.write_all(&chunk).map_err(error)?;
    }
    file.flush().map_err(error)
}

fn broken(error: reqwest::Error) -> Error {
    Error::new(Kind::Network, "the answer broke off").because(error.without_url()).hint("try again")
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
