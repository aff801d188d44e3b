//! The session that an authorization begins with: fields and client, and the hosts that may see them.

use crate::credential::{Client as OAuthClient, Credential};
use crate::definition::{Authorization, Definition};
use crate::error::Result;
use crate::flow::fields::Collected;
use crate::flow::{Grant, Session};
use crate::http::Client;
use crate::secret::Secret;
use crate::template::{Moment, Scope};
use crate::terminal::Terminal;
use std::collections::BTreeMap;

pub(super) fn session<'a>(
    terminal: &Terminal,
    definition: &'a Definition,
    auth: &'a Authorization,
    client: Option<OAuthClient>,
    collected: Collected,
    http: &'a Client,
) -> Result<Session<'a>> {
    let hosts = definition.hosts(auth, &fields_scope(auth, &collected))?;
    if !hosts.insecure().is_empty() {
        terminal.warn(format!(
            "{} is spoken to without TLS, so anybody on the way can read the credential",
            hosts.insecure().join(", ")
        ));
    }
    let session = Session {
        http,
        definition,
        auth,
        client,
        fields: collected.plain,
        extras: BTreeMap::new(),
        credential: credential(collected.secret),
        callback: BTreeMap::new(),
        grant: Grant::default(),
        hosts,
        dpop: None,
        id_token: None,
        identity: None,
    };
    session.learn_secrets();
    Ok(session)
}

/// A ready token is what other types obtain, and is kept as that.
fn credential(mut fields: BTreeMap<String, Secret>) -> Credential {
    let access_token = fields.remove("access_token");
    let token_secret = fields.remove("token_secret");
    Credential { fields, access_token, token_secret, ..Credential::default() }
}

/// The fields that are not secret, as templates see them.
pub(super) fn fields_scope(auth: &Authorization, collected: &Collected) -> Scope {
    let mut scope = Scope::new(Moment::default());
    for field in &auth.fields {
        scope.set(&field.name, None);
    }
    for (name, value) in &collected.plain {
        scope.set(name, Some(value));
    }
    scope
}
