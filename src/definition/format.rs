//! Formats of a field's value.

use super::hosts::is_loopback;
use url::Url;

/// An address: encrypted (https), or in the clear (http) on loopback or where `insecure` allows it;
/// nothing but scheme, host, port and path; without its trailing slash.
pub(super) fn accept_url(
    value: &str,
    encrypted: &str,
    clear: &str,
    insecure: bool,
) -> Result<String, String> {
    let url = Url::parse(value).map_err(|_| "it is no URL".to_owned())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must not carry a user or password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it must not have a query or fragment".to_owned());
    }
    match url.scheme() {
        scheme if scheme == encrypted => {}
        scheme if scheme == clear && (insecure || is_loopback(&url)) => {}
        scheme if scheme == clear => return Err(format!("it must be {encrypted}")),
        other => return Err(format!("`{other}` is not {encrypted}")),
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("it has no host".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

pub(super) fn is_host(value: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
    };
    value.len() <= 253 && value.split('.').all(label)
}

pub(super) fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(user, host)| !user.is_empty() && is_host(host))
}

pub(super) fn is_uuid(value: &str) -> bool {
    let groups: Vec<&str> = value.split('-').collect();
    let lengths = [8, 4, 4, 4, 12];
    groups.len() == 5
        && groups.iter().zip(lengths).all(|(group, length)| {
            group.len() == length && group.chars().all(|c| c.is_ascii_hexdigit())
        })
}

/// A JSON object. A stranger's nesting is bounded by the parser.
pub(super) fn is_object(text: &str) -> bool {
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).is_ok()
}
