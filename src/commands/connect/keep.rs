//! Keeping what was obtained as an account.

use super::address::is_address;
use super::prepared::Prepared;
use super::{Arguments, Ground};
use crate::account::{Account, VERSION};
use crate::accounts::revision;
use crate::catalog::Catalog;
use crate::context::now;
use crate::definition::Way;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::flow::obtain::Obtained;
use crate::flow::token::is_renewable;

/// Keeps what was obtained, under the account's lock, unless somebody else signed in.
pub(super) async fn keep(
    arguments: &Arguments,
    ground: Ground<'_>,
    prepared: &Prepared<'_>,
    obtained: Obtained,
    path: Option<String>,
) -> Result<Account> {
    let Ground { app, accounts, definition, id, .. } = ground;
    let _lock = accounts.lock(id).await?;
    let before = accounts.replaced(id)?.map(|record| record.account);
    let identity = obtained.identity.name.clone();
    if let Some(before) = &before
        && !arguments.replace
        && before.verified
        && obtained.identity.verified
        && before.identity != identity
    {
        return Err(somebody_else(id, before, identity.as_deref().unwrap_or_default()));
    }
    let mut account = account(prepared, obtained)?;
    account.definition = path;
    let client = prepared.session.client.as_ref().filter(|_| prepared.new_client);
    let client = client.map(|client| (definition, client));
    let credential = &prepared.session.credential;
    accounts.keep(id, &account, credential, app.stores.choice, client).await?;
    Ok(account)
}

/// Where a definition that was given by path lies, from everywhere.
pub(super) fn definition_path(word: &str) -> Result<Option<String>> {
    if !Catalog::is_path(word) || is_address(word) {
        return Ok(None);
    }
    let path = std::fs::canonicalize(word)
        .map_err(|error| Error::io(format!("`{word}` cannot be found"), &error))?;
    Ok(Some(path.display().to_string()))
}

fn somebody_else(id: &AccountId, before: &Account, now: &str) -> Error {
    let was = before.identity.as_deref().unwrap_or_default();
    Error::new(Kind::Usage, format!("`{id}` is connected as `{was}`, and this is `{now}`"))
        .because("the account that signed in is another one")
        .hint(format!("to keep both, run `tieline connect {} --account NAME --add`", id.app))
        .hint(format!("to change over, run `tieline connect {id} --replace`"))
}

fn account(prepared: &Prepared<'_>, obtained: Obtained) -> Result<Account> {
    let session = &prepared.session;
    let token = obtained.token.as_ref();
    let has_refresh_token = session.credential.refresh_token.is_some();
    let renewable = match &session.auth.way {
        Way::Fields => false,
        Way::Login(_) => true,
        Way::OAuth1(oauth1) => oauth1.refresh.is_some(),
        Way::OAuth2(oauth2) => is_renewable(oauth2, has_refresh_token),
    };
    let granted = token.and_then(|token| token.scopes.clone());
    let requested =
        if session.auth.oauth2().is_some() { prepared.terms.scopes.clone() } else { Vec::new() };
    Ok(Account {
        version: VERSION,
        revision: revision()?,
        app: prepared.id.app.to_string(),
        name: prepared.id.name.clone(),
        definition: None,
        authorization: session.auth.name.clone(),
        identity: obtained.identity.name,
        verified: obtained.identity.verified,
        fields: session.fields.clone(),
        extras: session.extras.clone(),
        scopes: granted.unwrap_or_else(|| requested.clone()),
        requested_scopes: requested,
        expires_at: token.and_then(|token| token.expires_at),
        renewable,
        server_metadata: session.auth.oauth2().and_then(|oauth2| oauth2.metadata.clone()),
        client_id: session.client.as_ref().map(|client| client.id.clone()),
        redirect_uri: session.grant.redirect_uri.clone(),
        hosts: session.hosts.patterns().to_vec(),
        insecure_hosts: session.hosts.insecure().to_vec(),
        connected_at: now(),
        renewed_at: now(),
    })
}
