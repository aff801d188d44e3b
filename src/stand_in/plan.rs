//! What an authorization can be asked for: its endpoints by the part that each plays.

use crate::definition::{Authorization, Endpoint, GrantType, OAuth2, RefreshPolicy, Way};

/// A part that a request can play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// What an issuer says of itself (RFC 8414).
    Discovery,
    /// RFC 9126.
    Push,
    /// The browser at the authorization endpoint.
    Authorization,
    /// RFC 8628 section 3.1.
    Device,
    /// One of the steps to a token.
    Token(usize),
    /// One of the steps of a refresh.
    Refresh(usize),
    /// RFC 7009.
    Revocation,
    /// RFC 7662.
    Introspection,
    /// RFC 5849 section 2.1.
    Temporary,
    /// RFC 5849 section 2.2: the browser.
    Permission,
    /// RFC 5849 section 2.3.
    Exchange,
    /// A renewal of an OAuth 1.0a token.
    Renewal,
    /// One of the steps of a login.
    Login(usize),
    Lookup(usize),
    UserInfo,
    /// Any other API call.
    Call,
}

impl Role {
    /// Its name for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Discovery => "metadata",
            Self::Push => "pushed authorization",
            Self::Authorization | Self::Permission => "authorization",
            Self::Device => "device authorization",
            Self::Token(_) | Self::Exchange => "token",
            Self::Refresh(_) | Self::Renewal => "refresh",
            Self::Revocation => "revocation",
            Self::Introspection => "introspection",
            Self::Temporary => "request token",
            Self::Login(_) => "login",
            Self::Lookup(_) => "lookup",
            Self::UserInfo => "user information",
            Self::Call => "call",
        }
    }

    /// Whether a good answer has a token that is new.
    pub(super) fn gives_tokens(self) -> bool {
        matches!(self, Self::Token(_) | Self::Refresh(_) | Self::Renewal | Self::Login(_))
    }

    /// Whether the request carries the credential.
    pub(super) fn is_api(self) -> bool {
        matches!(self, Self::Lookup(_) | Self::UserInfo | Self::Call)
    }
}

/// Every part, in the order in which a request is tried for it.
pub(super) fn roles(auth: &Authorization) -> Vec<Role> {
    let mut roles = Vec::new();
    match &auth.way {
        Way::Fields => {}
        Way::Login(steps) => roles.extend((0..steps.len()).map(Role::Login)),
        Way::OAuth1(oauth1) => {
            if oauth1.legs.is_some() {
                roles.extend([Role::Temporary, Role::Permission, Role::Exchange]);
            }
            roles.extend(oauth1.refresh.is_some().then_some(Role::Renewal));
        }
        Way::OAuth2(oauth2) => roles.extend(oauth2_roles(oauth2)),
    }
    roles.extend((0..auth.lookups.len()).map(Role::Lookup));
    roles.extend(auth.user_info.is_some().then_some(Role::UserInfo));
    roles.push(Role::Call);
    roles
}

fn oauth2_roles(oauth2: &OAuth2) -> Vec<Role> {
    let has = |grant| oauth2.grants.contains(&grant);
    let mut roles = Vec::new();
    roles.extend(oauth2.issuer.is_some().then_some(Role::Discovery));
    roles.extend(oauth2.pushed_authorization_request.is_some().then_some(Role::Push));
    roles.extend(has(GrantType::AuthorizationCode).then_some(Role::Authorization));
    let device = has(GrantType::DeviceCode) || oauth2.device_authorization.is_some();
    roles.extend(device.then_some(Role::Device));
    roles.extend((0..oauth2.token.len()).map(Role::Token));
    if oauth2.refresh_policy != RefreshPolicy::None {
        roles.extend((0..oauth2.refresh.len()).map(Role::Refresh));
    }
    roles.extend(oauth2.revocation.is_some().then_some(Role::Revocation));
    roles.extend(oauth2.introspection.is_some().then_some(Role::Introspection));
    roles
}

/// The endpoint behind a part; none where it is only an address, or no endpoint at all.
pub(super) fn endpoint(auth: &Authorization, role: Role) -> Option<&Endpoint> {
    let oauth2 = auth.oauth2();
    let legs = auth.oauth1().and_then(|oauth1| oauth1.legs.as_ref());
    match role {
        Role::Push => oauth2?.pushed_authorization_request.as_ref(),
        Role::Device => oauth2?.device_authorization.as_ref(),
        Role::Token(at) => oauth2?.token.get(at),
        Role::Refresh(at) => oauth2?.refresh.get(at),
        Role::Revocation => oauth2?.revocation.as_ref(),
        Role::Introspection => oauth2?.introspection.as_ref(),
        Role::Temporary => Some(&legs?.request_token),
        Role::Exchange => Some(&legs?.access_token),
        Role::Renewal => auth.oauth1()?.refresh.as_ref(),
        Role::Login(at) => match &auth.way {
            Way::Login(steps) => steps.get(at),
            _ => None,
        },
        Role::Lookup(at) => auth.lookups.get(at),
        Role::UserInfo => auth.user_info.as_ref(),
        Role::Discovery | Role::Authorization | Role::Permission | Role::Call => None,
    }
}
