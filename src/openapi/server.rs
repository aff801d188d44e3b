//! The server that a description names first, as the base URL; its variables as fields.

use super::word;
use crate::draft::{Draft, plain};
use serde_json::{Map, Value};

/// The first server over https; its variables become fields.
pub(super) fn base_url(document: &Value, fields: &mut Draft) -> Option<String> {
    if let Some(host) = document["host"].as_str() {
        let path = document["basePath"].as_str().unwrap_or_default().trim_end_matches('/');
        return Some(format!("https://{host}{path}"));
    }
    let servers = document["servers"].as_array()?;
    let usable = |server: &&Value| {
        server["url"]
            .as_str()
            .is_some_and(|url| url.starts_with("https://") || url.starts_with('{'))
    };
    let server = servers.iter().find(usable)?;
    let mut url = server["url"].as_str()?.trim_end_matches('/').to_owned();
    let none = Map::new();
    for (name, variable) in server["variables"].as_object().unwrap_or(&none) {
        let field = word(name);
        let braces = format!("{{{name}}}");
        let Some(at) = url.find(&braces) else { continue };
        let default = variable["default"].as_str().unwrap_or_default();
        let options: Vec<String> = match variable["enum"].as_array() {
            Some(options) => options.iter().filter_map(Value::as_str).map(plain).collect(),
            None => Vec::new(),
        };
        let host = !url[..at].trim_start_matches("https://").contains('/');
        let inside = url[at + braces.len()..].starts_with(['.', '-']);
        let fixed = at == 0 || default.is_empty() && options.is_empty();
        // At the end of a host only a closed choice keeps it where it belongs.
        let open = fixed || options.is_empty();
        if host && !inside && open {
            url = url.replace(&braces, default);
            continue;
        }
        url = url.replace(&braces, &format!("{{{{{field}}}}}"));
        fields.insert(field, variable_field(variable, &options, default, host));
    }
    url.starts_with("https://").then_some(url)
}

fn variable_field(variable: &Value, options: &[String], default: &str, host: bool) -> Value {
    let mut field = Draft::new();
    let label = variable["description"].as_str().map(plain).filter(|label| !label.is_empty());
    field.extend(label.map(|label| ("label".to_owned(), Value::from(label))));
    if !options.is_empty() {
        let pairs = options.iter().map(|option| (option.clone(), option.clone().into()));
        field.insert("options".into(), Value::Object(pairs.collect()));
    } else if host {
        field.insert("pattern".into(), "[A-Za-z0-9][A-Za-z0-9_-]*".into());
    }
    let fits = options.is_empty() && !(host && default.contains('.'));
    if !default.is_empty() && (fits || options.iter().any(|option| option == default)) {
        field.insert("default".into(), plain(default).into());
    }
    Value::Object(field)
}
