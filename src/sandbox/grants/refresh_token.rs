//! Defines the refresh (RFC 6749 section 6).

use crate::sandbox::error::OAuthError;
use crate::sandbox::ledger::Issued;
use crate::sandbox::misbehave;

use super::TokenRequest;

pub(super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    let refresh_token = request.required("refresh_token")?;
    let terms = request.terms(misbehave::rotation(&request.provider.switches))?;
    let scope = request.optional("scope");
    let client_id = &*request.client.id;
    let issued = request.provider.ledger().refresh((refresh_token, client_id), scope, &terms)?;
    request.provider.count(|counters| counters.refreshes += 1);
    Ok(issued)
}
