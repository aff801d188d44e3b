//! Authorizations: an app's ways in. Each has one of nine types.

use super::coherence;
use super::endpoint::{Endpoint, IDENTITY, Placement, Use, read_base_url, read_call_headers};
use super::environment::{self, Variable};
use super::field::Field;
use super::finding::Finding;
use super::keys::authorization as keys;
use super::literal;
use super::oauth1::{self, OAuth1};
use super::oauth2::OAuth2;
use super::presets::more_presets;
use super::reader::{Entries, Reader};
use super::redirection::Redirection;
use super::rule::{Rule, Severity};
use super::sending;
use super::signature::{OAuth1Signature, Signature, TlsClient};
use super::yaml::{Node, Value as Yaml};
use crate::template::{Name, Place, Template};

/// One way in.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// Its name in the definition.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// What is asked for: the type's presets, the app's fields and its own.
    pub fields: Vec<Field>,
    /// What a relative path is relative to.
    pub base_url: Template,
    /// Headers of every API call; later ones win.
    pub headers: Vec<(String, Option<Template>)>,
    /// How an API call is authenticated.
    pub request: Placement,
    /// Who is connected; `None` where the app has no such call.
    pub user_info: Option<Endpoint>,
    /// Nothing is written of it, so that the issuer's metadata may name it.
    pub user_info_open: bool,
    /// Calls made once after connecting.
    pub lookups: Vec<Endpoint>,
    /// The client's certificate in TLS.
    pub tls: Option<TlsClient>,
    /// Where other programs look for the credential.
    pub environment: Vec<Variable>,
    /// How the credential is obtained.
    pub way: Way,
}

/// How a credential is obtained.
#[derive(Clone, Debug)]
pub enum Way {
    /// The fields are the credential.
    Fields,
    /// A login trades the fields for an access token.
    Login(Vec<Endpoint>),
    /// OAuth 2.0.
    OAuth2(Box<OAuth2>),
    /// OAuth 1.0a.
    OAuth1(Box<OAuth1>),
}

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

    /// The default way to authenticate a request; a login's token takes the place of its fields.
    fn default_request(self, login: bool) -> Placement {
        let bearer = match self {
            _ if login => "access_token",
            Self::OAuth2 => "access_token",
            Self::ApiKey | Self::ApiKeyUrl => "api_key",
            Self::ApiSecret => "api_secret",
            Self::Basic | Self::BasicUrl | Self::BasicApiKey => return basic(),
            // Its signature needs what else is written: see `read_request`.
            Self::OAuth1 | Self::ApiKeySecret => return Placement::default(),
        };
        let value = Template::parse(&format!("Bearer {{{{{bearer}}}}}"), Place::Header).ok();
        Placement { headers: vec![("Authorization".to_owned(), value)], ..Placement::default() }
    }
}

fn basic() -> Placement {
    let half = |name: &str| Template::parse(&format!("{{{{{name}}}}}"), Place::Text).ok();
    let basic = half("username")
        .zip(half("password"))
        .map(|(username, password)| super::endpoint::Basic { username, password });
    Placement { basic, ..Placement::default() }
}

/// What an authorization takes from its app.
pub(super) struct App<'a> {
    pub(super) fields: Option<&'a Node>,
    pub(super) base_url: Option<&'a Template>,
    pub(super) headers: &'a [(String, Option<Template>)],
    pub(super) environment: Option<&'a Node>,
}

impl Authorization {
    /// The names of what makes up the credential, for "an endpoint places it itself".
    #[must_use]
    pub fn credential_names(&self) -> Vec<String> {
        let fields = self.fields.iter().filter(|field| field.secret).map(|f| f.name.clone());
        fields.chain(["access_token", "token_secret"].map(ToOwned::to_owned)).collect()
    }

    /// A field by name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The OAuth 2.0 part.
    #[must_use]
    pub fn oauth2(&self) -> Option<&OAuth2> {
        match &self.way {
            Way::OAuth2(oauth2) => Some(oauth2),
            _ => None,
        }
    }

    /// The OAuth 1.0a part.
    #[must_use]
    pub fn oauth1(&self) -> Option<&OAuth1> {
        match &self.way {
            Way::OAuth1(oauth1) => Some(oauth1),
            _ => None,
        }
    }

    /// Where the browser comes back to, where one is sent anywhere.
    #[must_use]
    pub fn redirection(&self) -> Option<&Redirection> {
        match &self.way {
            Way::OAuth2(oauth2) => Some(&oauth2.redirection).filter(|_| !oauth2.runs_again()),
            Way::OAuth1(oauth1) => oauth1.legs.as_ref()?.redirection.as_ref(),
            Way::Fields | Way::Login(_) => None,
        }
    }

    /// Whether the app is an FTP server.
    #[must_use]
    pub fn is_ftp(&self) -> bool {
        is_ftp(&self.base_url, &self.fields)
    }

    /// Whether it takes a client: one's registration at the app.
    #[must_use]
    pub fn has_client(&self) -> bool {
        matches!(self.way, Way::OAuth2(_) | Way::OAuth1(_))
    }

    pub(super) fn read(reader: &mut Reader, name: &str, node: &Node, app: &App) -> Option<Self> {
        let found = reader.findings.len();
        let entries = reader.entries(node, "an authorization", &keys::authorization(None))?;
        let kind = read_type(reader, &entries)?;
        refuse_keys_of_others(reader, &entries, kind);
        let fields = read_fields(reader, &entries, kind, app);
        let way = read_way(reader, &entries, kind);
        let mut headers = app.headers.to_vec();
        if let Some(node) = entries.take("headers") {
            headers.extend(read_call_headers(reader, node));
        }
        let base_url = base_url_of(reader, &entries, kind, app);
        let request = read_request(reader, &entries, kind);
        let ftp = base_url.as_ref().is_some_and(|url| is_ftp(url, &fields));
        if ftp && request.basic.is_none() {
            let message = "an FTP server knows a user name and a password only";
            reader.report(Rule::Ftp, entries.span, message);
        }
        for key in ["user_info_endpoint", "lookups", "token_endpoint", "headers"] {
            if ftp && let Some(node) = entries.take(key) {
                let message =
                    format!("an FTP server is not spoken to over HTTP, so `{key}` is for nothing");
                reader.report(Rule::Ftp, &node.span, message);
            }
        }
        let user_info = read_user_info(reader, &entries, kind, ftp);
        let lookups = entries
            .take("lookups")
            .map_or_else(Vec::new, |node| Endpoint::read_steps(reader, node, Use::Lookup));
        literal::check(node, &mut reader.findings);
        let mut auth = Self {
            name: name.to_owned(),
            kind,
            fields,
            base_url: base_url?,
            headers,
            request,
            user_info,
            user_info_open: entries.take_or_null("user_info_endpoint").is_none(),
            lookups,
            tls: entries.take("tls").and_then(|node| TlsClient::read(reader, node)),
            environment: Vec::new(),
            way: way?,
        };
        let environment = entries.take("environment");
        auth.environment = environment::read(reader, app.environment, environment, &auth);
        coherence::check(reader, &entries, &auth);
        // A name that is misspelt has been told, and would be missing here.
        if reader.findings[found..].iter().all(|f| f.rule.severity() == Severity::Warning) {
            sending::check(reader, &entries, &auth);
        }
        Some(auth)
    }
}

fn read_type(reader: &mut Reader, entries: &Entries) -> Option<Type> {
    let Some(node) = entries.take("type") else {
        reader.report(Rule::MissingKey, entries.span, "an authorization needs a `type`");
        return None;
    };
    reader.choice(node, "type", TYPES)
}

/// A key of another type would be ignored, and its author would wonder why.
fn refuse_keys_of_others(reader: &mut Reader, entries: &Entries, kind: Type) {
    let own = keys::authorization(Some(kind));
    let mut told = Vec::new();
    for (keys, owner) in [(keys::OAUTH2, "oauth2"), (keys::OAUTH1, "oauth1")] {
        let foreign =
            keys.iter().map(|key| key.name).filter(|key| own.iter().all(|own| own.name != *key));
        for key in foreign {
            let Some(node) = entries.take_or_null(key).filter(|_| !told.contains(&key)) else {
                continue;
            };
            told.push(key);
            let message = format!("`{key}` belongs to `{owner}`, and this is `{}`", kind.name());
            reader.findings.push(Finding::new(Rule::WrongTypeForKey, node.span.clone(), message));
        }
    }
    if let (Type::OAuth1, Some(node)) = (kind, entries.take("token_endpoint")) {
        let message = "`oauth1` has `request_token_endpoint` and `access_token_endpoint`";
        reader.report(Rule::WrongTypeForKey, &node.span, message);
    }
}

/// Presets first, then what app and authorization add; either may relabel or constrain a preset.
fn read_fields(reader: &mut Reader, entries: &Entries, kind: Type, app: &App) -> Vec<Field> {
    let mut fields = kind.presets();
    fields.extend(more_presets(entries, kind, &reader.client_fields));
    for node in [app.fields, entries.take("fields")].into_iter().flatten() {
        let Some(pairs) = reader.pairs(node, "`fields`") else { continue };
        for (key, node) in pairs {
            let at = fields.iter().position(|field| field.name == key.name);
            let field = Field::read(reader, &key.name, node, at.map(|at| &fields[at]));
            match at {
                Some(at) => fields[at] = field,
                None => fields.push(field),
            }
        }
    }
    reader.fields = fields.iter().map(|field| field.name.clone()).collect();
    let secret = fields.iter().filter(|field| field.secret);
    reader.secret_fields = secret.map(|field| field.name.clone()).collect();
    fields
}

fn read_way(reader: &mut Reader, entries: &Entries, kind: Type) -> Option<Way> {
    if kind == Type::OAuth2 {
        return OAuth2::read(reader, entries).map(|oauth2| Way::OAuth2(Box::new(oauth2)));
    }
    if kind == Type::OAuth1 {
        return OAuth1::read(reader, entries).map(|oauth1| Way::OAuth1(Box::new(oauth1)));
    }
    let Some(node) = entries.take("token_endpoint") else { return Some(Way::Fields) };
    let steps = Endpoint::read_steps(reader, node, Use::Token);
    (!steps.is_empty()).then_some(Way::Login(steps))
}

fn base_url_of(reader: &mut Reader, entries: &Entries, kind: Type, app: &App) -> Option<Template> {
    if let Some(node) = entries.take("base_url") {
        return read_base_url(reader, node);
    }
    if let Some(base_url) = app.base_url {
        return Some(base_url.clone());
    }
    if kind.has_url() {
        return Template::parse("{{{url}}}", Place::Url).ok();
    }
    reader.report(Rule::MissingKey, entries.span, "there is no `base_url`, at the app or here");
    None
}

fn read_request(reader: &mut Reader, entries: &Entries, kind: Type) -> Placement {
    let mut default = kind.default_request(entries.take("token_endpoint").is_some());
    if kind == Type::OAuth1 {
        // Its findings are told where the type reads the same keys.
        let signing = oauth1::read_signing(&mut Reader::default(), entries);
        let signature = OAuth1Signature::standard(signing);
        default.signature = signature.map(|signature| Signature::OAuth1(Box::new(signature)));
    }
    let Some(node) = entries.take("request") else {
        if matches!(kind, Type::ApiKeySecret | Type::BasicApiKey) {
            let message =
                format!("`{}` needs a `request` that says where the key goes", kind.name());
            reader.report(Rule::MissingKey, entries.span, message);
        }
        return default;
    };
    let Some(request) = Placement::read_request(reader, node) else { return default };
    if request.places_something() {
        return Placement {
            // `basic_api_key` is HTTP Basic and a key: `request` adds the key.
            basic: request
                .basic
                .or_else(|| (kind == Type::BasicApiKey).then_some(default.basic).flatten()),
            ..request
        };
    }
    Placement { fails_if: request.fails_if, ..default }
}

fn is_ftp(base_url: &Template, fields: &[Field]) -> bool {
    let start = base_url.raw_start().map(Name::root);
    let named = fields.iter().find(|field| start == Some(field.name.as_str()));
    ["ftp://", "ftps://"].iter().any(|scheme| base_url.source().starts_with(scheme))
        || named.is_some_and(Field::is_ftp)
}

fn read_user_info(
    reader: &mut Reader,
    entries: &Entries,
    kind: Type,
    ftp: bool,
) -> Option<Endpoint> {
    let node = entries.take_or_null("user_info_endpoint");
    match node {
        Some(node) if matches!(node.value, Yaml::Null) => None,
        Some(node) => {
            let endpoint = Endpoint::read(reader, node, Use::UserInfo)?;
            // One that is written and wrong has been told already.
            if node.member("response").and_then(|node| node.member(IDENTITY)).is_none() {
                let message = "`user_info_endpoint` needs `response: {user_identity: …}`";
                reader.report(Rule::MissingKey, &node.span, message);
            }
            Some(endpoint)
        }
        None => {
            // An issuer's metadata may name it.
            if kind != Type::BasicApiKey && entries.take("issuer").is_none() && !ftp {
                let message =
                    "there is no `user_info_endpoint`, so nobody can tell who is connected";
                let finding = Finding::new(Rule::MissingKey, entries.span.clone(), message);
                reader.findings.push(finding.help(
                    "write one, or `user_info_endpoint: null` and a comment if the app has none",
                ));
            }
            None
        }
    }
}
