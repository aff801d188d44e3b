//! What an RFC has a client say at a provider's endpoints, and how it proves who it is.

use super::expected::Facts;
use super::memory::Now;
use super::plan::Role;
use crate::definition::{ClientAuthentication, Endpoint, GrantType, OAuth2};
use crate::template::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

/// RFC 7523 section 2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

type Pairs = Vec<(String, String)>;

impl Facts<'_> {
    /// The parameters that an RFC asks for at one of the provider's endpoints, and a header that
    /// authenticates the client.
    pub(super) fn message(
        &self,
        role: Role,
        oauth2: &OAuth2,
        endpoint: &Endpoint,
        now: &Now,
    ) -> (Pairs, Option<String>) {
        let memory = self.memory;
        let pair = |name: &str, value: Option<&String>| {
            (name.to_owned(), value.cloned().unwrap_or_default())
        };
        let grant_type = ("grant_type".to_owned(), now.grant_type.unwrap_or_default().to_owned());
        let mut pairs = match role {
            // Only the first step carries the standard's message.
            Role::Token(0) => self.grant_message(oauth2, now),
            Role::Refresh(0) => {
                vec![grant_type, pair("refresh_token", memory.refresh_token.as_ref())]
            }
            Role::Device => vec![pair("scope", now.scope.as_ref())],
            Role::Revocation => {
                let refresh = memory.refresh_token.as_ref().map(|token| ("refresh_token", token));
                let access = memory.access_token.as_ref().map(|token| ("access_token", token));
                presented(refresh.or(access))
            }
            Role::Introspection => {
                presented(memory.access_token.as_ref().map(|token| ("access_token", token)))
            }
            // What else it says is the authorization request.
            Role::Push => Vec::new(),
            _ => return (Vec::new(), None),
        };
        if matches!(role, Role::Token(_) | Role::Refresh(_) | Role::Device) {
            pairs.extend(self.targets(oauth2));
        }
        let (proof, header) = self.client_proof(oauth2, endpoint, now);
        pairs.extend(proof);
        (pairs, header)
    }

    fn grant_message(&self, oauth2: &OAuth2, now: &Now) -> Pairs {
        let memory = self.memory;
        let field = |name: &str| memory.inputs.fields.get(name).cloned();
        let grant = self.grant(oauth2);
        let own: Vec<(&str, Option<String>)> = match grant {
            GrantType::AuthorizationCode => vec![
                ("code", memory.code.clone()),
                ("redirect_uri", memory.redirect_uri.clone()),
                // Without the verifier of the challenge there is nothing that would do.
                (
                    "code_verifier",
                    memory
                        .challenge
                        .as_ref()
                        .map(|_| now.code_verifier.clone().unwrap_or("?".into())),
                ),
            ],
            GrantType::DeviceCode => vec![("device_code", memory.device_code.clone())],
            GrantType::ClientCredentials => vec![("scope", now.scope.clone())],
            GrantType::Password => vec![
                ("username", field("username")),
                ("password", field("password")),
                ("scope", now.scope.clone()),
            ],
            GrantType::JwtBearer => vec![
                ("assertion", now.assertion.clone().or(Some("?".into()))),
                ("scope", now.scope.clone()),
            ],
            GrantType::TokenExchange => vec![
                ("subject_token", field("subject_token")),
                (
                    "subject_token_type",
                    Some("urn:ietf:params:oauth:token-type:access_token".to_owned()),
                ),
                ("scope", now.scope.clone()),
            ],
        };
        let grant_type = ("grant_type", Some(grant.parameter().to_owned()));
        let all = std::iter::once(grant_type).chain(own);
        all.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// What the token is meant for (RFC 8707).
    pub(super) fn targets(&self, oauth2: &OAuth2) -> Pairs {
        let scope = self.memory.scope(self.definition, self.auth, &Now::default());
        let resources = oauth2.resource.iter().map(|resource| ("resource", resource));
        let all = resources.chain(oauth2.audience.iter().map(|audience| ("audience", audience)));
        let rendered = |template: &Template| template.render(&scope).ok().flatten();
        all.filter_map(|(name, value)| Some((name.to_owned(), rendered(value)?))).collect()
    }

    /// RFC 6749 section 2.3, RFC 7523 section 2.2, RFC 8705 section 2.
    fn client_proof(
        &self,
        oauth2: &OAuth2,
        endpoint: &Endpoint,
        now: &Now,
    ) -> (Pairs, Option<String>) {
        let practice = &self.memory.inputs;
        let Some(id) = &practice.client_id else { return (Vec::new(), None) };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let own = pair("client_id", id);
        let method = oauth2.client_authentication_at(Some(endpoint));
        match (method, &practice.client_secret) {
            (ClientAuthentication::ClientSecretPost, Some(secret)) => {
                (vec![own, pair("client_secret", secret)], None)
            }
            (ClientAuthentication::ClientSecretBasic, Some(secret)) => {
                let encode = |text: &str| -> String {
                    form_urlencoded::byte_serialize(text.as_bytes()).collect()
                };
                let text = format!("{}:{}", encode(id), encode(secret));
                (Vec::new(), Some(format!("Basic {}", STANDARD.encode(text))))
            }
            (ClientAuthentication::ClientSecretJwt | ClientAuthentication::PrivateKeyJwt, _) => {
                let assertion = now.assertion.as_deref().unwrap_or("?");
                let kind = pair("client_assertion_type", ASSERTION_TYPE);
                (vec![own, kind, pair("client_assertion", assertion)], None)
            }
            _ => (vec![own], None),
        }
    }
}

/// RFC 7009 section 2.1, RFC 7662 section 2.1.
fn presented(token: Option<(&str, &String)>) -> Pairs {
    let Some((hint, token)) = token else { return Vec::new() };
    vec![("token".to_owned(), token.clone()), ("token_type_hint".to_owned(), hint.to_owned())]
}
