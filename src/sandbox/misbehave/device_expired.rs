//! Defines `device-expired`: every poll of a device is answered expired_token.

use crate::sandbox::device::expired;
use crate::sandbox::error::OAuthError;
use crate::sandbox::grants::GrantType;

use super::about::About;

pub(super) const ABOUT: About =
    About { name: "device-expired", explain: "every poll of a device is answered expired_token" };

/// RFC 8628 section 3.5: the person took too long.
pub(super) fn error(grant_type: GrantType) -> Option<OAuthError> {
    (grant_type == GrantType::DeviceCode).then(expired)
}
