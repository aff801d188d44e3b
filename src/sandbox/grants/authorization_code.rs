//! Defines the authorization code grant (RFC 6749 section 4.1.3) with PKCE (RFC 7636).

use crate::sandbox::authorize::pkce;
use crate::sandbox::error::OAuthError;
use crate::sandbox::ledger::{Issued, Redemption, Rotation};

use super::TokenRequest;

pub(super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    let presented = Redemption {
        code: request.required("code")?,
        client_id: &request.client.id,
        redirect_uri: request.required("redirect_uri")?,
        code_verifier: request.required("code_verifier")?,
    };
    if !pkce::is_code_verifier(presented.code_verifier) {
        return Err(OAuthError::invalid_request("code_verifier is malformed"));
    }
    request.provider.ledger().redeem(&presented, &request.terms(Rotation::OneTime)?)
}
