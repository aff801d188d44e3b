//! The store that is none: a credential that comes whole from the environment (`TIELINE_STORE=env`)
//! and is never kept.

mod found;

pub use found::accounts;

use crate::account::{Account, VERSION};
use crate::context::{Context, now, variable};
use crate::credential::Credential;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, Way};
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
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
    let mut missing = Vec::new();
    let (fields, secrets) = read_fields(context, auth, id, &mut missing)?;
    let mut scope = Scope::new(Moment::default());
    for (name, value) in &fields {
        scope.set(name, Some(value));
    }
    let credential = read_tokens(context, auth, id, secrets, &mut missing);
    if !missing.is_empty() {
        let message = format!("`{id}` is not in the environment");
        return Err(
            Error::new(Kind::NotConnected, message).hint(format!("set {}", missing.join(" and ")))
        );
    }
    let hosts = definition.hosts(auth, &scope)?;
    let scopes = auth.oauth2().map(|oauth2| oauth2.scopes.clone()).unwrap_or_default();
    let account = Account {
        redirect_uri: auth.redirection().and_then(|redirection| redirection.uris.first().cloned()),
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
        requested_scopes: scopes.clone(),
        scopes,
        // Without an access token there is one to be fetched first.
        expires_at: credential
            .access_token
            .is_none()
            .then_some(0)
            .filter(|_| !matches!(auth.way, Way::Fields | Way::OAuth1(_))),
        renewable: credential.refresh_token.is_some() || runs_again(auth),
        server_metadata: None,
        client_id: context
            .input(id, "client_id")
            .map(|id| id.expose().to_owned())
            .or_else(|| definition.client_id.clone().filter(|_| auth.has_client())),
        hosts: hosts.patterns().to_vec(),
        insecure_hosts: hosts.insecure().to_vec(),
        connected_at: now(),
        renewed_at: now(),
    };
    Ok((account, credential))
}

type Plain = BTreeMap<String, String>;
type Hidden = BTreeMap<String, Secret>;

/// The fields; what is needed and not set is noted by its variable.
fn read_fields(
    context: &Context,
    auth: &Authorization,
    id: &AccountId,
    missing: &mut Vec<String>,
) -> Result<(Plain, Hidden)> {
    let (mut plain, mut hidden) = (Plain::new(), Hidden::new());
    // The client is read where it is used, and a ready token is kept as one.
    let elsewhere = ["client_id", "client_secret", "access_token", "token_secret"];
    for field in auth.fields.iter().filter(|field| !elsewhere.contains(&field.name.as_str())) {
        let given = context.input(id, &field.name);
        let given = given.or_else(|| field.default.as_deref().map(Secret::from));
        let Some(given) = given else {
            if !field.optional {
                missing.push(variable(id, &field.name));
            }
            continue;
        };
        let value = field.accept(given.expose()).map_err(|error| {
            Error::new(Kind::Usage, format!("{} does not fit", variable(id, &field.name)))
                .because(error)
        })?;
        match field.secret {
            true => drop(hidden.insert(field.name.clone(), value.into())),
            false => drop(plain.insert(field.name.clone(), value)),
        }
    }
    Ok((plain, hidden))
}

/// The tokens; a grant that needs no person can fetch its own.
fn read_tokens(
    context: &Context,
    auth: &Authorization,
    id: &AccountId,
    fields: Hidden,
    missing: &mut Vec<String>,
) -> Credential {
    let mut credential = Credential { fields, ..Credential::default() };
    if matches!(auth.way, Way::Fields) {
        return credential;
    }
    credential.access_token = context.input(id, "access_token");
    credential.refresh_token = context.input(id, "refresh_token");
    credential.token_secret = context.input(id, "token_secret");
    let asked = |name: &str| auth.field(name).is_none_or(|field| !field.optional);
    let has_token = credential.access_token.is_some() || credential.refresh_token.is_some();
    match &auth.way {
        Way::OAuth2(oauth2) if oauth2.runs_again() => {
            let given =
                auth.field("client_id").is_none_or(|_| context.input(id, "client_id").is_some());
            missing.extend((!given).then(|| variable(id, "client_id")));
        }
        Way::OAuth2(_) if !has_token => missing.push(variable(id, "access_token")),
        Way::OAuth1(_) => {
            for (name, value) in [
                ("access_token", &credential.access_token),
                ("token_secret", &credential.token_secret),
            ] {
                if value.is_none() && asked(name) {
                    missing.push(variable(id, name));
                }
            }
        }
        _ => {}
    }
    credential
}

/// Whether a token is fetched again without a person.
fn runs_again(auth: &Authorization) -> bool {
    match &auth.way {
        Way::Login(_) => true,
        Way::OAuth2(oauth2) => oauth2.runs_again(),
        Way::OAuth1(_) | Way::Fields => false,
    }
}
