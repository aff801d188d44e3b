//! Defines the device authorization grant (RFC 8628), but for its token request.

mod authorization;
mod codes;
mod user_code;
mod verification;

pub(super) use self::authorization::authorization;
pub(super) use self::codes::{DeviceCodes, Poll, denied, expired};
pub(super) use self::verification::{decide, enter};
