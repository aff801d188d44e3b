//! Named signatures: schemes that sign a whole request, in place of putting a secret into it.

use super::assertion::Assertion;
use super::keys::authorization::TLS;
use super::keys::endpoint::{AWS_SIGV4, OAUTH1_SIGNATURE, SIGNATURE};
use super::oauth1::{Signing, read_signing};
use super::reader::{Entries, Reader};
use super::rule::Rule;
use super::yaml::{Node, Value as Yaml};
use crate::template::{Place, Template};

/// A scheme and the values that it signs with.
#[derive(Clone, Debug)]
pub enum Signature {
    /// AWS Signature Version 4.
    AwsSigV4(Box<AwsSigV4>),
    /// A JSON Web Token signed for the request and sent as bearer token.
    Jwt(Box<Assertion>),
    /// OAuth 1.0a (RFC 5849 section 3).
    OAuth1(Box<OAuth1Signature>),
}

/// The values of AWS Signature Version 4.
#[derive(Clone, Debug)]
pub struct AwsSigV4 {
    /// Such as `ses`.
    pub service: Template,
    /// Such as `eu-central-1`.
    pub region: Template,
    /// The public half of the key.
    pub access_key_id: Template,
    /// Its secret half.
    pub secret_access_key: Template,
    /// With temporary credentials.
    pub session_token: Option<Template>,
}

/// The values of an OAuth 1.0a signature.
#[derive(Clone, Debug)]
pub struct OAuth1Signature {
    /// The client's identifier.
    pub consumer_key: Template,
    /// The client's secret; for the RSA methods its private key.
    pub consumer_secret: Template,
    /// The token, where there is one.
    pub token: Template,
    /// Its secret.
    pub token_secret: Template,
    /// The method and where the parameters go.
    pub signing: Signing,
}

impl Signature {
    pub(super) fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        if let Yaml::Text(name) = &node.value
            && name == "oauth1"
        {
            return Some(Self::OAuth1(Box::new(OAuth1Signature::standard(Signing::default())?)));
        }
        let entries = reader.entries(node, "a signature", SIGNATURE)?;
        if let Some(node) = entries.take("aws_sigv4") {
            return AwsSigV4::read(reader, node).map(|read| Self::AwsSigV4(Box::new(read)));
        }
        if let Some(node) = entries.take("jwt") {
            return Assertion::read(reader, node).map(|read| Self::Jwt(Box::new(read)));
        }
        if let Some(node) = entries.take("oauth1") {
            return OAuth1Signature::read(reader, node).map(|read| Self::OAuth1(Box::new(read)));
        }
        reader.report(
            Rule::MissingKey,
            &node.span,
            "a signature is `aws_sigv4`, `jwt` or `oauth1`",
        );
        None
    }

    /// Every template in it.
    #[must_use]
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::AwsSigV4(aws) => {
                let all = [&aws.service, &aws.region, &aws.access_key_id, &aws.secret_access_key];
                all.into_iter().chain(&aws.session_token).collect()
            }
            Self::Jwt(assertion) => assertion.templates().collect(),
            Self::OAuth1(oauth1) => {
                let all = [&oauth1.consumer_key, &oauth1.consumer_secret];
                let tokens = [&oauth1.token, &oauth1.token_secret];
                all.into_iter().chain(tokens).chain(&oauth1.signing.realm).collect()
            }
        }
    }
}

impl AwsSigV4 {
    fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "`aws_sigv4`", AWS_SIGV4)?;
        let session_token = match entries.take("session_token") {
            Some(node) => Some(reader.template(node, Place::Text, "`session_token`")?),
            None => None,
        };
        Some(Self {
            service: required(reader, &entries, "service", None)?,
            region: required(reader, &entries, "region", None)?,
            access_key_id: required(reader, &entries, "access_key_id", Some("{{api_key}}"))?,
            secret_access_key: required(
                reader,
                &entries,
                "secret_access_key",
                Some("{{api_secret}}"),
            )?,
            session_token,
        })
    }
}

impl OAuth1Signature {
    /// With the client and the token of an `oauth1` authorization.
    pub(super) fn standard(signing: Signing) -> Option<Self> {
        let text = |source: &str| Template::parse(source, Place::Answer).ok();
        Some(Self {
            consumer_key: text("{{client_id}}")?,
            consumer_secret: text("{{client_secret}}")?,
            token: text("{{access_token}}")?,
            token_secret: text("{{token_secret}}")?,
            signing,
        })
    }

    fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "`oauth1`", OAUTH1_SIGNATURE)?;
        let signing = read_signing(reader, &entries);
        let mut signature = Self::standard(signing)?;
        for (key, target) in [
            ("consumer_key", &mut signature.consumer_key),
            ("consumer_secret", &mut signature.consumer_secret),
            ("token", &mut signature.token),
            ("token_secret", &mut signature.token_secret),
        ] {
            if let Some(node) = entries.take(key) {
                *target = reader.template(node, Place::Text, key)?;
            }
        }
        Some(signature)
    }
}

fn required(
    reader: &mut Reader,
    entries: &Entries,
    key: &str,
    default: Option<&str>,
) -> Option<Template> {
    match (entries.take(key), default) {
        (Some(node), _) => reader.template(node, Place::Text, key),
        // The preset of the type, where the definition's authorization has it.
        (None, Some(default)) if known(reader, default) => {
            Template::parse(default, Place::Text).ok()
        }
        (None, _) => {
            reader.report(Rule::MissingKey, entries.span, format!("`aws_sigv4` needs `{key}`"));
            None
        }
    }
}

fn known(reader: &Reader, template: &str) -> bool {
    reader.fields.contains(template.trim_matches(['{', '}']))
}

/// A certificate and its key, by which the client is known in TLS (RFC 8705).
#[derive(Clone, Debug)]
pub struct TlsClient {
    /// Renders to PEM.
    pub certificate: Template,
    /// Renders to PEM.
    pub key: Template,
}

impl TlsClient {
    pub(super) fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "`tls`", TLS)?;
        let mut half = |key: &str| match entries.take(key) {
            Some(node) => reader.template(node, Place::Text, key),
            None => {
                reader.report(Rule::MissingKey, &node.span, format!("`tls` needs a `{key}`"));
                None
            }
        };
        let tls = Self { certificate: half("certificate")?, key: half("key")? };
        if tls.key.is_literal() {
            reader.report(
                Rule::SecretInDefinition,
                &node.span,
                "a key never stands in a definition",
            );
        }
        Some(tls)
    }
}
