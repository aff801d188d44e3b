//! Defines a token request whose client is authenticated, which every grant reads its part of.

use std::time::Instant;

use crate::sandbox::called::Called;
use crate::sandbox::client::Client;
use crate::sandbox::error::OAuthError;
use crate::sandbox::form::Parameters;
use crate::sandbox::grants::GrantType;
use crate::sandbox::ledger::{Grant, Issued, Rotation, Terms};
use crate::sandbox::provider::Provider;
use crate::sandbox::subject::Subject;
use crate::sandbox::{resource, scope};

/// What a grant has to go by.
pub(in crate::sandbox) struct TokenRequest<'a> {
    pub(in crate::sandbox) provider: &'a Provider,
    pub(in crate::sandbox) client: &'a Client,
    pub(in crate::sandbox) parameters: &'a Parameters,
    pub(in crate::sandbox) called: &'a Called,
    /// The thumbprint of the key whose possession it proves (RFC 9449).
    pub(in crate::sandbox) key: Option<String>,
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

    /// What tokens are issued on, now.
    pub(super) fn terms(&self, rotation: Rotation) -> Result<Terms, OAuthError> {
        // A client that cannot refresh has no use for a token to do so.
        let refreshes = self.client.may_use(GrantType::RefreshToken).is_ok();
        Ok(Terms {
            now: Instant::now(),
            lifetime: self.provider.lifetime,
            rotation: if refreshes { rotation } else { Rotation::Without },
            resources: resource::asked(self.parameters)?,
            key: self.key.clone(),
            is_public: !self.client.is_confidential(),
        })
    }

    /// The tokens of a grant that is made by this very request.
    pub(super) fn grant(
        &self,
        subject: Subject,
        scopes: Vec<String>,
        rotation: Rotation,
    ) -> Result<Issued, OAuthError> {
        let terms = self.terms(rotation)?;
        let resources = terms.resources.clone();
        let grant =
            Grant { client_id: self.client.id.clone(), subject, scopes, resources, nonce: None };
        self.provider.ledger().grant(grant, &terms)
    }
}
