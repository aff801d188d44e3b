//! Defines the grant types of the token endpoint and what each is called.

use crate::sandbox::error::OAuthError;
use crate::sandbox::form::Parameters;

/// A grant that the endpoint knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum GrantType {
    AuthorizationCode,
    RefreshToken,
    ClientCredentials,
    Password,
    DeviceCode,
    TokenExchange,
    JwtBearer,
    AccountCredentials,
}

impl GrantType {
    pub(in crate::sandbox) const ALL: [Self; 8] = [
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::ClientCredentials,
        Self::Password,
        Self::DeviceCode,
        Self::TokenExchange,
        Self::JwtBearer,
        Self::AccountCredentials,
    ];

    /// The value of `grant_type`.
    pub(in crate::sandbox) fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::Password => "password",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            Self::AccountCredentials => "account_credentials",
        }
    }

    pub(in crate::sandbox) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant_type| grant_type.name() == name)
    }

    pub(in crate::sandbox) fn read(parameters: &Parameters) -> Result<Self, OAuthError> {
        Self::from_name(parameters.required("grant_type")?)
            .ok_or_else(|| OAuthError::new("unsupported_grant_type", "the grant is unknown"))
    }
}
