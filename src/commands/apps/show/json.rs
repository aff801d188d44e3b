//! The same for programs.

use super::{Shown, words};
use crate::commands::apps::SCHEMA;
use crate::commands::apps::list::source;
use crate::context::variable;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, Field};
use serde_json::{Map, Value, json};

pub(super) fn of(shown: &Shown<'_>) -> Value {
    let definition = shown.definition;
    let ways = shown.authorizations.iter().map(|auth| authorization(definition, auth));
    let accounts: Vec<String> = shown.accounts.iter().map(ToString::to_string).collect();
    json!({
        "schema": SCHEMA,
        "app": definition.app.as_str(),
        "title": definition.title,
        "docs": definition.docs,
        "status": definition.status.name(),
        "source": shown.origin.as_ref().map(source),
        "client_app": definition.client_app.as_str(),
        "client_id": definition.client_id,
        "client_fields": fields(definition, &definition.client_fields),
        "accounts": accounts,
        "authorizations": ways.collect::<Vec<_>>(),
    })
}

fn authorization(definition: &Definition, auth: &Authorization) -> Value {
    let oauth2 = auth.oauth2();
    let first = definition.authorizations.first().is_some_and(|a| a.name == auth.name);
    json!({
        "name": auth.name,
        "type": auth.kind.name(),
        "default": first,
        "grants": oauth2.map(|o| o.grants.iter().map(|grant| grant.name()).collect::<Vec<_>>()),
        "fields": fields(definition, &auth.fields),
        "scopes": oauth2.map(|oauth2| &oauth2.scopes),
        "sent_as": words::placements(auth),
        "base_url": auth.base_url.source(),
        "hosts": words::hosts(definition, auth),
        "redirect_uris": auth.redirection().map(|redirection| &redirection.uris),
        "any_port": auth.redirection().map(|redirection| redirection.any_port),
        "refresh": words::refresh(auth),
        "environment": environment(auth),
    })
}

/// Parts by the variables that hold them.
fn environment(auth: &Authorization) -> Map<String, Value> {
    let pairs = auth.environment.iter();
    pairs.map(|variable| (variable.name.clone(), variable.part.to_string().into())).collect()
}

fn fields(definition: &Definition, fields: &[Field]) -> Vec<Value> {
    let id = AccountId { app: definition.app.clone(), name: None };
    let field = |field: &Field| {
        let options: Vec<Value> = field
            .options
            .iter()
            .map(|(value, label)| json!({ "value": value, "label": label }))
            .collect();
        json!({
            "name": field.name,
            "label": field.label,
            "help": field.help,
            "example": field.example,
            "secret": field.secret,
            "optional": field.optional,
            "default": field.default,
            "options": options,
            "variable": variable(&id, &field.name),
        })
    };
    fields.iter().map(field).collect()
}
