//! Client authentication: how a client proves who it is at a token endpoint.

use crate::definition::reader::Reader;
use crate::definition::yaml::Node;

/// How a client proves who it is at a token endpoint (IANA's names).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// HTTP Basic, RFC 6749 section 2.3.1.
    ClientSecretBasic,
    /// In the body, RFC 6749 section 2.3.1.
    ClientSecretPost,
    /// Not at all: a public client.
    None,
    /// A JWT under the client secret, RFC 7523 section 2.2.
    ClientSecretJwt,
    /// A JWT under a private key, RFC 7523 section 2.2.
    PrivateKeyJwt,
    /// A certificate in TLS, RFC 8705.
    TlsClientAuth,
}

/// Ways of client authentication by name.
pub const CLIENT_AUTHENTICATIONS: &[(&str, ClientAuthentication)] = &[
    ("client_secret_basic", ClientAuthentication::ClientSecretBasic),
    ("client_secret_post", ClientAuthentication::ClientSecretPost),
    ("none", ClientAuthentication::None),
    ("client_secret_jwt", ClientAuthentication::ClientSecretJwt),
    ("private_key_jwt", ClientAuthentication::PrivateKeyJwt),
    ("tls_client_auth", ClientAuthentication::TlsClientAuth),
];

impl ClientAuthentication {
    /// Its name in the registry of RFC 8414.
    #[must_use]
    pub fn name(self) -> &'static str {
        CLIENT_AUTHENTICATIONS.iter().find(|(_, way)| *way == self).map_or("", |(name, _)| name)
    }

    pub(in crate::definition) fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        reader.choice(node, "client authentication", CLIENT_AUTHENTICATIONS)
    }
}
