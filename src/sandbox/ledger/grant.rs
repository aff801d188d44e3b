//! Defines a grant, and what its code is bound to.

use crate::sandbox::subject::Subject;

/// What was agreed to, by a person or between provider and client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) struct Grant {
    pub(in crate::sandbox) client_id: String,
    pub(in crate::sandbox) subject: Subject,
    pub(in crate::sandbox) scopes: Vec<String>,
    /// RFC 8707: where its tokens are good; none in particular if empty.
    pub(in crate::sandbox) resources: Vec<String>,
    /// OpenID Connect Core section 3.1.2.1: what the ID token repeats.
    pub(in crate::sandbox) nonce: Option<String>,
}

/// What a code is bound to.
pub(in crate::sandbox) struct Binding {
    pub(in crate::sandbox) redirect_uri: String,
    pub(in crate::sandbox) code_challenge: String,
    /// The thumbprint of a key (RFC 9449 section 10).
    pub(in crate::sandbox) key: Option<String>,
}

/// What a client presents for a code (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
pub(in crate::sandbox) struct Redemption<'a> {
    pub(in crate::sandbox) code: &'a str,
    pub(in crate::sandbox) client_id: &'a str,
    pub(in crate::sandbox) redirect_uri: &'a str,
    pub(in crate::sandbox) code_verifier: &'a str,
}
