//! What an authorization server says of itself (RFC 8414, OpenID Connect Discovery 1.0), and how it
//! fills in what a definition leaves open.

use super::endpoint::{ClientAuthentication, Endpoint, IDENTITY, Use};
use super::oauth2::OAuth2;
use super::{Definition, Way};
use crate::template::{Place, Template};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The part of an authorization server's metadata that a client acts on. It is kept with an account,
/// so that a refresh needs no second discovery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the members are defined in RFC 8414 section 2 and its registry")]
pub struct ServerMetadata {
    pub issuer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_authorization_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pushed_authorization_request_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grant_types_supported: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub code_challenge_methods_supported: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dpop_signing_alg_values_supported: Vec<String>,
    /// RFC 8705 section 5.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub mtls_endpoint_aliases: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "is_false")]
    pub require_pushed_authorization_requests: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub authorization_response_iss_parameter_supported: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl ServerMetadata {
    /// The way to authenticate that we prefer among those offered: a secret in a header rather than
    /// in a body; without a list the default of RFC 8414 section 2, `client_secret_basic`.
    #[must_use]
    pub fn client_authentication(&self) -> Option<ClientAuthentication> {
        let offered = &self.token_endpoint_auth_methods_supported;
        if offered.is_empty() {
            return Some(ClientAuthentication::ClientSecretBasic);
        }
        let preferred = [
            ClientAuthentication::ClientSecretBasic,
            ClientAuthentication::ClientSecretPost,
            ClientAuthentication::ClientSecretJwt,
            ClientAuthentication::None,
        ];
        preferred.into_iter().find(|method| offered.iter().any(|name| name == method.name()))
    }

    /// The same server as a client with a certificate sees it: it must prefer the aliases, since only
    /// there anybody asks for a certificate (RFC 8705 section 5).
    fn by_certificate(&self) -> Self {
        let mut seen = self.clone();
        for (endpoint, name) in [
            (&mut seen.token_endpoint, "token_endpoint"),
            (&mut seen.device_authorization_endpoint, "device_authorization_endpoint"),
            (
                &mut seen.pushed_authorization_request_endpoint,
                "pushed_authorization_request_endpoint",
            ),
            (&mut seen.revocation_endpoint, "revocation_endpoint"),
            (&mut seen.introspection_endpoint, "introspection_endpoint"),
            (&mut seen.userinfo_endpoint, "userinfo_endpoint"),
        ] {
            if let Some(alias) = self.mtls_endpoint_aliases.get(name) {
                *endpoint = Some(alias.clone());
            }
        }
        seen
    }
}

impl Definition {
    /// The same definition with what `metadata` tells filled in where an authorization leaves it
    /// open. What is written wins.
    #[must_use]
    pub fn completed(mut self, authorization: &str, metadata: &ServerMetadata) -> Self {
        for auth in &mut self.authorizations {
            if auth.name == authorization
                && let Way::OAuth2(oauth2) = &mut auth.way
            {
                let seen = match auth.tls {
                    Some(_) => &metadata.by_certificate(),
                    None => metadata,
                };
                oauth2.complete(seen);
                oauth2.metadata = Some(metadata.clone());
                if auth.user_info_open {
                    let url = seen.userinfo_endpoint.as_deref().and_then(literal);
                    auth.user_info = url.and_then(user_info);
                }
            }
        }
        self
    }
}

impl OAuth2 {
    fn complete(&mut self, metadata: &ServerMetadata) {
        let url = |url: &Option<String>| url.as_deref().and_then(literal);
        if self.authorization_uri.is_none() {
            self.authorization_uri = url(&metadata.authorization_endpoint);
        }
        if self.token.is_empty()
            && let Some(url) = url(&metadata.token_endpoint)
        {
            self.token = vec![Endpoint::discovered(url.clone(), Use::Token)];
            if self.refresh.is_empty() {
                self.refresh = vec![Endpoint::discovered(url, Use::Token)];
            }
        }
        let fill = |target: &mut Option<Endpoint>, found: &Option<String>, sort: Use| {
            if target.is_none() {
                *target = url(found).map(|url| Endpoint::discovered(url, sort));
            }
        };
        fill(
            &mut self.device_authorization,
            &metadata.device_authorization_endpoint,
            Use::DeviceAuthorization,
        );
        fill(&mut self.revocation, &metadata.revocation_endpoint, Use::Client);
        fill(&mut self.introspection, &metadata.introspection_endpoint, Use::Client);
        // Offered is not allowed: a client may not be registered for it. Demanded is.
        if metadata.require_pushed_authorization_requests {
            fill(
                &mut self.pushed_authorization_request,
                &metadata.pushed_authorization_request_endpoint,
                Use::Client,
            );
        }
        if self.registration.is_none() {
            self.registration = url(&metadata.registration_endpoint);
        }
    }
}

/// The user information of OpenID Connect Core section 5.3: who it is, by what is there.
fn user_info(url: Template) -> Option<Endpoint> {
    let identity =
        "{{default response.email response.preferred_username response.name response.sub}}";
    let identity = Template::parse(identity, Place::Answer).ok()?;
    let mut endpoint = Endpoint::discovered(url, Use::UserInfo);
    endpoint.response.values.push((IDENTITY.to_owned(), Some(identity)));
    Some(endpoint)
}

/// A URL from an answer is text and no template, whatever braces it has.
fn literal(url: &str) -> Option<Template> {
    let parsed = url::Url::parse(url).ok()?;
    let text = parsed.as_str().replace('{', "%7B").replace('}', "%7D");
    Template::parse(&text, Place::Url).ok().filter(Template::is_literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_never_a_template() {
        let url = literal("https://a.test/{{client_secret}}?x={{y}}").unwrap();
        assert!(url.is_literal());
        assert_eq!(url.source(), "https://a.test/%7B%7Bclient_secret%7D%7D?x=%7B%7By%7D%7D");
        assert!(literal("/relative").is_none());
    }

    #[test]
    fn a_client_with_a_certificate_prefers_the_aliases() {
        // After the example of RFC 8705 section 5.
        let metadata: ServerMetadata = serde_json::from_value(serde_json::json!({
            "issuer": "https://server.example.com",
            "token_endpoint": "https://server.example.com/token",
            "introspection_endpoint": "https://server.example.com/introspect",
            "mtls_endpoint_aliases": { "token_endpoint": "https://mtls.example.com/token" }
        }))
        .unwrap();
        let seen = metadata.by_certificate();
        assert_eq!(seen.token_endpoint.as_deref(), Some("https://mtls.example.com/token"));
        assert_eq!(seen.introspection_endpoint, metadata.introspection_endpoint);
        assert_eq!(seen.issuer, metadata.issuer);
    }

    #[test]
    fn a_secret_goes_into_a_header_where_that_is_offered() {
        let with = |names: &[&str]| ServerMetadata {
            token_endpoint_auth_methods_supported: names.iter().map(ToString::to_string).collect(),
            ..ServerMetadata::default()
        };
        let chosen = |names: &[&str]| with(names).client_authentication();
        assert_eq!(chosen(&[]), Some(ClientAuthentication::ClientSecretBasic));
        assert_eq!(
            chosen(&["none", "client_secret_post"]),
            Some(ClientAuthentication::ClientSecretPost)
        );
        assert_eq!(chosen(&["private_key_jwt"]), None);
    }
}
