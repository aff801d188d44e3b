//! Defines the client credentials grant (RFC 6749 section 4.4).

use crate::sandbox::error::OAuthError;
use crate::sandbox::ledger::{Issued, Rotation};
use crate::sandbox::subject::Subject;

use super::TokenRequest;

/// Section 4.4.3: without a refresh token, since the client can ask again at any time.
pub(super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    request.confidential()?;
    let subject = Subject::Client(request.client.id.clone());
    request.grant(subject, request.scopes()?, Rotation::Without)
}
