//! The nine types of authorization.

/// The nine types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Type {
    OAuth2,
    OAuth1,
    Basic,
    BasicUrl,
    BasicApiKey,
    ApiKey,
    ApiSecret,
    ApiKeySecret,
    ApiKeyUrl,
}

/// The types by name.
pub const TYPES: &[(&str, Type)] = &[
    ("oauth2", Type::OAuth2),
    ("oauth1", Type::OAuth1),
    ("basic", Type::Basic),
    ("basic_url", Type::BasicUrl),
    ("basic_api_key", Type::BasicApiKey),
    ("api_key", Type::ApiKey),
    ("api_secret", Type::ApiSecret),
    ("api_key_secret", Type::ApiKeySecret),
    ("api_key_url", Type::ApiKeyUrl),
];

impl Type {
    /// Its name in definitions.
    #[must_use]
    pub fn name(self) -> &'static str {
        TYPES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Whether it brings the address of the user's own server.
    #[must_use]
    pub fn has_url(self) -> bool {
        matches!(self, Self::BasicUrl | Self::BasicApiKey | Self::ApiKeyUrl)
    }
}
