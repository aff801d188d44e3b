//! Where metadata is found, and whether what is found there is to be believed (RFC 8414, RFC 9728,
//! OpenID Connect Discovery 1.0).

use crate::definition::ServerMetadata;
use crate::definition::hosts::is_loopback;
use serde_json::Value;
use url::Url;

/// The most entries that are read of a list in metadata.
const MAX_ENTRIES: usize = 100;

/// Why metadata is not used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// It speaks of another issuer (RFC 8414 section 3.3).
    #[error("the metadata of `{asked}` says that it is of `{found}` (RFC 8414 section 3.3)")]
    Issuer {
        /// What was asked.
        asked: String,
        /// What it says.
        found: String,
    },
    /// It is of another resource (RFC 9728 section 3.3).
    #[error("the metadata of `{asked}` says that it is of `{found}` (RFC 9728 section 3.3)")]
    Resource {
        /// What was asked.
        asked: String,
        /// What it says.
        found: String,
    },
    /// An endpoint is neither https nor on this machine.
    #[error("the metadata names `{0}`, which is neither https nor on this machine")]
    NotEncrypted(String),
    /// It is no JSON object with an issuer.
    #[error("the metadata is no JSON object with an `issuer`")]
    Malformed,
}

/// What a protected resource says of itself (RFC 9728 section 2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceMetadata {
    /// Its identifier, which goes into `resource`.
    pub resource: String,
    /// Who gives tokens for it.
    pub authorization_servers: Vec<String>,
    /// What it knows.
    pub scopes_supported: Vec<String>,
    /// Its name for people.
    pub name: Option<String>,
}

/// The addresses of an issuer's metadata, in the order in which they are tried: RFC 8414 section 3.1
/// puts the well-known part before the path, OpenID Connect Discovery section 4 behind it.
#[must_use]
pub fn metadata_urls(issuer: &Url) -> Vec<Url> {
    let path = issuer.path().trim_end_matches('/');
    let mut paths = vec![
        format!("/.well-known/oauth-authorization-server{path}"),
        format!("{path}/.well-known/openid-configuration"),
        format!("/.well-known/openid-configuration{path}"),
    ];
    paths.dedup();
    paths.iter().map(|path| with_path(issuer, path)).collect()
}

/// The addresses of a resource's metadata (RFC 9728 section 3.1), the host's own last.
#[must_use]
pub fn resource_metadata_urls(resource: &Url) -> Vec<Url> {
    let path = resource.path().trim_end_matches('/');
    let well_known = "/.well-known/oauth-protected-resource";
    let mut paths = vec![format!("{well_known}{path}"), well_known.to_owned()];
    paths.dedup();
    paths.iter().map(|path| with_path(resource, path)).collect()
}

fn with_path(url: &Url, path: &str) -> Url {
    let mut url = url.clone();
    url.set_path(path);
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Reads an authorization server's metadata, if it is that of `issuer`.
///
/// # Errors
/// It is somebody else's, or names an endpoint that a credential must not go to.
pub fn read_server_metadata(issuer: &str, value: &Value) -> Result<ServerMetadata, MetadataError> {
    let mut metadata: ServerMetadata =
        serde_json::from_value(without_nulls(value)).map_err(|_| MetadataError::Malformed)?;
    if metadata.issuer.is_empty() {
        return Err(MetadataError::Malformed);
    }
    // To the letter, but for the slash that people leave out when they type an address.
    if metadata.issuer.trim_end_matches('/') != issuer.trim_end_matches('/') {
        return Err(MetadataError::Issuer {
            asked: issuer.to_owned(),
            found: crate::text::short(&metadata.issuer, 200),
        });
    }
    for list in [
        &mut metadata.scopes_supported,
        &mut metadata.grant_types_supported,
        &mut metadata.code_challenge_methods_supported,
        &mut metadata.token_endpoint_auth_methods_supported,
        &mut metadata.dpop_signing_alg_values_supported,
    ] {
        list.truncate(MAX_ENTRIES);
    }
    for url in [
        &metadata.authorization_endpoint,
        &metadata.token_endpoint,
        &metadata.device_authorization_endpoint,
        &metadata.pushed_authorization_request_endpoint,
        &metadata.revocation_endpoint,
        &metadata.introspection_endpoint,
        &metadata.registration_endpoint,
        &metadata.userinfo_endpoint,
        &metadata.jwks_uri,
    ]
    .into_iter()
    .flatten()
    .chain(metadata.mtls_endpoint_aliases.values())
    {
        check_endpoint(url, issuer)?;
    }
    Ok(metadata)
}

/// Endpoints are https, or on this machine where the issuer is too.
fn check_endpoint(url: &str, issuer: &str) -> Result<(), MetadataError> {
    let local = |url: &Url| url.scheme() == "http" && is_loopback(url);
    let of_issuer = Url::parse(issuer).is_ok_and(|issuer| local(&issuer));
    match Url::parse(url) {
        Ok(url) if url.scheme() == "https" || local(&url) && of_issuer => Ok(()),
        _ => Err(MetadataError::NotEncrypted(crate::text::short(url, 200))),
    }
}

/// Providers write `null` for what they do not have.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        other => other.clone(),
    }
}

/// Reads a protected resource's metadata, if it is that of `resource`.
///
/// # Errors
/// It is somebody else's.
pub fn read_resource_metadata(
    resource: &str,
    value: &Value,
) -> Result<ResourceMetadata, MetadataError> {
    let text = |name: &str| value[name].as_str().map(ToOwned::to_owned);
    let found = text("resource").ok_or(MetadataError::Malformed)?;
    if found.trim_end_matches('/') != resource.trim_end_matches('/') {
        return Err(MetadataError::Resource {
            asked: resource.to_owned(),
            found: crate::text::short(&found, 200),
        });
    }
    let list = |name: &str| -> Vec<String> {
        let items = value[name].as_array().map(Vec::as_slice).unwrap_or_default();
        let texts = items.iter().filter_map(|item| item.as_str().map(ToOwned::to_owned));
        texts.take(MAX_ENTRIES).collect()
    };
    Ok(ResourceMetadata {
        resource: found,
        authorization_servers: list("authorization_servers"),
        scopes_supported: list("scopes_supported"),
        name: text("resource_name").map(|name| crate::text::short(&name, 80)),
    })
}

/// The parameter `resource_metadata` of a `WWW-Authenticate` header (RFC 9728 section 5.1).
#[must_use]
pub fn resource_metadata_of(challenge: &str) -> Option<Url> {
    parameter(challenge, "resource_metadata").and_then(|url| Url::parse(&url).ok())
}

/// A parameter of a challenge (RFC 9110 section 11.2), quoted or not.
fn parameter(challenge: &str, name: &str) -> Option<String> {
    let lower = challenge.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower[from..].find(name) {
        let start = from + found;
        let before = challenge[..start].chars().next_back();
        let rest = challenge[start + name.len()..].trim_start();
        from = start + name.len();
        if before.is_some_and(|c| c != ' ' && c != ',') || !rest.starts_with('=') {
            continue;
        }
        let value = rest[1..].trim_start();
        return Some(match value.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or_default().to_owned(),
            None => value.split([',', ' ']).next().unwrap_or_default().to_owned(),
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn texts(urls: Vec<Url>) -> Vec<String> {
        urls.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn metadata_lies_before_or_behind_the_path() {
        // The examples of RFC 8414 section 3.1 and OpenID Connect Discovery section 4.1.
        let url = Url::parse("https://example.com/issuer1").unwrap();
        assert_eq!(
            texts(metadata_urls(&url)),
            [
                "https://example.com/.well-known/oauth-authorization-server/issuer1",
                "https://example.com/issuer1/.well-known/openid-configuration",
                "https://example.com/.well-known/openid-configuration/issuer1",
            ]
        );
        let bare = Url::parse("https://example.com").unwrap();
        assert_eq!(metadata_urls(&bare).len(), 2);
        let resource = Url::parse("https://resource.example.com/resource1").unwrap();
        assert_eq!(
            texts(resource_metadata_urls(&resource)),
            [
                "https://resource.example.com/.well-known/oauth-protected-resource/resource1",
                "https://resource.example.com/.well-known/oauth-protected-resource",
            ]
        );
    }

    #[test]
    fn only_the_issuer_that_was_asked_is_believed() {
        let value = json!({"issuer": "https://a.test", "token_endpoint": "https://t.test/token",
            "jwks_uri": null});
        let read = read_server_metadata("https://a.test/", &value).unwrap();
        assert_eq!(read.token_endpoint.as_deref(), Some("https://t.test/token"));
        let wrong = read_server_metadata("https://b.test", &value);
        assert!(matches!(wrong, Err(MetadataError::Issuer { .. })));
        let plain = json!({"issuer": "https://a.test", "token_endpoint": "http://127.0.0.1/t"});
        let read = read_server_metadata("https://a.test", &plain);
        assert!(matches!(read, Err(MetadataError::NotEncrypted(_))));
        let alias = json!({"issuer": "https://a.test",
            "mtls_endpoint_aliases": {"token_endpoint": "http://a.test/t"}});
        let read = read_server_metadata("https://a.test", &alias);
        assert!(matches!(read, Err(MetadataError::NotEncrypted(_))));
        assert_eq!(read_server_metadata("x", &json!([])), Err(MetadataError::Malformed));
    }

    #[test]
    fn a_challenge_names_the_metadata() {
        // RFC 9728 section 5.1.
        let challenge = "Bearer resource_metadata=\
            \"https://resource.example.com/.well-known/oauth-protected-resource\"";
        let url = resource_metadata_of(challenge).unwrap();
        assert_eq!(url.path(), "/.well-known/oauth-protected-resource");
        assert_eq!(resource_metadata_of("Bearer realm=\"x\""), None);
        let other = "Bearer x_resource_metadata=\"https://evil.test\", error=\"invalid_token\"";
        assert_eq!(resource_metadata_of(other), None);
    }

    proptest! {
        #[test]
        fn no_challenge_makes_it_panic(text in "\\PC{0,200}") {
            let _ = resource_metadata_of(&text);
            let _ = resource_metadata_of(&format!("Bearer resource_metadata{text}"));
        }
    }
}
