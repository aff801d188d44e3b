//! A definition in the making, as text: YAML in the style of the catalogue, with comments.

use crate::text::short;
use serde_json::{Map, Value};

/// A mapping that keeps its order. A key that begins with `#` is a comment above the next key, and
/// its value the comment's text.
pub type Draft = Map<String, Value>;

/// The longest list that stands on one line, in characters.
const INLINE: usize = 90;

/// Words that YAML takes for something else than text.
const WORDS: &[&str] = &["true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"];

/// The text of a draft.
#[must_use]
pub fn write(draft: &Draft) -> String {
    let mut out = String::new();
    mapping(&mut out, draft, 0);
    out
}

/// Puts a comment above what is put next.
pub fn comment(draft: &mut Draft, text: &str) {
    draft.insert(format!("#{}", draft.len()), text.into());
}

/// A text from elsewhere that is shown to people: one line, and no template.
#[must_use]
pub fn plain(text: &str) -> String {
    short(text, 300).replace("{{", "").replace("}}", "").replace("{%", "")
}

fn mapping(out: &mut String, draft: &Draft, indent: usize) {
    for (key, value) in draft {
        let space = " ".repeat(indent);
        match (key.strip_prefix('#'), value) {
            (Some(_), Value::String(text)) => {
                text.lines().for_each(|line| out.push_str(&format!("{space}# {line}\n")));
            }
            _ => {
                out.push_str(&format!("{space}{}:", scalar(key)));
                item(out, value, indent);
            }
        }
    }
}

/// What stands behind a colon or a dash.
fn item(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            mapping(out, map, indent + 2);
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            out.push('\n');
            for item in items {
                let mut block = String::new();
                match item {
                    Value::Object(map) => mapping(&mut block, map, indent + 4),
                    other => block = format!("{}{}\n", " ".repeat(indent + 4), flow(other)),
                }
                block.replace_range(indent + 2..indent + 4, "- ");
                out.push_str(&block);
            }
        }
        Value::Array(items) if flow(value).len() > INLINE => {
            out.push('\n');
            let space = " ".repeat(indent + 2);
            items.iter().for_each(|item| out.push_str(&format!("{space}- {}\n", flow(item))));
        }
        other => out.push_str(&format!(" {}\n", flow(other))),
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::Object(_) => "{}".to_owned(),
        other => other.to_string(),
    }
}

/// A scalar as plain as it may be: anything in doubt is quoted, and JSON's quotes are YAML's.
fn scalar(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "_-./ ()+=@".contains(c);
    let url = text.starts_with("https://") && !text.contains([' ', ',']);
    let body = if url { &text["https://".len()..] } else { text };
    let word = WORDS.contains(&text.to_ascii_lowercase().as_str());
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && body.chars().all(safe)
        && !text.ends_with(' ');
    if plain && !word { text.to_owned() } else { Value::String(text.to_owned()).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::source::Source;
    use crate::definition::yaml;
    use serde_json::json;
    use std::rc::Rc;

    #[test]
    fn what_is_written_is_read_again() {
        let value = json!({
            "title": "A: b # c", "yes": "no", "number": "12", "plain": "https://a.example/x?y=1",
            "list": [{ "url": "/a", "deep": { "x": [1, "two", null] } }, { "url": "{{x}}" }],
            "empty": "", "umlaut": "Ünder\n\"q\"", "long": vec!["abcdefghij"; 12],
        });
        let mut draft = value.as_object().unwrap().clone();
        comment(&mut draft, "two\nlines");
        let text = write(&draft);
        let source = Rc::new(Source::new("x.yaml", text.clone()));
        assert!(yaml::parse(&source).is_ok(), "{text}");
        assert_eq!(yaml::plain(&text, text.len()).unwrap(), value, "{text}");
        assert!(text.ends_with("# two\n# lines\n"), "{text}");
    }
}
