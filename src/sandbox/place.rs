//! Defines the places of a request where a credential may be, and what each is called.

/// A place where a credential may be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Authorization,
    ApiKeyHeader,
    ApiSecretHeader,
    AccessTokenQuery,
    ApiKeyQuery,
    ApiSecretQuery,
}

impl Place {
    pub(super) const ALL: [Self; 6] = [
        Self::Authorization,
        Self::ApiKeyHeader,
        Self::ApiSecretHeader,
        Self::AccessTokenQuery,
        Self::ApiKeyQuery,
        Self::ApiSecretQuery,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::ApiKeyHeader => "x-api-key",
            Self::ApiSecretHeader => "x-api-secret",
            Self::AccessTokenQuery => "access_token",
            Self::ApiKeyQuery => "api_key",
            Self::ApiSecretQuery => "api_secret",
        }
    }
}

/// Whether a header or a query parameter of this name holds a credential, and is not echoed.
pub(super) fn is_credential(name: &str) -> bool {
    matches!(name, "cookie" | "dpop" | "proxy-authorization" | "x-signature")
        || name.starts_with("oauth_")
        || Place::ALL.iter().any(|place| place.name() == name)
}
