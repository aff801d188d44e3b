//! Where the browser comes back to, and how it brings the answer.

use super::hosts::is_loopback;
use super::reader::{Entries, Reader};
use super::rule::Rule;
use super::yaml::Node;
use url::Url;

/// What a definition says of the redirect (RFC 6749 section 3.1.2).
#[derive(Clone, Debug)]
pub struct Redirection {
    /// The registered redirect URIs, in the order in which they are tried. Never empty.
    pub uris: Vec<String>,
    /// The provider ignores the port of a loopback redirect URI (RFC 8252 section 7.3).
    pub any_port: bool,
    /// How the answer comes.
    pub response_mode: ResponseMode,
}

/// How the answer comes back (OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    Query,
    /// In a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

/// Why a text is no redirect URI.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RedirectUriError {
    /// No URL with a scheme.
    #[error("`{0}` is no absolute URL")]
    NotAbsolute(String),
    /// The listener answers on one path only.
    #[error("a redirect URI on this machine has neither query nor fragment")]
    Query,
    /// A code must not cross a network in the clear, or start a program.
    #[error("a redirect URI is https, or http on 127.0.0.1, [::1] or localhost")]
    Insecure,
}

const DEFAULT: &str = "http://127.0.0.1:8917/callback";

pub(super) const PORTS: &[(&str, bool)] = &[("any", true)];

pub(super) const RESPONSE_MODES: &[(&str, ResponseMode)] =
    &[("query", ResponseMode::Query), ("form_post", ResponseMode::FormPost)];

impl Redirection {
    pub(super) fn read(reader: &mut Reader, entries: &Entries) -> Self {
        let mut redirection = Self {
            uris: vec![DEFAULT.to_owned()],
            any_port: false,
            response_mode: ResponseMode::Query,
        };
        if let Some(node) = entries.take("redirect_uri") {
            redirection.uris = read_uris(reader, node);
        }
        if let Some(node) = entries.take("port") {
            redirection.any_port = reader.choice(node, "port", PORTS).unwrap_or(false);
            if redirection.uris.len() > 1 {
                let message = "`port: any` needs no other redirect URI: some port is always free";
                reader.report(Rule::RedirectUri, &node.span, message);
            }
        }
        if let Some(node) = entries.take("response_mode") {
            let mode = reader.choice(node, "response mode", RESPONSE_MODES);
            redirection.response_mode = mode.unwrap_or(ResponseMode::Query);
        }
        redirection
    }
}

/// Whether a text can be registered as a redirect URI.
///
/// # Errors
/// It is no URL, or one that a code must not be sent to.
pub fn check_redirect_uri(text: &str) -> Result<(), RedirectUriError> {
    match Url::parse(text) {
        Ok(url) if is_loopback(&url) && (url.query().is_some() || url.fragment().is_some()) => {
            Err(RedirectUriError::Query)
        }
        Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) => {
            Ok(())
        }
        Ok(_) => Err(RedirectUriError::Insecure),
        Err(_) => Err(RedirectUriError::NotAbsolute(text.to_owned())),
    }
}

fn read_uris(reader: &mut Reader, node: &Node) -> Vec<String> {
    let uris = reader.texts(node, "`redirect_uri`");
    for (at, uri) in uris.iter().enumerate() {
        if let Err(error) = check_redirect_uri(uri) {
            reader.report(Rule::RedirectUri, &node.span.narrow(uri), error.to_string());
        }
        if uris[..at].contains(uri) {
            reader.report(
                Rule::RedirectUri,
                &node.span.narrow(uri),
                format!("`{uri}` stands twice"),
            );
        }
    }
    if uris.is_empty() {
        reader.report(Rule::RedirectUri, &node.span, "`redirect_uri` is an empty list");
        return vec![DEFAULT.to_owned()];
    }
    uris
}
