//! Defines the registered clients: what each may do, and how it proves who it is.

mod assertion;
mod authentication;
mod method;
mod practice;
mod register;

use serde_json::Value;

use super::authorize::redirect_uri;
use super::error::OAuthError;
use super::grants::GrantType;
use super::provider::Provider;

pub(super) use self::assertion::SYMMETRIC;
pub(super) use self::authentication::{authenticated, basic, is_anonymous};
pub(super) use self::method::Method;
pub(super) use self::practice::registered;
pub use self::practice::{
    CLIENT_ID, CLIENT_SECRET, KEY_CLIENT_ID, PUBLIC_CLIENT_ID, PUSHING_CLIENT_ID,
    PUSHING_CLIENT_SECRET, SECOND_CLIENT_ID, SECOND_CLIENT_SECRET, SERVICE_ACCOUNT,
    SIGNING_CLIENT_ID, SIGNING_CLIENT_SECRET,
};
pub(super) use self::register::register;

/// One registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Client {
    pub(super) id: String,
    /// What the consent page calls it.
    pub(super) name: String,
    /// The ways in which it may authenticate.
    pub(super) methods: Vec<Method>,
    pub(super) secret: Option<String>,
    /// Its public keys, a JWKS (RFC 7517).
    pub(super) keys: Option<Value>,
    /// Its own; `None` for those that all practice clients share.
    pub(super) redirect_uris: Option<Vec<String>>,
    /// What it may use; `None` for every grant.
    pub(super) grant_types: Option<Vec<GrantType>>,
    /// RFC 9126 section 6: whether its authorization requests must be pushed.
    pub(super) must_push: bool,
    /// RFC 9449 section 5.2: whether its tokens must be bound to a key.
    pub(super) must_prove: bool,
}

impl Client {
    /// RFC 6749 section 2.1: whether it can prove who it is.
    pub(super) fn is_confidential(&self) -> bool {
        !self.methods.contains(&Method::None)
    }

    /// RFC 6749 section 5.2: whether it may use a grant.
    pub(super) fn may_use(&self, grant_type: GrantType) -> Result<(), OAuthError> {
        match &self.grant_types {
            Some(registered) if !registered.contains(&grant_type) => {
                let reason = format!("the client is not registered for {}", grant_type.name());
                Err(OAuthError::new("unauthorized_client", reason))
            }
            _ => Ok(()),
        }
    }

    /// RFC 6749 section 3.1.2.2
    pub(super) fn may_redirect_to(&self, provider: &Provider, redirect_uri: &str) -> bool {
        let registered = self.redirect_uris.as_ref().unwrap_or(&provider.redirect_uris);
        redirect_uri::is_registered(registered, redirect_uri)
    }
}
