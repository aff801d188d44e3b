//! What a definition says of OAuth 1.0a (RFC 5849).

use super::endpoint::{Endpoint, Param, Use};
use super::oauth2::read_authorization_uri;
use super::reader::{Entries, Reader};
use super::redirection::Redirection;
use super::rule::Rule;
use super::yaml::Value as Yaml;
use crate::template::{Place, Template};

/// OAuth 1.0a: three legs in a browser, or a ready token.
#[derive(Clone, Debug)]
pub struct OAuth1 {
    /// The three legs; `None` where the person brings token and token secret.
    pub legs: Option<Legs>,
    /// Renews a token, where the app can (Yahoo's session extension).
    pub refresh: Option<Endpoint>,
    /// How requests are signed.
    pub signing: Signing,
}

/// The three legs of RFC 5849 section 2.
#[derive(Clone, Debug)]
pub struct Legs {
    /// Temporary Credential Request, section 2.1.
    pub request_token: Endpoint,
    /// Resource Owner Authorization, section 2.2.
    pub authorization_uri: Template,
    /// Added to the address that the browser is sent to; they may read [`REQUEST_TOKEN`].
    pub authorization_params: Vec<(String, Param)>,
    /// Token Request, section 2.3.
    pub access_token: Endpoint,
    /// Where the browser comes back to; `None` is `oob`: the person types a PIN.
    pub redirection: Option<Redirection>,
}

/// How a request is signed.
#[derive(Clone, Debug, Default)]
pub struct Signing {
    /// Section 3.4.
    pub method: SignatureMethod,
    /// Section 3.5.1.
    pub realm: Option<Template>,
    /// Section 3.5.
    pub parameters_in: ParametersIn,
}

/// Signature methods: those of RFC 5849 and their later kin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SignatureMethod {
    #[default]
    HmacSha1,
    HmacSha256,
    HmacSha512,
    RsaSha1,
    RsaSha256,
    RsaSha512,
    Plaintext,
}

/// The methods by name.
pub const SIGNATURE_METHODS: &[(&str, SignatureMethod)] = &[
    ("HMAC-SHA1", SignatureMethod::HmacSha1),
    ("HMAC-SHA256", SignatureMethod::HmacSha256),
    ("HMAC-SHA512", SignatureMethod::HmacSha512),
    ("RSA-SHA1", SignatureMethod::RsaSha1),
    ("RSA-SHA256", SignatureMethod::RsaSha256),
    ("RSA-SHA512", SignatureMethod::RsaSha512),
    ("PLAINTEXT", SignatureMethod::Plaintext),
];

/// Where the `oauth_` parameters travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParametersIn {
    /// The `Authorization` header, section 3.5.1.
    #[default]
    Header,
    /// The URL's query, section 3.5.3.
    Query,
    /// A form body, section 3.5.2.
    Body,
}

/// What `authorization_params` call the request token, for apps that want it under another name than
/// `oauth_token`.
pub const REQUEST_TOKEN: &str = "request_token";

pub(super) const PLACES: &[(&str, ParametersIn)] = &[
    ("header", ParametersIn::Header),
    ("query", ParametersIn::Query),
    ("body", ParametersIn::Body),
];

impl SignatureMethod {
    /// Its name in `oauth_signature_method`.
    #[must_use]
    pub fn name(self) -> &'static str {
        SIGNATURE_METHODS.iter().find(|(_, method)| *method == self).map_or("", |(name, _)| name)
    }
}

impl OAuth1 {
    pub(super) fn read(reader: &mut Reader, entries: &Entries) -> Option<Self> {
        let refresh = entries.take("refresh_endpoint");
        Some(Self {
            refresh: refresh.and_then(|node| Endpoint::read(reader, node, Use::Token)),
            signing: read_signing(reader, entries),
            legs: match entries.take("request_token_endpoint") {
                Some(_) => Some(Legs::read(reader, entries)?),
                None => {
                    refuse_legs(reader, entries);
                    None
                }
            },
        })
    }

    /// Every endpoint that is asked for a token.
    pub fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        let legs = self.legs.iter().flat_map(|legs| [&legs.request_token, &legs.access_token]);
        legs.chain(&self.refresh)
    }
}

impl Legs {
    fn read(reader: &mut Reader, entries: &Entries) -> Option<Self> {
        let mut endpoint = |key: &str| match entries.take(key) {
            Some(node) => Endpoint::read(reader, node, Use::Token),
            None => {
                reader.report(Rule::MissingKey, entries.span, format!("three legs need `{key}`"));
                None
            }
        };
        let (request_token, access_token) =
            (endpoint("request_token_endpoint"), endpoint("access_token_endpoint"));
        let authorization_uri = match entries.take("authorization_uri") {
            Some(node) => read_authorization_uri(reader, node),
            None => {
                reader.report(
                    Rule::MissingKey,
                    entries.span,
                    "three legs need `authorization_uri`",
                );
                None
            }
        };
        let authorization_params = reader.knowing(REQUEST_TOKEN, |reader| {
            super::oauth2::read_authorization_params(reader, entries)
        });
        Some(Self {
            request_token: request_token?,
            authorization_uri: authorization_uri?,
            authorization_params,
            access_token: access_token?,
            redirection: read_redirection(reader, entries),
        })
    }
}

/// `oob`, or where the browser comes back to.
fn read_redirection(reader: &mut Reader, entries: &Entries) -> Option<Redirection> {
    let written = entries.take("redirect_uri").map(|node| &node.value);
    match written {
        Some(Yaml::Text(text)) if text == "oob" => {
            if let Some(node) = entries.take("port") {
                let message = "nobody listens with `redirect_uri: oob`, so there is no `port`";
                reader.report(Rule::RedirectUri, &node.span, message);
            }
            None
        }
        _ => Some(Redirection::read(reader, entries)),
    }
}

fn refuse_legs(reader: &mut Reader, entries: &Entries) {
    let keys = ["authorization_uri", "authorization_params", "access_token_endpoint"];
    for key in keys.iter().chain(&["redirect_uri", "port"]) {
        if let Some(node) = entries.take(key) {
            let message = format!("`{key}` needs a `request_token_endpoint` beside it");
            reader.report(Rule::MissingKey, &node.span, message);
        }
    }
}

/// Reads `signature_method`, `realm` and `parameters_in`.
pub(super) fn read_signing(reader: &mut Reader, entries: &Entries) -> Signing {
    let mut signing = Signing::default();
    if let Some(node) = entries.take("signature_method") {
        let method = reader.choice(node, "signature method", SIGNATURE_METHODS);
        signing.method = method.unwrap_or_default();
    }
    if let Some(node) = entries.take("realm") {
        signing.realm = reader.template(node, Place::Header, "`realm`");
    }
    if let Some(node) = entries.take("parameters_in") {
        let place = reader.choice(node, "place of the parameters", PLACES);
        signing.parameters_in = place.unwrap_or_default();
    }
    signing
}
