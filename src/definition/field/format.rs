//! Formats: what sort of value a field has, and what of that sort is accepted.

use crate::definition::hosts::is_loopback;
use url::Url;

/// A sort of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The address of the user's own server.
    Url,
    /// The address of the user's own FTP server.
    FtpUrl,
    /// A host name, the user's own server too.
    Host,
    /// An e-mail address.
    Email,
    /// A UUID.
    Uuid,
    /// A JSON object, whose members templates read: a service account's key file.
    Json,
}

/// The formats by name.
pub(in crate::definition) const FORMATS: &[(&str, Format)] = &[
    ("url", Format::Url),
    ("ftp_url", Format::FtpUrl),
    ("host", Format::Host),
    ("email", Format::Email),
    ("uuid", Format::Uuid),
    ("json", Format::Json),
];

impl Format {
    /// The value to keep.
    ///
    /// # Errors
    /// What would be one of this sort, to stand behind "not".
    pub(super) fn accept(self, value: String, insecure: bool) -> Result<String, String> {
        let url = |encrypted, clear| {
            let accepted = accept_url(&value, encrypted, clear, insecure);
            accepted.map_err(|reason| format!("an address that works here: {reason}"))
        };
        let (fits, what) = match self {
            Self::Url => return url("https", "http"),
            Self::FtpUrl => return url("ftps", "ftp"),
            Self::Host => (is_host(&value), "a host name"),
            Self::Email => (is_email(&value), "an e-mail address"),
            Self::Uuid => (is_uuid(&value), "a UUID"),
            Self::Json => (is_object(&value), "a JSON object"),
        };
        if fits { Ok(value) } else { Err(what.to_owned()) }
    }
}

/// An address: encrypted (https), or in the clear (http) on loopback or where `insecure` allows it;
/// nothing but scheme, host, port and path; without its trailing slash.
fn accept_url(value: &str, encrypted: &str, clear: &str, insecure: bool) -> Result<String, String> {
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

fn is_host(value: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
    };
    value.len() <= 253 && value.split('.').all(label)
}

fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(user, host)| !user.is_empty() && is_host(host))
}

fn is_uuid(value: &str) -> bool {
    let groups: Vec<&str> = value.split('-').collect();
    let lengths = [8, 4, 4, 4, 12];
    groups.len() == 5
        && groups.iter().zip(lengths).all(|(group, length)| {
            group.len() == length && group.chars().all(|c| c.is_ascii_hexdigit())
        })
}

/// A JSON object. A stranger's nesting is bounded by the parser.
fn is_object(text: &str) -> bool {
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).is_ok()
}
