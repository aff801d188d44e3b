//! Defines the grant that one provider calls `account_credentials`: a client speaks for the owner
//! of an account whose id it names.

use crate::sandbox::error::OAuthError;
use crate::sandbox::ledger::{Issued, Rotation};
use crate::sandbox::person::Person;
use crate::sandbox::subject::Subject;

use super::TokenRequest;

/// The only account, which is Ada's.
const ACCOUNT_ID: &str = "practice-account";

/// As with client credentials, the client can ask again and needs no refresh token.
pub(super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    request.confidential()?;
    let scopes = request.scopes()?;
    if request.required("account_id")? != ACCOUNT_ID {
        return Err(OAuthError::invalid_grant("there is no account with this account_id"));
    }
    request.grant(Subject::Person(Person::Ada), scopes, Rotation::Without)
}
