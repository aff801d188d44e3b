//! Which client an account is connected with: given, kept, brought by the definition, or registered
//! just now.

use super::prepare::Ground;
use crate::accounts::{Accounts, StoreChoice};
use crate::commands::App;
use crate::credential::Client as OAuthClient;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Definition, Field, Way};
use crate::error::{Error, Kind, Result};
use crate::flow::explain::{Doing, explain};
use crate::flow::fields::Collected;
use crate::flow::registration::register;
use crate::template::Scope;

/// The client: from the environment, one's own, or the one that the definition brings. The second
/// says whether it must be kept with the account.
pub(super) async fn find_client(
    app: &App,
    accounts: &Accounts<'_>,
    definition: &Definition,
    auth: &Authorization,
    id: &AccountId,
) -> Result<Option<(OAuthClient, bool)>> {
    if let Some(given) = app.context.input(id, "client_id") {
        let secret = app.context.input(id, "client_secret");
        // What `client set` kept of the same client goes on to hold, its secret only where none is
        // given.
        let kept = accounts.client_without_secrets(&definition.client_app, given.expose())?;
        if kept.is_some() && secret.is_none() && app.stores.choice != StoreChoice::Env {
            let client = accounts.client(definition, Some(given.expose())).await?;
            let client = client.unwrap_or_else(|| OAuthClient::public(given.expose()));
            return Ok(Some((client, false)));
        }
        // The rest of it is asked for with the account's fields.
        if secret.is_none() && auth.field("client_secret").is_some() {
            return Ok(None);
        }
        let known = kept.unwrap_or_else(|| OAuthClient::public(given.expose()));
        let client = OAuthClient { secret, ..known };
        let client =
            client.with_fields(&definition.client_fields, |name| app.context.input(id, name));
        return Ok(Some((client, true)));
    }
    if let Some(kept) = accounts.client(definition, None).await? {
        return Ok(Some((kept, false)));
    }
    // A public client can act for a person, and not for itself.
    let public = definition.client_id.as_deref().filter(|_| auth.field("client_secret").is_none());
    Ok(public.map(|public| (OAuthClient::public(public), false)))
}

/// What is asked for: where there is no browser, the client too, unless it is known already.
pub(super) fn wanted_fields(
    definition: &Definition,
    auth: &Authorization,
    knows_client: bool,
) -> Vec<Field> {
    if auth.field("client_id").is_none() {
        return auth.fields.clone();
    }
    let mut wanted = auth.fields.clone();
    match knows_client {
        true => wanted.retain(|field| !is_of_client(field)),
        false => wanted.extend(own_fields(definition, auth).cloned()),
    }
    wanted
}

/// The presets by which a client is asked for, where there is no browser.
fn is_of_client(field: &Field) -> bool {
    matches!(field.name.as_str(), "client_id" | "client_secret")
}

/// What belongs to a client beside them, and not to the account.
fn own_fields<'d>(
    definition: &'d Definition,
    auth: &'d Authorization,
) -> impl Iterator<Item = &'d Field> {
    definition.client_fields.iter().filter(|field| auth.field(&field.name).is_none())
}

/// A client that was given with the account's fields.
pub(super) fn client_of_fields(
    definition: &Definition,
    auth: &Authorization,
    collected: &mut Collected,
) -> Option<OAuthClient> {
    let id = collected.plain.remove("client_id")?;
    let secret = collected.secret.remove("client_secret");
    let mut client = OAuthClient { secret, ..OAuthClient::public(&id) };
    for Field { name, .. } in own_fields(definition, auth) {
        client.fields.extend(collected.plain.remove_entry(name));
        client.secret_fields.extend(collected.secret.remove_entry(name));
    }
    Some(client)
}

/// Whether nothing works without a client: an assertion can say itself who it is from.
pub(super) fn needs_client(auth: &Authorization) -> bool {
    match &auth.way {
        Way::OAuth2(oauth2) => oauth2.grants.iter().any(|grant| grant.needs_person()),
        Way::OAuth1(oauth1) => oauth1.legs.is_some(),
        Way::Fields | Way::Login(_) => false,
    }
}

/// Registers a client where the provider gives one to whoever asks (RFC 7591), and keeps it for the
/// next time.
pub(super) async fn register_or_refuse(ground: Ground<'_>, fields: &Scope) -> Result<OAuthClient> {
    let Ground { app, accounts, definition, auth, id, http, keeps, .. } = ground;
    let Some(oauth2) = auth.oauth2().filter(|oauth2| oauth2.registration.is_some()) else {
        return Err(no_client(definition, id));
    };
    let client = register(http, oauth2, &oauth2.redirection.uris, fields).await;
    let client = client.map_err(|error| explain(error, definition, id, Doing::Connect))?;
    if keeps {
        accounts.set_client(definition, &client, app.stores.choice).await?;
    }
    let shown = crate::text::short(&client.id, 24);
    app.terminal.say(format!("{} gave this computer the client {shown}.", definition.title));
    app.terminal.say("");
    Ok(client)
}

fn no_client(definition: &Definition, id: &AccountId) -> Error {
    let title = &definition.title;
    let mut error = Error::new(Kind::Usage, format!("`{}` needs a client of your own", id.app))
        .because(format!("{title} knows an app by its client id, and you have not set one"))
        .hint(format!("run `tieline client set {}`; it says what to register", id.app));
    if let Some(docs) = &definition.docs {
        error = error.hint(format!("where to register it: {docs}"));
    }
    let other = definition.authorizations.iter().find(|auth| !auth.has_client());
    if let Some(other) = other {
        let command = format!("tieline connect {} --auth {}", id.app, other.name);
        error = error.hint(format!("or without OAuth: `{command}`"));
    }
    error
}
