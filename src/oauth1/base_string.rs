//! The signature base string (RFC 5849 section 3.4.1).

use super::encoding::encode;
use url::Url;

/// Method, address and parameters in the one form that both sides come to.
pub(super) fn base_string(method: &str, url: &Url, parameters: &[(String, String)]) -> String {
    let parts = [method.to_ascii_uppercase(), base_string_uri(url), normalized(parameters)];
    parts.map(|part| encode(&part)).join("&")
}

/// Section 3.4.1.2: scheme and host in lower case, a port only if it is not the scheme's own, no
/// query, no fragment. The parser has done the first two.
pub(super) fn base_string_uri(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

/// Section 3.4.1.3.2: encoded first and sorted then, by name and by value.
pub(super) fn normalized(parameters: &[(String, String)]) -> String {
    let mut encoded: Vec<(String, String)> =
        parameters.iter().map(|(name, value)| (encode(name), encode(value))).collect();
    encoded.sort();
    let joined: Vec<String> =
        encoded.iter().map(|(name, value)| format!("{name}={value}")).collect();
    joined.join("&")
}
