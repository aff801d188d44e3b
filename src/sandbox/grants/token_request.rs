//! Defines a token request whose client is authenticated, which every grant reads its part of.

use std::time::Instant;

use crate::sandbox::client::Client;
use crate::sandbox::error::OAuthError;
use crate::sandbox::form::Parameters;
use crate::sandbox::ledger::{Grant, Issued, Rotation, Terms};
use crate::sandbox::provider::Provider;
use crate::sandbox::scope;
use crate::sandbox::subject::Subject;

/// What a grant has to go by.
pub(in crate::sandbox) struct TokenRequest<'a> {
    pub(in crate::sandbox) provider: &'a Provider,
    pub(in crate::sandbox) client: &'a Client,
    pub(in crate::sandbox) parameters: &'a Parameters,
}

impl TokenRequest<'_> {
    pub(super) fn optional(&self, name: &str) -> Option<&str> {
        self.parameters.one(name)
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, OAuthError> {
        self.parameters.required(name)
    }

    /// The scopes that it asks for, all of which exist.
    pub(super) fn scopes(&self) -> Result<Vec<String>, OAuthError> {
        scope::asked(self.optional("scope"))
    }

    /// A grant that is for confidential clients only, as RFC 6749 section 4.4 says of one.
    pub(super) fn confidential(&self) -> Result<(), OAuthError> {
        if self.client.is_confidential() {
            return Ok(());
        }
        Err(OAuthError::new("unauthorized_client", "this grant is for confidential clients only"))
    }

    pub(super) fn terms(&self, rotation: Rotation) -> Terms {
        Terms { now: Instant::now(), lifetime: self.provider.lifetime, rotation }
    }

    /// The tokens of a grant that is made by this very request.
    pub(super) fn grant(
        &self,
        subject: Subject,
        scopes: Vec<String>,
        rotation: Rotation,
    ) -> Issued {
        let grant = Grant { client_id: self.client.id.clone(), subject, scopes };
        self.provider.ledger().grant(grant, &self.terms(rotation))
    }
}
