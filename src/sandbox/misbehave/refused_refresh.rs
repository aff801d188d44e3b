//! Defines `refused-refresh`: connecting works, but every refresh is refused with invalid_grant.

use crate::sandbox::error::OAuthError;
use crate::sandbox::grants::GrantType;

use super::about::About;

pub(super) const ABOUT: About = About {
    name: "refused-refresh",
    explain: "connecting works, but every refresh is refused with invalid_grant",
};

/// As a provider does after the person took the access back.
pub(super) fn error(grant_type: GrantType) -> Option<OAuthError> {
    (grant_type == GrantType::RefreshToken)
        .then(|| OAuthError::invalid_grant("the refresh token is expired or was revoked"))
}
