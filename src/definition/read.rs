//! Reading a definition from its tree.

use super::authorization::{App, Authorization};
use super::endpoint::{read_base_url, read_call_headers};
use super::field::Field;
use super::names::AppName;
use super::pagination::Pagination;
use super::reader::{Entries, Reader};
use super::rule::Rule;
use super::yaml::{Node, Value as Yaml};
use super::{ACCOUNTS, Definition, KnownError, STATUSES, Status, TYPES, keys, reach, unused};

impl Definition {
    pub(super) fn read(
        reader: &mut Reader,
        app: &AppName,
        client_app: AppName,
        node: &Node,
    ) -> Option<Self> {
        let entries = reader.entries(node, "a definition", keys::app::DEFINITION)?;
        let title = required_text(reader, &entries, "title");
        let client_fields = read_client(reader, &entries);
        note_field_names(reader, &entries);
        let base_url = entries.take("base_url").and_then(|n| read_base_url(reader, n));
        let headers =
            entries.take("headers").map_or_else(Vec::new, |n| read_call_headers(reader, n));
        let context = App {
            fields: entries.take("fields"),
            base_url: base_url.as_ref(),
            headers: &headers,
            environment: entries.take("environment"),
        };
        let authorizations = read_authorizations(reader, &entries, &context);
        let pagination = entries.take("pagination").and_then(|node| Pagination::read(reader, node));
        let definition = Self {
            app: app.clone(),
            title: title?,
            docs: entries.take("docs").and_then(|node| reader.shown(node, "`docs`")),
            status: entries
                .take("status")
                .and_then(|node| reader.choice(node, "status", STATUSES))
                .unwrap_or(Status::Unverified),
            hosts: entries.take("hosts").map(|node| reach::read_hosts(reader, node)),
            many_accounts: entries
                .take("accounts")
                .and_then(|node| reader.choice(node, "number of accounts", ACCOUNTS))
                .unwrap_or(false),
            client_id: client_fields.0,
            client_fields: client_fields.1,
            client_app,
            authorizations,
            errors: read_errors(reader, &entries),
            pagination,
        };
        reach::check(reader, &definition, node);
        unused::check(reader, node);
        Some(definition)
    }
}

fn required_text(reader: &mut Reader, entries: &Entries, key: &str) -> Option<String> {
    match entries.take(key) {
        Some(node) => reader.shown(node, key),
        None => {
            reader.report(Rule::MissingKey, entries.span, format!("a definition needs a `{key}`"));
            None
        }
    }
}

fn read_client(reader: &mut Reader, entries: &Entries) -> (Option<String>, Vec<Field>) {
    let node = entries.take("client");
    let Some(client) = node.and_then(|node| reader.entries(node, "`client`", keys::app::CLIENT))
    else {
        return (None, Vec::new());
    };
    let id = client.take("id").and_then(|node| reader.text(node, "`id`"));
    let mut fields = Vec::new();
    if let Some(pairs) = client.take("fields").and_then(|node| reader.pairs(node, "`fields`")) {
        for (key, node) in pairs {
            reader.client_fields.insert(key.name.clone());
            let field = Field::read(reader, &key.name, node, None);
            if field.secret {
                reader.secret_client_fields.insert(key.name.clone());
            }
            fields.push(field);
        }
    }
    (id, fields)
}

/// The app's own fields and every preset, so that templates at the app may name them.
fn note_field_names(reader: &mut Reader, entries: &Entries) {
    if let Some(node) = entries.take("fields")
        && let Yaml::Map(pairs) = &node.value
    {
        reader.fields.extend(pairs.iter().map(|(key, _)| key.name.clone()));
    }
    let presets = TYPES.iter().flat_map(|(_, kind)| kind.presets());
    reader.fields.extend(presets.map(|field| field.name));
}

fn read_authorizations(reader: &mut Reader, entries: &Entries, app: &App) -> Vec<Authorization> {
    let Some(node) = entries.take("authorizations") else {
        reader.report(Rule::MissingKey, entries.span, "a definition needs `authorizations`");
        return Vec::new();
    };
    let Some(pairs) = reader.pairs(node, "`authorizations`") else { return Vec::new() };
    if pairs.is_empty() {
        reader.report(Rule::MissingKey, &node.span, "there is no authorization");
    }
    pairs
        .iter()
        .filter_map(|(key, node)| Authorization::read(reader, &key.name, node, app))
        .collect()
}

fn read_errors(reader: &mut Reader, entries: &Entries) -> Vec<(String, KnownError)> {
    let pairs = entries.take("errors").and_then(|node| reader.pairs(node, "`errors`"));
    let mut errors = Vec::new();
    for (key, node) in pairs.unwrap_or_default() {
        let Some(entry) = reader.entries(node, "an error", keys::app::ERROR) else { continue };
        let expired = entry.take("expired");
        errors.push((
            key.name.clone(),
            KnownError {
                meaning: entry.take("meaning").and_then(|node| reader.shown(node, "`meaning`")),
                hint: entry.take("hint").and_then(|node| reader.shown(node, "`hint`")),
                expired: expired.map(|node| reader.bool(Some(node), "`expired`")),
            },
        ));
    }
    errors
}
