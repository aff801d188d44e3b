//! What a definition says of OAuth 2.0.

use super::assertion::Assertion;
use super::endpoint::{ClientAuthentication, Endpoint, Param, Use, read_url};
use super::finding::Finding;
use super::grant::{GrantType, read_grants};
use super::keys::authorization::CALLBACK;
use super::reader::{Entries, Reader};
use super::redirection::Redirection;
use super::rule::Rule;
use super::server_metadata::ServerMetadata;
use super::token_endpoint::{read_refresh, read_token};
use super::yaml::{Node, Value as Yaml};
use crate::template::{Place, Template};

/// OAuth 2.0 (RFC 6749), its grants and safeguards, and an app's deviations.
#[derive(Clone, Debug)]
pub struct OAuth2 {
    /// The first that fits the terminal at hand is used.
    pub grants: Vec<GrantType>,
    /// The provider's identifier: names its metadata (RFC 8414), and `iss` in the redirect must be
    /// it (RFC 9207).
    pub issuer: Option<Template>,
    /// What the provider says of itself, once that is known. What is written has been preferred.
    pub metadata: Option<ServerMetadata>,
    /// The authorization endpoint; `None` where only the metadata can tell, or nobody is sent there.
    pub authorization_uri: Option<Template>,
    /// Added to, or taking away from, the standard parameters.
    pub authorization_params: Vec<(String, Param)>,
    /// Asked for where nobody says otherwise.
    pub scopes: Vec<String>,
    /// Between two scopes.
    pub scope_separator: String,
    /// Proof Key for Code Exchange, RFC 7636.
    pub pkce: Pkce,
    /// Where the browser comes back to.
    pub redirection: Redirection,
    /// What the redirect brings, and under which names.
    pub callback: Callback,
    /// The token endpoint, or the steps to a token; empty where only the metadata can tell.
    pub token: Vec<Endpoint>,
    /// The same for a refresh.
    pub refresh: Vec<Endpoint>,
    /// The refresh endpoint itself names `redirect_uri`. What it inherits from the token endpoint
    /// does not count: by the standard (RFC 6749 section 6) only a code comes with one.
    pub refresh_names_redirect_uri: bool,
    /// Whether a refresh token works once.
    pub refresh_policy: RefreshPolicy,
    /// RFC 8628 section 3.1.
    pub device_authorization: Option<Endpoint>,
    /// RFC 9126.
    pub pushed_authorization_request: Option<Endpoint>,
    /// RFC 7009.
    pub revocation: Option<Endpoint>,
    /// RFC 7662.
    pub introspection: Option<Endpoint>,
    /// RFC 7591.
    pub registration: Option<Template>,
    /// At every endpoint that does not say otherwise.
    pub client_authentication: Option<ClientAuthentication>,
    /// The signed JWT of `jwt_bearer` and of client authentication (RFC 7523).
    pub assertion: Option<Assertion>,
    /// Tokens are bound to a key of the account (RFC 9449).
    pub dpop: bool,
    /// What the token is meant for (RFC 8707).
    pub resource: Vec<Template>,
    /// The same as some providers name it.
    pub audience: Option<Template>,
}

/// How PKCE is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pkce {
    /// With SHA-256, the default.
    S256,
    /// With the verifier itself as the challenge.
    Plain,
    /// Not at all.
    None,
}

/// Whether a refresh token works once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshPolicy {
    /// Once: the next one comes with the answer. Assumed where nothing is known.
    Rotates,
    /// Again and again.
    Reusable,
    /// There are none.
    None,
}

/// Names of what the redirect brings.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The parameter that carries the code.
    pub code: String,
    /// Extras, and the parameter that each comes from.
    pub extras: Vec<(String, String)>,
}

pub(super) const PKCE: &[(&str, Pkce)] =
    &[("S256", Pkce::S256), ("plain", Pkce::Plain), ("none", Pkce::None)];

pub(super) const POLICIES: &[(&str, RefreshPolicy)] = &[
    ("rotates", RefreshPolicy::Rotates),
    ("reusable", RefreshPolicy::Reusable),
    ("none", RefreshPolicy::None),
];

impl OAuth2 {
    pub(super) fn read(reader: &mut Reader, entries: &Entries) -> Option<Self> {
        let grants = read_grants(reader, entries);
        let issuer = entries.take("issuer").and_then(|node| read_url(reader, node));
        let authorization_uri = entries.take("authorization_uri");
        let authorization_uri =
            authorization_uri.and_then(|node| read_authorization_uri(reader, node));
        let token = read_token(reader, entries);
        let refresh = read_refresh(reader, entries);
        let registration = entries.take("registration_endpoint");
        let audience = entries.take("audience");
        let assertion = entries.take("assertion").map(|node| Assertion::read(reader, node));
        let mut oauth2 = Self {
            grants,
            issuer,
            metadata: None,
            authorization_uri,
            authorization_params: read_authorization_params(reader, entries),
            scopes: entries.take("scopes").map_or_else(Vec::new, |n| reader.texts(n, "`scopes`")),
            scope_separator: " ".to_owned(),
            pkce: Pkce::S256,
            redirection: Redirection::read(reader, entries),
            callback: Callback::read(reader, entries),
            token: token?,
            refresh,
            refresh_names_redirect_uri: entries
                .take("refresh_endpoint")
                .is_some_and(|node| node.mentions("redirect_uri")),
            refresh_policy: RefreshPolicy::Rotates,
            device_authorization: endpoint(reader, entries, "device_authorization_endpoint"),
            pushed_authorization_request: endpoint(
                reader,
                entries,
                "pushed_authorization_request_endpoint",
            ),
            revocation: endpoint(reader, entries, "revocation_endpoint"),
            introspection: endpoint(reader, entries, "introspection_endpoint"),
            registration: registration.and_then(|node| read_url(reader, node)),
            client_authentication: None,
            assertion: match assertion {
                Some(None) => return None,
                Some(read) => read,
                None => None,
            },
            dpop: reader.bool(entries.take("dpop"), "`dpop`"),
            resource: read_resource(reader, entries),
            audience: audience.and_then(|node| reader.template(node, Place::Text, "`audience`")),
        };
        oauth2.read_choices(reader, entries);
        oauth2.check_scopes(reader, entries);
        Some(oauth2)
    }

    /// How the client authenticates at an endpoint: as written there, as written for all, as the
    /// metadata offers, or in the body.
    #[must_use]
    pub fn client_authentication_at(&self, endpoint: Option<&Endpoint>) -> ClientAuthentication {
        let written = endpoint.and_then(|endpoint| endpoint.client_authentication);
        let offered = || self.metadata.as_ref().and_then(ServerMetadata::client_authentication);
        written
            .or(self.client_authentication)
            .or_else(offered)
            .unwrap_or(ClientAuthentication::ClientSecretPost)
    }

    /// Whether only the issuer's metadata can tell an endpoint that a grant needs.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let has = |grant| self.grants.contains(&grant);
        self.token.is_empty()
            || has(GrantType::AuthorizationCode) && self.authorization_uri.is_none()
            || has(GrantType::DeviceCode) && self.device_authorization.is_none()
    }

    /// Whether a token is there again without a person: the grant is run again.
    #[must_use]
    pub fn runs_again(&self) -> bool {
        !self.grants.iter().any(|grant| grant.needs_person())
    }

    /// Every endpoint that the client authenticates at.
    pub fn client_endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        let steps = self.token.iter().chain(&self.refresh);
        let others = [
            &self.device_authorization,
            &self.pushed_authorization_request,
            &self.revocation,
            &self.introspection,
        ];
        steps.chain(others.into_iter().flatten())
    }

    fn read_choices(&mut self, reader: &mut Reader, entries: &Entries) {
        if let Some(node) = entries.take("scope_separator") {
            self.scope_separator = reader.text(node, "`scope_separator`").unwrap_or_default();
        }
        if let Some(node) = entries.take("pkce") {
            self.pkce = reader.choice(node, "PKCE method", PKCE).unwrap_or(Pkce::S256);
            if self.pkce == Pkce::None && !node.span.has_comment() {
                let finding = Finding::new(
                    Rule::PkceOff,
                    node.span.clone(),
                    "PKCE is off, and nothing says why",
                );
                reader
                    .findings
                    .push(finding.help("leave it out, or say in a comment here why it cannot be"));
            }
        }
        if let Some(node) = entries.take("refresh") {
            let policy = reader.choice(node, "refresh policy", POLICIES);
            self.refresh_policy = policy.unwrap_or(RefreshPolicy::Rotates);
        }
        if let Some(node) = entries.take("client_authentication") {
            self.client_authentication = ClientAuthentication::read(reader, node);
        }
    }

    fn check_scopes(&self, reader: &mut Reader, entries: &Entries) {
        let Some(node) = entries.take("scopes") else { return };
        let separator = self.scope_separator.trim();
        let inside = |scope: &String| {
            scope.contains(' ') || (!separator.is_empty() && scope.contains(separator))
        };
        if let Some(scope) = self.scopes.iter().find(|scope| inside(scope)) {
            let message = format!("`{scope}` holds several scopes: write a list");
            reader.report(Rule::ScopeSeparator, &node.span.narrow(scope), message);
        }
    }
}

fn endpoint(reader: &mut Reader, entries: &Entries, key: &str) -> Option<Endpoint> {
    let sort = match key {
        "device_authorization_endpoint" => Use::DeviceAuthorization,
        _ => Use::Client,
    };
    entries.take(key).and_then(|node| Endpoint::read(reader, node, sort))
}

fn read_resource(reader: &mut Reader, entries: &Entries) -> Vec<Template> {
    let Some(node) = entries.take("resource") else { return Vec::new() };
    let nodes = match &node.value {
        Yaml::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    let read = |node: &&Node| reader.template(node, Place::Text, "`resource`");
    nodes.iter().filter_map(read).collect()
}

/// The address that the browser is sent to.
pub(super) fn read_authorization_uri(reader: &mut Reader, node: &Node) -> Option<Template> {
    let uri = read_url(reader, node)?;
    if let Some(secret) = reader.secret_in(&uri) {
        let message = format!("`{secret}` would stand in the browser's address bar");
        reader.report(Rule::SecretInUrl, &node.span.narrow(&secret), message);
    }
    Some(uri)
}

pub(super) fn read_authorization_params(
    reader: &mut Reader,
    entries: &Entries,
) -> Vec<(String, Param)> {
    let Some(node) = entries.take("authorization_params") else { return Vec::new() };
    let params = Param::read_all(reader, node);
    for (name, param) in &params {
        if param.templates().iter().any(|template| reader.secret_in(template).is_some()) {
            let message = format!("`{name}` would put a secret into the browser's address bar");
            reader.report(Rule::SecretInUrl, &node.span.narrow(name), message);
        }
    }
    params
}

impl Callback {
    fn read(reader: &mut Reader, entries: &Entries) -> Self {
        let mut callback = Self { code: "code".to_owned(), extras: Vec::new() };
        let node = entries.take("callback");
        let Some(inner) = node.and_then(|n| reader.entries(n, "`callback`", CALLBACK)) else {
            return callback;
        };
        if let Some(node) = inner.take("code") {
            callback.code = reader.text(node, "`code`").unwrap_or_default();
        }
        let extras = inner.take("extras").and_then(|node| reader.pairs(node, "`extras`"));
        callback.extras = extras
            .unwrap_or_default()
            .iter()
            .filter_map(|(key, node)| Some((key.name.clone(), reader.text(node, "a name")?)))
            .collect();
        callback
    }
}
