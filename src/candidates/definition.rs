//! What the definition of the app on the line offers: ways in, fields and their options, scopes,
//! variables.

use super::typed::Typed;
use super::{completer, explained, from_file_or_input};
use crate::definition::{Authorization, Definition, Field};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

/// The app's ways in, with their types.
#[must_use]
pub fn authorizations() -> ArgValueCompleter {
    completer(|word| {
        let Some(definition) = definition() else { return Vec::new() };
        let ways = definition.authorizations.iter().filter(|auth| auth.name.starts_with(word));
        ways.map(|auth| explained(auth.name.clone(), Some(auth.kind.name().to_owned()))).collect()
    })
}

/// `NAME=VALUE` of the fields that the way in asks for: the name, then one of its options or where the
/// value is.
#[must_use]
pub fn fields() -> ArgValueCompleter {
    completer(|word| {
        let Some(typed) = Typed::read() else { return Vec::new() };
        let Some(definition) = typed.definition() else { return Vec::new() };
        let fields = fields_of(&definition, typed.authorization());
        let Some((name, value)) = word.split_once('=') else {
            let fields = fields.iter().filter(|field| field.name.starts_with(word));
            return fields
                .map(|field| explained(format!("{}=", field.name), Some(field.label.clone())))
                .collect();
        };
        let field = fields.iter().find(|field| field.name == name);
        let values = field.map(|field| values(field, value)).unwrap_or_default();
        values.into_iter().map(|value| value.add_prefix(format!("{name}="))).collect()
    })
}

/// The scopes that the definition asks for.
#[must_use]
pub fn scopes() -> ArgValueCompleter {
    completer(|word| {
        let Some(typed) = Typed::read() else { return Vec::new() };
        let Some(definition) = typed.definition() else { return Vec::new() };
        let wanted = typed.authorization();
        let auths = definition.authorizations.iter();
        let mut scopes: Vec<String> = auths
            .filter(|auth| wanted.is_none_or(|name| auth.name == name))
            .filter_map(|auth| auth.oauth2())
            .flat_map(|oauth2| oauth2.scopes.iter().cloned())
            .filter(|scope| scope.starts_with(word))
            .collect();
        scopes.sort();
        scopes.dedup();
        scopes.into_iter().map(CompletionCandidate::new).collect()
    })
}

/// `NAME=PART` for `exec`: the variables that the definition names, then the parts that an account has.
#[must_use]
pub fn environment() -> ArgValueCompleter {
    completer(|word| {
        let Some(definition) = definition() else { return Vec::new() };
        let auths = definition.authorizations.iter();
        let mut offered: Vec<String> = match word.split_once('=') {
            None => auths
                .flat_map(|auth| &auth.environment)
                .map(|variable| format!("{}={}", variable.name, variable.part))
                .collect(),
            Some((name, _)) => {
                auths.flat_map(Authorization::parts).map(|part| format!("{name}={part}")).collect()
            }
        };
        offered.retain(|candidate| candidate.starts_with(word));
        offered.sort();
        offered.dedup();
        offered.into_iter().map(CompletionCandidate::new).collect()
    })
}

fn definition() -> Option<Definition> {
    Typed::read()?.definition()
}

fn fields_of<'d>(definition: &'d Definition, auth: Option<&str>) -> Vec<&'d Field> {
    let own = definition.authorization(auth).map(|auth| auth.fields.as_slice()).unwrap_or_default();
    own.iter().chain(&definition.client_fields).collect()
}

/// A closed choice is offered; of the rest, where the value may come from, and its default.
fn values(field: &Field, value: &str) -> Vec<CompletionCandidate> {
    if !field.options.is_empty() {
        let options = field.options.iter().filter(|(option, _)| option.starts_with(value));
        return options
            .map(|(option, label)| explained(option.clone(), Some(label.clone())))
            .collect();
    }
    let default = field.default.iter().filter(|default| default.starts_with(value));
    let default = default.map(|default| explained(default.clone(), Some("the default".to_owned())));
    default.chain(from_file_or_input(value)).collect()
}
