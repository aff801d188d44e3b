//! What a definition says of OAuth 2.0 with the authorization code grant.

use super::endpoint::{
    ClientAuthentication, Endpoint, Param, Use, read_client_authentication, read_url,
};
use super::finding::Finding;
use super::merge::{merge, without};
use super::reader::{Entries, Reader};
use super::yaml::{Key, Node, Value as Yaml};
use crate::template::Template;

/// The authorization code grant (RFC 6749 section 4.1) and its deviations.
#[derive(Clone, Debug)]
pub struct OAuth2 {
    /// The provider's identifier, which `iss` in the redirect must be (RFC 9207).
    pub issuer: Option<Template>,
    /// The authorization endpoint.
    pub authorization_uri: Template,
    /// Added to, or taking away from, the standard parameters.
    pub authorization_params: Vec<(String, Param)>,
    /// Asked for where nobody says otherwise.
    pub scopes: Vec<String>,
    /// Between two scopes.
    pub scope_separator: String,
    /// Proof Key for Code Exchange, RFC 7636.
    pub pkce: Pkce,
    /// Where the browser comes back to.
    pub redirect_uri: String,
    /// The provider ignores the port of a loopback redirect URI (RFC 8252 section 7.3).
    pub any_port: bool,
    /// What the redirect brings, and under which names.
    pub callback: Callback,
    /// The token endpoint, or the steps to a token.
    pub token: Vec<Endpoint>,
    /// The same for a refresh.
    pub refresh: Vec<Endpoint>,
    /// Whether a refresh token works once.
    pub refresh_policy: RefreshPolicy,
    /// RFC 7009.
    pub revocation: Option<Endpoint>,
    /// At every endpoint that does not say otherwise.
    pub client_authentication: ClientAuthentication,
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

pub(super) const KEYS: &[&str] = &[
    "grant",
    "issuer",
    "authorization_uri",
    "authorization_params",
    "scopes",
    "scope_separator",
    "pkce",
    "redirect_uri",
    "port",
    "response_mode",
    "callback",
    "refresh_endpoint",
    "revocation_endpoint",
    "client_authentication",
    "refresh",
];

/// Keys of the format that this version cannot act on. Ignoring one could weaken a safeguard or
/// fail in a way nobody understands, so each is an error.
pub(super) const LATER_KEYS: &[&str] = &[
    "device_authorization_endpoint",
    "introspection_endpoint",
    "pushed_authorization_request_endpoint",
    "registration_endpoint",
    "assertion",
    "dpop",
    "resource",
    "audience",
];

const DEFAULT_REDIRECT_URI: &str = "http://127.0.0.1:8917/callback";

const PKCE: &[(&str, Pkce)] = &[("S256", Pkce::S256), ("plain", Pkce::Plain), ("none", Pkce::None)];

const POLICIES: &[(&str, RefreshPolicy)] = &[
    ("rotates", RefreshPolicy::Rotates),
    ("reusable", RefreshPolicy::Reusable),
    ("none", RefreshPolicy::None),
];

impl OAuth2 {
    pub(super) fn read(reader: &mut Reader, entries: &Entries) -> Option<Self> {
        read_grant(reader, entries);
        let authorization_uri = match entries.take("authorization_uri") {
            Some(node) => read_url(reader, node),
            None => {
                reader.error("missing-key", entries.span, "`oauth2` needs an `authorization_uri`");
                None
            }
        };
        let token = read_token(reader, entries);
        let refresh = read_refresh(reader, entries);
        let mut oauth2 = Self {
            issuer: entries.take("issuer").and_then(|node| read_url(reader, node)),
            authorization_uri: authorization_uri?,
            authorization_params: read_authorization_params(reader, entries),
            scopes: entries.take("scopes").map_or_else(Vec::new, |n| reader.texts(n, "`scopes`")),
            scope_separator: " ".to_owned(),
            pkce: Pkce::S256,
            redirect_uri: DEFAULT_REDIRECT_URI.to_owned(),
            any_port: false,
            callback: Callback::read(reader, entries),
            token: token?,
            refresh,
            refresh_policy: RefreshPolicy::Rotates,
            revocation: entries
                .take("revocation_endpoint")
                .and_then(|node| Endpoint::read(reader, node, Use::Revocation)),
            client_authentication: ClientAuthentication::ClientSecretPost,
        };
        oauth2.read_choices(reader, entries);
        oauth2.check_scopes(reader, entries);
        Some(oauth2)
    }

    fn read_choices(&mut self, reader: &mut Reader, entries: &Entries) {
        if let Some(node) = entries.take("scope_separator") {
            self.scope_separator = reader.text(node, "`scope_separator`").unwrap_or_default();
        }
        if let Some(node) = entries.take("pkce") {
            self.pkce = reader.choice(node, "PKCE method", PKCE).unwrap_or(Pkce::S256);
        }
        if let Some(node) = entries.take("refresh") {
            let policy = reader.choice(node, "refresh policy", POLICIES);
            self.refresh_policy = policy.unwrap_or(RefreshPolicy::Rotates);
        }
        if let Some(node) = entries.take("client_authentication") {
            let read = read_client_authentication(reader, node);
            self.client_authentication = read.unwrap_or(ClientAuthentication::ClientSecretPost);
        }
        if let Some(node) = entries.take("port") {
            self.any_port = reader.choice(node, "port", &[("any", true)]).unwrap_or(false);
        }
        if let Some(node) = entries.take("response_mode") {
            reader.choice(node, "response mode", &[("query", ())]);
        }
        if let Some(node) = entries.take("redirect_uri") {
            self.redirect_uri = read_redirect_uri(reader, node).unwrap_or_default();
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
            reader.error("scope-separator", &node.span.narrow(scope), message);
        }
    }
}

fn read_grant(reader: &mut Reader, entries: &Entries) {
    let Some(node) = entries.take("grant") else { return };
    let grants = reader.texts(node, "`grant`");
    let known = [
        "authorization_code",
        "device_code",
        "client_credentials",
        "password",
        "jwt_bearer",
        "token_exchange",
    ];
    for grant in &grants {
        if !known.contains(&grant.as_str()) {
            let finding = Finding::error(
                "unknown-value",
                node.span.clone(),
                format!("`{grant}` is no grant"),
            );
            reader.findings.push(finding.help(format!("one of {}", known.join(", "))));
        } else if grant != "authorization_code" {
            let message = format!("the grant `{grant}` is not supported yet");
            reader.error("not-supported", &node.span, message);
        }
    }
}

fn read_token(reader: &mut Reader, entries: &Entries) -> Option<Vec<Endpoint>> {
    let Some(node) = entries.take("token_endpoint") else {
        reader.error("missing-key", entries.span, "`oauth2` needs a `token_endpoint`");
        return None;
    };
    let steps = Endpoint::read_steps(reader, node, Use::Token);
    (!steps.is_empty()).then_some(steps)
}

/// The refresh endpoint inherits every key of the token endpoint but `params`: a bare URL changes
/// only the URL, a mapping merges by key, a list is written whole.
fn read_refresh(reader: &mut Reader, entries: &Entries) -> Vec<Endpoint> {
    let Some(token) = entries.take("token_endpoint") else { return Vec::new() };
    let own = entries.take("refresh_endpoint");
    if let Some(node) = own
        && matches!(node.value, Yaml::List(_))
    {
        return Endpoint::read_steps(reader, node, Use::Token);
    }
    let merged = match (&token.value, own) {
        (Yaml::List(steps), None) => {
            let steps = steps.iter().map(|step| without(step, "params")).collect();
            Node { span: token.span.clone(), value: Yaml::List(steps) }
        }
        (Yaml::List(steps), Some(own)) => match steps.last() {
            Some(last) => merge(without(&as_mapping(last), "params"), as_mapping(own)),
            None => own.clone(),
        },
        (_, None) => without(&as_mapping(token), "params"),
        (_, Some(own)) => merge(without(&as_mapping(token), "params"), as_mapping(own)),
    };
    // What is inherited was read once already: its findings would be said twice.
    let mut again = Reader {
        fields: reader.fields.clone(),
        client_fields: reader.client_fields.clone(),
        ..Reader::default()
    };
    let steps = Endpoint::read_steps(&mut again, &merged, Use::Token);
    let known: Vec<_> = reader.findings.iter().map(Finding::line).collect();
    reader.findings.extend(again.findings.into_iter().filter(|f| !known.contains(&f.line())));
    steps
}

/// A bare URL as the mapping that it stands for.
fn as_mapping(node: &Node) -> Node {
    if matches!(node.value, Yaml::Map(_)) {
        return node.clone();
    }
    let key = Key { span: node.span.clone(), name: "url".to_owned() };
    Node { span: node.span.clone(), value: Yaml::Map(vec![(key, node.clone())]) }
}

fn read_authorization_params(reader: &mut Reader, entries: &Entries) -> Vec<(String, Param)> {
    let Some(node) = entries.take("authorization_params") else { return Vec::new() };
    let params = Param::read_all(reader, node);
    for (name, param) in &params {
        let secret = ["client_secret", "access_token", "refresh_token", "code_verifier", "secrets"];
        let leaks = |template: &&Template| {
            secret.iter().any(|name| template.reads(name))
                || reader.secret_fields.iter().any(|name| template.reads(name))
        };
        if param.templates().iter().any(leaks) {
            let message = format!("`{name}` would put a secret into the browser's address bar");
            reader.error("secret-in-url", &node.span.narrow(name), message);
        }
    }
    params
}

/// Whether a browser may come back to it: over TLS, or on this machine (RFC 8252 section 7.3).
#[must_use]
pub fn is_redirect_uri(url: &url::Url) -> bool {
    url.scheme() == "https" || url.scheme() == "http" && super::hosts::is_loopback(url)
}

fn read_redirect_uri(reader: &mut Reader, node: &Node) -> Option<String> {
    let text = reader.text(node, "`redirect_uri`")?;
    match url::Url::parse(&text) {
        Ok(url) if is_redirect_uri(&url) => Some(text),
        Ok(_) => {
            let message = "a redirect URI is https, or http on 127.0.0.1, [::1] or localhost";
            reader.error("redirect-uri", &node.span, message);
            None
        }
        Err(_) => {
            reader.error("redirect-uri", &node.span, format!("`{text}` is no absolute URL"));
            None
        }
    }
}

impl Callback {
    fn read(reader: &mut Reader, entries: &Entries) -> Self {
        let mut callback = Self { code: "code".to_owned(), extras: Vec::new() };
        let node = entries.take("callback");
        let Some(inner) = node.and_then(|n| reader.entries(n, "`callback`", &["code", "extras"]))
        else {
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
