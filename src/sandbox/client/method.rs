//! Defines the methods of client authentication and their registered names.

/// A method (RFC 7591 section 2, `token_endpoint_auth_method`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Method {
    ClientSecretBasic,
    ClientSecretPost,
    /// RFC 7523 section 2.2, signed under the secret.
    ClientSecretJwt,
    /// RFC 7523 section 2.2, signed with a private key.
    PrivateKeyJwt,
    /// A public client: its name is enough.
    None,
}

impl Method {
    pub(in crate::sandbox) const ALL: [Self; 5] = [
        Self::ClientSecretBasic,
        Self::ClientSecretPost,
        Self::ClientSecretJwt,
        Self::PrivateKeyJwt,
        Self::None,
    ];

    pub(in crate::sandbox) fn name(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }

    pub(in crate::sandbox) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Whether the client has a secret that both sides know.
    pub(in crate::sandbox) fn has_secret(self) -> bool {
        !matches!(self, Self::PrivateKeyJwt | Self::None)
    }
}
