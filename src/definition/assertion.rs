//! Assertions: JSON Web Tokens that a client signs itself (RFC 7523).

use super::endpoint::Param;
use super::keys::authorization::ASSERTION;
use super::reader::Reader;
use super::rule::Rule;
use super::yaml::Node;
use crate::template::{Place, Template};

/// What a signed assertion says, and the key that signs it.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The algorithm by its name in RFC 7518; checked when the definition is read.
    pub algorithm: String,
    /// Renders to the key: PEM, a JWK, or for HMAC the secret itself.
    pub key: Template,
    /// Header members beside `alg` and `typ`.
    pub header: Vec<(String, Param)>,
    /// Claims; `iat`, `exp` and `jti` are added where they are not named.
    pub claims: Vec<(String, Param)>,
    /// Seconds until `exp`.
    pub expires_in: i64,
}

/// Algorithms that assertions may be signed with.
pub const ALGORITHMS: &[&str] = &[
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
    "ES384", "EdDSA",
];

/// How long an assertion lives where nothing else is written, in seconds: it is used at once.
const LIFETIME: i64 = 300;
/// The longest that makes sense, in seconds.
const MAX_LIFETIME: i64 = 366 * 24 * 3600;

impl Assertion {
    pub(super) fn read(reader: &mut Reader, node: &Node) -> Option<Self> {
        let entries = reader.entries(node, "an assertion", ASSERTION)?;
        let algorithm = match entries.take("algorithm") {
            Some(node) => {
                let choices: Vec<(&str, &str)> = ALGORITHMS.iter().map(|n| (*n, *n)).collect();
                reader.choice(node, "signature algorithm", &choices)?
            }
            None => "RS256",
        };
        let Some(key) = entries.take("key") else {
            let message = "an assertion needs a `key`, such as `{{client.private_key}}`";
            reader.report(Rule::MissingKey, &node.span, message);
            return None;
        };
        let key = reader.template(key, Place::Text, "`key`")?;
        if key.is_literal() {
            reader.report(
                Rule::SecretInDefinition,
                &node.span,
                "a key never stands in a definition",
            );
        }
        let mut pairs =
            |key: &str| entries.take(key).map_or_else(Vec::new, |n| Param::read_all(reader, n));
        let (header, claims) = (pairs("header"), pairs("claims"));
        let expires_in = match entries.take("expires_in") {
            Some(node) => read_lifetime(reader, node)?,
            None => LIFETIME,
        };
        Some(Self { algorithm: algorithm.to_owned(), key, header, claims, expires_in })
    }

    /// Every template in it.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let params = self.header.iter().chain(&self.claims);
        std::iter::once(&self.key).chain(params.flat_map(|(_, param)| param.templates()))
    }
}

fn read_lifetime(reader: &mut Reader, node: &Node) -> Option<i64> {
    let text = reader.text(node, "`expires_in`")?;
    let seconds = text.parse().ok().filter(|seconds| (1..=MAX_LIFETIME).contains(seconds));
    if seconds.is_none() {
        reader.report(Rule::WrongValue, &node.span, "`expires_in` is a number of seconds");
    }
    seconds
}
