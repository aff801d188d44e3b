//! The store that is none: a credential that comes whole from the environment (`TIELINE_STORE=env`)
//! and is never kept.

use crate::account::{Account, VERSION};
use crate::context::{Context, now, variable};
use crate::credential::Credential;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, Way};
use crate::error::{Error, Kind, Result};
use crate::template::{Moment, Scope};
use std::collections::BTreeMap;

/// Reads an account from the environment.
///
/// # Errors
/// Something that is needed is not set; all of it is named at once.
pub fn read(
    context: &Context,
    definition: &Definition,
    auth: &Authorization,
    id: &AccountId,
) -> Result<(Account, Credential)> {
    let mut credential = Credential::default();
    let mut fields = BTreeMap::new();
    let mut missing = Vec::new();
    let mut scope = Scope::new(Moment::default());
    for field in &auth.fields {
        let given = context.input(id, &field.name);
        let given =
            given.as_ref().map(|secret| secret.expose().to_owned()).or(field.default.clone());
        let Some(given) = given else {
            if !field.optional {
                missing.push(variable(id, &field.name));
            }
            continue;
        };
        let value = field.accept(&given).map_err(|error| {
            Error::new(Kind::Usage, format!("{} does not fit", variable(id, &field.name)))
                .because(error)
        })?;
        scope.set(&field.name, Some(&value));
        if field.secret {
            credential.fields.insert(field.name.clone(), value.into());
        } else {
            fields.insert(field.name.clone(), value);
        }
    }
    if !matches!(auth.way, Way::Fields) {
        credential.access_token = context.input(id, "access_token");
        credential.refresh_token = context.input(id, "refresh_token");
    }
    let needs_token = matches!(auth.way, Way::OAuth2(_));
    if needs_token && credential.access_token.is_none() && credential.refresh_token.is_none() {
        missing.push(variable(id, "access_token"));
    }
    if !missing.is_empty() {
        let message = format!("`{id}` is not in the environment");
        return Err(
            Error::new(Kind::NotConnected, message).hint(format!("set {}", missing.join(" and ")))
        );
    }
    let hosts = definition.hosts(auth, &scope)?;
    let redirection = auth.oauth2().map(|oauth2| &oauth2.redirection);
    let account = Account {
        redirect_uri: redirection.and_then(|redirection| redirection.uris.first().cloned()),
        version: VERSION,
        revision: String::new(),
        app: id.app.to_string(),
        name: id.name.clone(),
        definition: None,
        authorization: auth.name.clone(),
        identity: None,
        verified: false,
        fields,
        extras: BTreeMap::new(),
        requested_scopes: Vec::new(),
        scopes: Vec::new(),
        // Without an access token there is one to be fetched first.
        expires_at: credential
            .access_token
            .is_none()
            .then_some(0)
            .filter(|_| !matches!(auth.way, Way::Fields)),
        renewable: credential.refresh_token.is_some() || matches!(auth.way, Way::Login(_)),
        server_metadata: None,
        client_id: context
            .input(id, "client_id")
            .map(|id| id.expose().to_owned())
            .or_else(|| definition.client_id.clone().filter(|_| needs_token)),
        hosts: hosts.patterns().to_vec(),
        insecure_hosts: hosts.insecure().to_vec(),
        connected_at: now(),
        renewed_at: now(),
    };
    Ok((account, credential))
}
