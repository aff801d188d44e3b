//! Defines the list of misbehaviours and their names.

use super::about::About;
use super::{
    access_denied, device_denied, device_expired, dpop_nonce, drop_after_refresh, echoed_secret,
    error_in_200, fewer_scopes, form_answer, hostile_error, hostile_identity, html_200, html_error,
    huge_answer, id_token_audience, id_token_expired, id_token_issuer, id_token_nonce,
    id_token_signature, invalid_client, invalid_grant, invalid_scope, metadata_issuer,
    metadata_resource, missing_iss, missing_state, no_expires_in, no_oauth_metadata,
    no_refresh_rotation, no_refresh_token, no_token_type, oauth1_problem, oauth1_unconfirmed,
    oauth1_wrong_token, par_expired, refused_refresh, repeated_code, revocation_fails,
    server_error, server_error_once, slow, slow_down, somebody_else, stray_callback,
    temporarily_unavailable, text_expires_in, token_redirect, too_many_requests,
    too_many_requests_once, truncated_answer, unauthorized, unauthorized_client, unauthorized_once,
    unknown_token_type, wrong_content_type, wrong_iss, wrong_state,
};

/// Something that a provider may do wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "`explain` says what each does")]
pub enum Misbehaviour {
    WrongState,
    MissingState,
    WrongIss,
    MissingIss,
    RepeatedCode,
    StrayCallback,
    InvalidScope,
    UnauthorizedClient,
    AccessDenied,
    TemporarilyUnavailable,
    ParExpired,
    Oauth1Problem,
    Oauth1Unconfirmed,
    Oauth1WrongToken,
    InvalidGrant,
    InvalidClient,
    RefusedRefresh,
    SlowDown,
    DeviceExpired,
    DeviceDenied,
    HostileError,
    EchoedSecret,
    Slow,
    ServerErrorOnce,
    HtmlError,
    Html200,
    ErrorIn200,
    TokenRedirect,
    HugeAnswer,
    NoExpiresIn,
    TextExpiresIn,
    NoTokenType,
    UnknownTokenType,
    NoRefreshToken,
    FewerScopes,
    NoRefreshRotation,
    IdTokenSignature,
    IdTokenIssuer,
    IdTokenAudience,
    IdTokenNonce,
    IdTokenExpired,
    DpopNonce,
    FormAnswer,
    WrongContentType,
    TruncatedAnswer,
    DropAfterRefresh,
    TooManyRequests,
    TooManyRequestsOnce,
    ServerError,
    Unauthorized,
    UnauthorizedOnce,
    SomebodyElse,
    HostileIdentity,
    RevocationFails,
    MetadataIssuer,
    MetadataResource,
    NoOauthMetadata,
}

impl Misbehaviour {
    /// All of them, in the order of a connection's life.
    pub const ALL: [Self; 57] = [
        Self::WrongState,
        Self::MissingState,
        Self::WrongIss,
        Self::MissingIss,
        Self::RepeatedCode,
        Self::StrayCallback,
        Self::InvalidScope,
        Self::UnauthorizedClient,
        Self::AccessDenied,
        Self::TemporarilyUnavailable,
        Self::ParExpired,
        Self::Oauth1Problem,
        Self::Oauth1Unconfirmed,
        Self::Oauth1WrongToken,
        Self::InvalidGrant,
        Self::InvalidClient,
        Self::RefusedRefresh,
        Self::SlowDown,
        Self::DeviceExpired,
        Self::DeviceDenied,
        Self::HostileError,
        Self::EchoedSecret,
        Self::Slow,
        Self::ServerErrorOnce,
        Self::HtmlError,
        Self::Html200,
        Self::ErrorIn200,
        Self::TokenRedirect,
        Self::HugeAnswer,
        Self::NoExpiresIn,
        Self::TextExpiresIn,
        Self::NoTokenType,
        Self::UnknownTokenType,
        Self::NoRefreshToken,
        Self::FewerScopes,
        Self::NoRefreshRotation,
        Self::IdTokenSignature,
        Self::IdTokenIssuer,
        Self::IdTokenAudience,
        Self::IdTokenNonce,
        Self::IdTokenExpired,
        Self::DpopNonce,
        Self::FormAnswer,
        Self::WrongContentType,
        Self::TruncatedAnswer,
        Self::DropAfterRefresh,
        Self::TooManyRequests,
        Self::TooManyRequestsOnce,
        Self::ServerError,
        Self::Unauthorized,
        Self::UnauthorizedOnce,
        Self::SomebodyElse,
        Self::HostileIdentity,
        Self::RevocationFails,
        Self::MetadataIssuer,
        Self::MetadataResource,
        Self::NoOauthMetadata,
    ];

    /// What `--misbehave` calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// What it does, in one line.
    #[must_use]
    pub fn explain(self) -> &'static str {
        self.about().explain
    }

    /// The misbehaviour of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|misbehaviour| misbehaviour.name() == name)
    }

    fn about(self) -> About {
        match self {
            Self::WrongState => wrong_state::ABOUT,
            Self::MissingState => missing_state::ABOUT,
            Self::WrongIss => wrong_iss::ABOUT,
            Self::MissingIss => missing_iss::ABOUT,
            Self::RepeatedCode => repeated_code::ABOUT,
            Self::StrayCallback => stray_callback::ABOUT,
            Self::InvalidScope => invalid_scope::ABOUT,
            Self::UnauthorizedClient => unauthorized_client::ABOUT,
            Self::AccessDenied => access_denied::ABOUT,
            Self::TemporarilyUnavailable => temporarily_unavailable::ABOUT,
            Self::ParExpired => par_expired::ABOUT,
            Self::Oauth1Problem => oauth1_problem::ABOUT,
            Self::Oauth1Unconfirmed => oauth1_unconfirmed::ABOUT,
            Self::Oauth1WrongToken => oauth1_wrong_token::ABOUT,
            Self::InvalidGrant => invalid_grant::ABOUT,
            Self::InvalidClient => invalid_client::ABOUT,
            Self::RefusedRefresh => refused_refresh::ABOUT,
            Self::SlowDown => slow_down::ABOUT,
            Self::DeviceExpired => device_expired::ABOUT,
            Self::DeviceDenied => device_denied::ABOUT,
            Self::HostileError => hostile_error::ABOUT,
            Self::EchoedSecret => echoed_secret::ABOUT,
            Self::Slow => slow::ABOUT,
            Self::ServerErrorOnce => server_error_once::ABOUT,
            Self::HtmlError => html_error::ABOUT,
            Self::Html200 => html_200::ABOUT,
            Self::ErrorIn200 => error_in_200::ABOUT,
            Self::TokenRedirect => token_redirect::ABOUT,
            Self::HugeAnswer => huge_answer::ABOUT,
            Self::NoExpiresIn => no_expires_in::ABOUT,
            Self::TextExpiresIn => text_expires_in::ABOUT,
            Self::NoTokenType => no_token_type::ABOUT,
            Self::UnknownTokenType => unknown_token_type::ABOUT,
            Self::NoRefreshToken => no_refresh_token::ABOUT,
            Self::FewerScopes => fewer_scopes::ABOUT,
            Self::NoRefreshRotation => no_refresh_rotation::ABOUT,
            Self::IdTokenSignature => id_token_signature::ABOUT,
            Self::IdTokenIssuer => id_token_issuer::ABOUT,
            Self::IdTokenAudience => id_token_audience::ABOUT,
            Self::IdTokenNonce => id_token_nonce::ABOUT,
            Self::IdTokenExpired => id_token_expired::ABOUT,
            Self::DpopNonce => dpop_nonce::ABOUT,
            Self::FormAnswer => form_answer::ABOUT,
            Self::WrongContentType => wrong_content_type::ABOUT,
            Self::TruncatedAnswer => truncated_answer::ABOUT,
            Self::DropAfterRefresh => drop_after_refresh::ABOUT,
            Self::TooManyRequests => too_many_requests::ABOUT,
            Self::TooManyRequestsOnce => too_many_requests_once::ABOUT,
            Self::ServerError => server_error::ABOUT,
            Self::Unauthorized => unauthorized::ABOUT,
            Self::UnauthorizedOnce => unauthorized_once::ABOUT,
            Self::SomebodyElse => somebody_else::ABOUT,
            Self::HostileIdentity => hostile_identity::ABOUT,
            Self::RevocationFails => revocation_fails::ABOUT,
            Self::MetadataIssuer => metadata_issuer::ABOUT,
            Self::MetadataResource => metadata_resource::ABOUT,
            Self::NoOauthMetadata => no_oauth_metadata::ABOUT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_misbehaviour() {
        for misbehaviour in Misbehaviour::ALL {
            assert_eq!(Misbehaviour::from_name(misbehaviour.name()), Some(misbehaviour));
            assert!(!misbehaviour.explain().contains('\n'));
        }
    }
}
