//! Defines what tokens are issued on, and what they stand for.

use std::time::{Duration, Instant};

use crate::sandbox::subject::Subject;

/// What tokens are issued on.
pub(in crate::sandbox) struct Terms {
    pub(in crate::sandbox) now: Instant,
    pub(in crate::sandbox) lifetime: Duration,
    pub(in crate::sandbox) rotation: Rotation,
    /// Which of the grant's resources (RFC 8707 section 2.2); all of them if empty.
    pub(in crate::sandbox) resources: Vec<String>,
    /// The thumbprint of the key that the tokens are bound to (RFC 9449).
    pub(in crate::sandbox) key: Option<String>,
    /// Whether the client is public: then refresh tokens are bound, too (section 5).
    pub(in crate::sandbox) is_public: bool,
}

/// What a successful token request gives.
#[derive(Debug)]
pub(in crate::sandbox) struct Issued {
    pub(in crate::sandbox) client_id: String,
    pub(in crate::sandbox) subject: Subject,
    pub(in crate::sandbox) nonce: Option<String>,
    /// Whether the access token is bound to a key.
    pub(in crate::sandbox) is_bound: bool,
    pub(in crate::sandbox) access_token: String,
    pub(in crate::sandbox) refresh_token: Option<String>,
    pub(in crate::sandbox) scopes: Vec<String>,
    /// RFC 8693 section 2.2.1, where it was asked for by token exchange.
    pub(in crate::sandbox) issued_token_type: Option<&'static str>,
}

/// What becomes of refresh tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Rotation {
    /// Every token request gives one that works once.
    OneTime,
    /// The one that was used stays good, and there is no other.
    Reusable,
    /// None is given.
    Without,
}

/// What an access token stands for.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct Authority {
    pub(in crate::sandbox) client_id: String,
    pub(in crate::sandbox) subject: Subject,
    pub(in crate::sandbox) scopes: Vec<String>,
    pub(in crate::sandbox) audience: Vec<String>,
    /// When it was issued.
    pub(in crate::sandbox) since: Instant,
    /// `None` for a refresh token.
    pub(in crate::sandbox) until: Option<Instant>,
    /// The thumbprint of the key that it is bound to.
    pub(in crate::sandbox) key: Option<String>,
}
