//! Defines the authorization types and the prefix beneath which each has its API.

use super::place::Place;
use super::signed::Scheme;

/// One of a definition's types, the login that a key or basic type may have, and the signatures that
/// a key may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthorizationType {
    OAuth2,
    Basic,
    BasicUrl,
    BasicApiKey,
    ApiKey,
    ApiSecret,
    ApiKeySecret,
    ApiKeyUrl,
    Login,
    Hmac,
    AwsSigV4,
    OAuth1,
}

impl AuthorizationType {
    pub(super) const ALL: [Self; 12] = [
        Self::OAuth2,
        Self::Basic,
        Self::BasicUrl,
        Self::BasicApiKey,
        Self::ApiKey,
        Self::ApiSecret,
        Self::ApiKeySecret,
        Self::ApiKeyUrl,
        Self::Login,
        Self::Hmac,
        Self::AwsSigV4,
        Self::OAuth1,
    ];

    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::OAuth2 => "",
            Self::Basic => "/basic",
            Self::BasicUrl => "/basic-url",
            Self::BasicApiKey => "/basic-api-key",
            Self::ApiKey => "/api-key",
            Self::ApiSecret => "/api-secret",
            Self::ApiKeySecret => "/api-key-secret",
            Self::ApiKeyUrl => "/api-key-url",
            Self::Login => "/login",
            Self::Hmac => "/hmac",
            Self::AwsSigV4 => "/aws-sigv4",
            Self::OAuth1 => "/oauth1",
        }
    }

    /// Where user information is, beneath the prefix.
    pub(super) fn user_info(self) -> &'static str {
        match self {
            Self::OAuth2 => "/userinfo",
            _ => "/me",
        }
    }

    /// Where the credential has to be, all of it and nowhere else.
    pub(super) fn places(self) -> &'static [Place] {
        match self {
            Self::BasicApiKey => &[Place::Authorization, Place::ApiKeyHeader],
            Self::ApiKeySecret => &[Place::ApiKeyHeader, Place::ApiSecretHeader],
            Self::ApiKeyUrl => &[Place::ApiKeyQuery],
            _ => &[Place::Authorization],
        }
    }

    /// How its calls are signed; `None` where the credential itself is in them.
    pub(super) fn scheme(self) -> Option<Scheme> {
        match self {
            Self::Hmac => Some(Scheme::Hmac),
            Self::AwsSigV4 => Some(Scheme::AwsSigV4),
            _ => None,
        }
    }

    /// What a 401 asks for (RFC 9110 section 11.6.1).
    pub(super) fn challenge(self) -> &'static str {
        match self {
            Self::Basic | Self::BasicUrl | Self::BasicApiKey => {
                r#"Basic realm="sandbox", charset="UTF-8""#
            }
            Self::OAuth2 | Self::ApiKey | Self::ApiSecret => r#"Bearer realm="sandbox""#,
            Self::ApiKeySecret | Self::ApiKeyUrl => r#"ApiKey realm="sandbox""#,
            Self::Login => r#"Session realm="sandbox""#,
            Self::Hmac => r#"HMAC-SHA256 realm="sandbox""#,
            Self::AwsSigV4 => r#"AWS4-HMAC-SHA256 realm="sandbox""#,
            Self::OAuth1 => r#"OAuth realm="sandbox""#,
        }
    }
}
