//! Defines the polling for a device code (RFC 8628 section 3.4).

use crate::sandbox::device::Poll;
use crate::sandbox::error::OAuthError;
use crate::sandbox::ledger::{Issued, Rotation};
use crate::sandbox::misbehave;

use super::TokenRequest;

pub(super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    let device_code = request.required("device_code")?;
    let terms = request.terms(Rotation::OneTime)?;
    let poll = Poll {
        device_code,
        client_id: &request.client.id,
        now: terms.now,
        is_too_fast: misbehave::poll_is_too_fast(&request.provider.switches),
        agrees: request.provider.agrees,
    };
    let grant = request.provider.devices().poll(&poll)?;
    request.provider.ledger().grant(grant, &terms)
}
