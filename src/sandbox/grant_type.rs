//! Defines the grant types of the token endpoint.

use super::error::OAuthError;
use super::form::Parameters;

/// The two grants that the endpoint knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GrantType {
    AuthorizationCode,
    RefreshToken,
}

impl GrantType {
    pub(super) fn read(parameters: &Parameters) -> Result<Self, OAuthError> {
        match parameters.one("grant_type") {
            Some("authorization_code") => Ok(Self::AuthorizationCode),
            Some("refresh_token") => Ok(Self::RefreshToken),
            Some(_) => Err(OAuthError::new("unsupported_grant_type", "the grant is unknown")),
            None => Err(OAuthError::invalid_request("grant_type is missing")),
        }
    }
}
