//! An answer to a request, and what can be read from it.

use crate::template::Scope;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value, json};

/// The longest answer that is read whole, in bytes. A longer one is an error; `call` streams.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// How deep XML may nest.
const MAX_XML_DEPTH: usize = 64;

/// Status, headers and the body as a value.
#[derive(Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body: what JSON, form, XML or text says.
    pub value: Value,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// Reads a body by its content type, and by what parses where that says nothing.
    #[must_use]
    pub fn new(status: u16, headers: Vec<(String, String)>, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
        let kind = header(&headers, "content-type").unwrap_or_default().to_ascii_lowercase();
        let value = read(&kind, &text);
        Self { status, headers, value, text }
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// When the server says that it answered (RFC 9110 section 6.6.1), in Unix seconds.
    #[must_use]
    pub fn date(&self) -> Option<i64> {
        let date = self.header("date")?;
        jiff::fmt::rfc2822::parse(date).ok().map(|date| date.timestamp().as_second())
    }

    /// Whether the status is a 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the answer is a page for people.
    #[must_use]
    pub fn is_html(&self) -> bool {
        let start = self.text.trim_start();
        let start: String = start.chars().take(15).collect::<String>().to_ascii_lowercase();
        start.starts_with("<!doctype html") || start.starts_with("<html")
    }

    /// `response` and `answer` for templates.
    pub fn fill(&self, scope: &mut Scope) {
        scope.set_value("response", self.value.clone());
        let headers: Map<String, Value> =
            self.headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        scope.set_value(
            "answer",
            json!({ "status": self.status, "headers": headers, "cookies": self.cookies() }),
        );
    }

    fn cookies(&self) -> Map<String, Value> {
        let set = self.headers.iter().filter(|(name, _)| name == "set-cookie");
        set.filter_map(|(_, value)| value.split(';').next()?.split_once('='))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().into()))
            .collect()
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// JSON, XML, form (only pairs without spaces), then plain text as `response.text`.
fn read(kind: &str, text: &str) -> Value {
    let declared_form = kind.contains("x-www-form-urlencoded");
    if declared_form && let Some(value) = form(text) {
        return value;
    }
    if let Ok(value) = serde_json::from_str(text) {
        return value;
    }
    if text.trim_start().starts_with('<')
        && !kind.contains("html")
        && let Some(value) = xml(text)
    {
        return value;
    }
    form(text).unwrap_or_else(|| json!({ "text": text.trim() }))
}

fn form(text: &str) -> Option<Value> {
    let text = text.trim();
    let fits = |pair: &str| pair.contains('=') && !pair.starts_with('=');
    if text.contains(char::is_whitespace) || text.contains('<') || !text.split('&').all(fits) {
        return None;
    }
    let pairs = url::form_urlencoded::parse(text.as_bytes());
    Some(Value::Object(pairs.map(|(name, value)| (name.into(), value.into())).collect()))
}

/// XML as a value: an element with only text is that text, repeated ones are a list, attributes
/// are `@name`. A document type is refused: it is the way to entity bombs and file inclusion.
fn xml(text: &str) -> Option<Value> {
    let mut reader = Reader::from_str(text);
    let mut stack: Vec<(String, Map<String, Value>, String)> =
        vec![(String::new(), Map::new(), String::new())];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                if stack.len() > MAX_XML_DEPTH {
                    return None;
                }
                stack.push((local_name(start.name().as_ref()), attributes(&start), String::new()));
            }
            Event::Empty(start) => {
                let value = element(attributes(&start), String::new());
                insert(&mut stack.last_mut()?.1, local_name(start.name().as_ref()), value);
            }
            Event::End(_) => {
                let (name, map, text) = stack.pop()?;
                insert(&mut stack.last_mut()?.1, name, element(map, text));
            }
            Event::Text(text) => stack.last_mut()?.2.push_str(&text),
            Event::CData(data) => stack.last_mut()?.2.push_str(&data),
            Event::GeneralRef(entity) => stack.last_mut()?.2.push_str(&entity_text(&entity)?),
            Event::DocType(_) => return None,
            Event::Eof => break,
            _ => {}
        }
    }
    let (_, root, _) = stack.pop()?;
    (stack.is_empty() && !root.is_empty()).then_some(Value::Object(root))
}

fn local_name(name: &str) -> String {
    name.rsplit(':').next().unwrap_or_default().to_owned()
}

fn attributes(start: &quick_xml::events::BytesStart) -> Map<String, Value> {
    let attributes = start.attributes().filter_map(Result::ok);
    attributes
        .map(|a| (format!("@{}", local_name(a.key.as_ref())), a.value.as_ref().into()))
        .collect()
}

fn element(mut map: Map<String, Value>, text: String) -> Value {
    let text = text.trim();
    if map.is_empty() {
        return text.into();
    }
    if !text.is_empty() {
        map.insert("text".to_owned(), text.into());
    }
    Value::Object(map)
}

fn insert(map: &mut Map<String, Value>, name: String, value: Value) {
    match map.get_mut(&name) {
        Some(Value::Array(list)) => list.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
        None => {
            map.insert(name, value);
        }
    }
}

fn entity_text(entity: &quick_xml::events::BytesRef) -> Option<String> {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return Some(c.to_string());
    }
    match &**entity {
        "amp" => Some("&".to_owned()),
        "lt" => Some("<".to_owned()),
        "gt" => Some(">".to_owned()),
        "quot" => Some("\"".to_owned()),
        "apos" => Some("'".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(kind: &str, body: &str) -> Value {
        Answer::new(200, vec![("content-type".into(), kind.into())], body.as_bytes()).value
    }

    #[test]
    fn what_parses_is_read_whatever_it_is_called() {
        let expected = json!({ "access_token": "a+b", "n": "1" });
        assert_eq!(value("application/x-www-form-urlencoded", "access_token=a%2Bb&n=1"), expected);
        assert_eq!(value("text/plain", "access_token=a%2Bb&n=1"), expected);
        assert_eq!(value("text/html", r#"{"a": 1}"#), json!({ "a": 1 }));
        assert_eq!(value("", "Invalid API key"), json!({ "text": "Invalid API key" }));
        assert_eq!(value("text/plain", "a=b c"), json!({ "text": "a=b c" }));
    }

    #[test]
    fn xml_is_a_value_and_a_document_type_is_not() {
        assert_eq!(
            value("text/xml", "<r v='1'><id>7 &amp; 8</id><i>a</i><i>b</i></r>"),
            json!({ "r": { "@v": "1", "id": "7 & 8", "i": ["a", "b"] } })
        );
        let bomb = "<!DOCTYPE r [<!ENTITY a 'x'>]><r>&a;</r>";
        assert_eq!(value("text/xml", bomb), json!({ "text": bomb }));
    }
}
