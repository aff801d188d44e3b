//! Grants: how an OAuth 2.0 client comes to its tokens.

use super::finding::Finding;
use super::names::nearest;
use super::reader::{Entries, Reader};
use super::rule::Rule;

/// A grant of RFC 6749 or of one of its extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantType {
    /// In a browser, RFC 6749 section 4.1.
    AuthorizationCode,
    /// With a code typed on another device, RFC 8628.
    DeviceCode,
    /// On the client's own behalf, RFC 6749 section 4.4.
    ClientCredentials,
    /// With the person's password, RFC 6749 section 4.3.
    Password,
    /// With a signed assertion, RFC 7523 section 2.1.
    JwtBearer,
    /// One token for another, RFC 8693.
    TokenExchange,
}

/// The grants by their names in definitions.
pub const GRANTS: &[(&str, GrantType)] = &[
    ("authorization_code", GrantType::AuthorizationCode),
    ("device_code", GrantType::DeviceCode),
    ("client_credentials", GrantType::ClientCredentials),
    ("password", GrantType::Password),
    ("jwt_bearer", GrantType::JwtBearer),
    ("token_exchange", GrantType::TokenExchange),
];

impl GrantType {
    /// Its name in definitions.
    #[must_use]
    pub fn name(self) -> &'static str {
        GRANTS.iter().find(|(_, grant)| *grant == self).map_or("", |(name, _)| name)
    }

    /// The value of `grant_type` in its token request.
    #[must_use]
    pub fn parameter(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::ClientCredentials => "client_credentials",
            Self::Password => "password",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
        }
    }

    /// Whether a person agrees in a browser, here or elsewhere. The other grants can be run again
    /// at any time with what is kept.
    #[must_use]
    pub fn needs_person(self) -> bool {
        matches!(self, Self::AuthorizationCode | Self::DeviceCode)
    }
}

/// Reads `grant`: one, or several of which the first that fits is used.
pub(super) fn read_grants(reader: &mut Reader, entries: &Entries) -> Vec<GrantType> {
    let Some(node) = entries.take("grant") else { return vec![GrantType::AuthorizationCode] };
    let mut grants = Vec::new();
    for name in reader.texts(node, "`grant`") {
        match GRANTS.iter().find(|(known, _)| *known == name) {
            Some((_, grant)) => grants.push(*grant),
            None => {
                let known = GRANTS.iter().map(|(name, _)| *name);
                let near = nearest(&name, known.clone());
                let message = format!("`{name}` is no grant");
                let finding = Finding::new(Rule::UnknownValue, node.span.narrow(&name), message);
                reader.findings.push(finding.help(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("one of {}", known.collect::<Vec<_>>().join(", ")),
                }));
            }
        }
    }
    grants
}
