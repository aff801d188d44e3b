//! What was sent and answered, laid out for reading: parameters in two columns, marks told apart.

use crate::http::redaction::split_at_marks;
use crate::http::trace::{Http, Message};
use serde_json::{Value, json};

/// The boxes that a step opens to.
pub(super) fn of(http: &Http) -> Vec<Value> {
    let mut boxes = vec![json!({ "label": "Request", "text": marked(&request(&http.request)) })];
    if let Some(response) = &http.response {
        let tone = if http.went_well() { "ok" } else { "bad" };
        let text = marked(&message(response));
        boxes.push(
            json!({ "label": "Response", "status": response.line, "tone": tone, "text": text }),
        );
    }
    if let Some(error) = &http.error {
        boxes.push(json!({ "label": "No response", "status": error.code, "tone": "bad", "text": marked(&error.message) }));
    }
    for token in &http.tokens {
        let text = format!("{}\n\n{}", pretty(&token.header), pretty(&token.claims));
        let label = format!("{} is a JWT, shown without its signature", token.mark);
        boxes.push(json!({ "label": label, "text": marked(&text) }));
    }
    boxes
}

fn request(message: &Message) -> String {
    let (line, query) = message.line.split_once('?').unwrap_or((&message.line, ""));
    let mut text = line.to_owned();
    text.push_str(&parameters(query));
    message.headers.iter().for_each(|(name, value)| text.push_str(&format!("\n{name}: {value}")));
    if let Some(body) = &message.body {
        let form = !body.starts_with(['{', '[', '<']) && body.contains('=');
        let body = if form { parameters(body) } else { format!("\n{body}") };
        text.push_str(&format!("\n{body}"));
    }
    text
}

fn message(message: &Message) -> String {
    let headers = message.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let mut text = headers.collect::<Vec<_>>().join("\n");
    if let Some(body) = &message.body {
        text.push_str(&format!("\n\n{body}"));
    }
    text.trim_start().to_owned()
}

/// A line for each parameter, decoded, in two columns.
fn parameters(text: &str) -> String {
    let pairs: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).collect();
    let width = pairs.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let line = |(name, value): &(_, _)| format!("\n  {name:width$}  {value}");
    crate::text::printable(&pairs.iter().map(line).collect::<String>())
}

fn pretty(json: &str) -> String {
    let value = serde_json::from_str::<Value>(json);
    value.map_or_else(|_| json.to_owned(), |value| format!("{value:#}"))
}

fn marked(text: &str) -> Value {
    split_at_marks(text).map(|(mark, text)| json!({ "mark": mark, "text": text })).collect()
}
