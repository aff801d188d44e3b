//! Presets: the fields that a type or a grant brings, without a word in the definition.

use super::authorization::{TYPES, Type};
use super::field::{Field, Format};
use super::grant::{GrantType, read_grants};
use super::reader::{Entries, Reader};
use super::yaml::Value as Yaml;
use std::collections::BTreeSet;

impl Type {
    /// The fields that it asks for.
    #[must_use]
    pub fn presets(self) -> Vec<Field> {
        let mut fields = Vec::new();
        if self.has_url() {
            let mut url = Field::new("url", "Address").format(Format::Url);
            url.example = Some("https://acme.example".to_owned());
            fields.push(url);
        }
        if matches!(self, Self::Basic | Self::BasicUrl | Self::BasicApiKey) {
            fields.push(Field::new("username", "User name"));
            fields.push(Field::new("password", "Password").secret());
        }
        if matches!(self, Self::BasicApiKey | Self::ApiKey | Self::ApiKeySecret | Self::ApiKeyUrl) {
            fields.push(Field::new("api_key", "API key").secret());
        }
        if matches!(self, Self::ApiSecret | Self::ApiKeySecret) {
            fields.push(Field::new("api_secret", "API secret").secret());
        }
        fields
    }
}

/// Whether a type or a grant brings a field of this name.
pub(super) fn is_preset(name: &str) -> bool {
    let of_grants = ["client_id", "client_secret", "access_token", "token_secret", "subject_token"];
    let mut of_types = TYPES.iter().flat_map(|(_, kind)| kind.presets());
    of_grants.contains(&name) || of_types.any(|field| field.name == name)
}

/// Fields that depend on more than the type: what is asked for where no browser is sent anywhere.
/// Client id and secret are filled in from `client set`.
pub(super) fn more_presets(
    entries: &Entries,
    kind: Type,
    client_fields: &BTreeSet<String>,
) -> Vec<Field> {
    // What is wrong with `grant` is told where the type reads it.
    let grants = read_grants(&mut Reader::default(), entries);
    let mut fields = Vec::new();
    match kind {
        Type::OAuth2 if !grants.iter().any(|grant| grant.needs_person()) => {
            fields.extend(client_presets(entries, &grants, client_fields));
            if grants.contains(&GrantType::Password) {
                fields.extend(Type::Basic.presets());
            }
            if grants.contains(&GrantType::TokenExchange) {
                fields.push(Field::new("subject_token", "Token to exchange").secret());
            }
        }
        Type::OAuth1 if entries.take("request_token_endpoint").is_none() => {
            fields.push(Field::new("client_id", "Consumer key"));
            fields.push(Field::new("client_secret", "Consumer secret").secret());
            fields.push(Field::new("access_token", "Token").secret());
            fields.push(Field::new("token_secret", "Token secret").secret());
        }
        _ => {}
    }
    fields
}

/// The client, as far as it is needed: an assertion says itself who signed it, unless it names what
/// belongs to a client.
fn client_presets(
    entries: &Entries,
    grants: &[GrantType],
    client_fields: &BTreeSet<String>,
) -> Vec<Field> {
    let asserts = grants.iter().all(|grant| *grant == GrantType::JwtBearer);
    let named = |word: &str| {
        let places = ["assertion", "token_endpoint", "request"];
        places.iter().any(|key| entries.take(key).is_some_and(|node| node.mentions(word)))
    };
    let authenticates = !asserts || entries.take("client_authentication").is_some();
    let secret = authenticates && has_secret(entries) || asserts && named("client_secret");
    let of_client = || client_fields.iter().any(|field| named(&format!("client.{field}")));
    let mut fields = Vec::new();
    if authenticates || secret || named("client_id") || of_client() {
        fields.push(Field::new("client_id", "Client ID"));
    }
    if secret {
        fields.push(Field::new("client_secret", "Client secret").secret());
    }
    fields
}

/// Whether the client has a secret, by how it authenticates.
fn has_secret(entries: &Entries) -> bool {
    let written = entries.take("client_authentication").map(|node| &node.value);
    let without = ["none", "private_key_jwt", "tls_client_auth"];
    !matches!(written, Some(Yaml::Text(name)) if without.contains(&name.as_str()))
}
