//! The session of a kept account, and the client that it goes on with.

use super::{Surroundings, is_kept};
use crate::account::Account;
use crate::accounts::Opened;
use crate::credential::Client as OAuthClient;
use crate::definition::names::AccountId;
use crate::definition::{Authorization, Endpoint};
use crate::error::Result;
use crate::flow::Session;
use crate::flow::explain::{Doing, explain};
use crate::template::Template;

impl<'a> Surroundings<'a> {
    /// A session of an account. Its client is read only where a request needs it.
    ///
    /// # Errors
    /// The client cannot be read.
    pub async fn session(&self, opened: &Opened, needs_client: bool) -> Result<Session<'a>> {
        let client = if needs_client || reads_client(self.auth) {
            self.client(&opened.account, &opened.id, is_kept(opened)).await?
        } else {
            // Its id is no secret, and all that most templates read.
            opened.account.client_id.as_deref().map(OAuthClient::public)
        };
        let credential = opened.credential.clone();
        let session = Session::of_account(
            self.http,
            self.definition,
            self.auth,
            &opened.account,
            credential,
            client,
        );
        let session = session.and_then(|session| session.make_ready().map(|()| session));
        session.map_err(|error| explain(error, self.definition, &opened.id, Doing::Test))
    }

    /// The client that an account was connected with.
    async fn client(
        &self,
        account: &Account,
        id: &AccountId,
        kept: bool,
    ) -> Result<Option<OAuthClient>> {
        let Some(client_id) = &account.client_id else { return Ok(None) };
        if let Some(given) =
            self.context.input(id, "client_id").filter(|given| given.equals(client_id))
        {
            let secret = self.context.input(id, "client_secret");
            if secret.is_some() {
                let known = match kept && !self.definition.client_fields.is_empty() {
                    true => self.accounts.client(self.definition, Some(client_id)).await?,
                    false => None,
                };
                let known = known.unwrap_or_else(|| OAuthClient::public(given.expose()));
                let input = |name: &str| self.context.input(id, name);
                let client = OAuthClient { secret, ..known };
                return Ok(Some(client.with_fields(&self.definition.client_fields, input)));
            }
        }
        // A credential from the environment has nothing to do with what is kept.
        if !kept {
            return Ok(Some(OAuthClient::public(client_id)));
        }
        if let Some(client) = self.accounts.client(self.definition, Some(client_id)).await? {
            return Ok(Some(client));
        }
        // A client that the definition brings, or a public one from the environment.
        Ok(Some(OAuthClient::public(client_id)))
    }
}

/// Whether an API request needs more of the client than its id.
fn reads_client(auth: &Authorization) -> bool {
    let reads =
        |template: &Template| ["client", "client_secret"].iter().any(|name| template.reads(name));
    let certificate = auth.tls.iter().flat_map(|tls| [&tls.certificate, &tls.key]);
    if auth.oauth1().is_some() || certificate.into_iter().any(reads) {
        return true;
    }
    let headers = auth.headers.iter().filter_map(|(_, value)| value.as_ref());
    let endpoints = auth.user_info.iter().chain(&auth.lookups).flat_map(Endpoint::templates);
    headers.chain(endpoints).chain(auth.request.templates()).chain([&auth.base_url]).any(reads)
}
