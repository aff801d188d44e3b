//! Defines `device-denied`: every poll of a device is answered access_denied.

use crate::sandbox::device::denied;
use crate::sandbox::error::OAuthError;
use crate::sandbox::grants::GrantType;

use super::about::About;

pub(super) const ABOUT: About =
    About { name: "device-denied", explain: "every poll of a device is answered access_denied" };

/// RFC 8628 section 3.5: the person refused.
pub(super) fn error(grant_type: GrantType) -> Option<OAuthError> {
    (grant_type == GrantType::DeviceCode).then(denied)
}
