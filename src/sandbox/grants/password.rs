//! Defines the resource owner password credentials grant (RFC 6749 section 4.3).

use crate::sandbox::authenticate::{PASSWORD, USERNAME};
use crate::sandbox::error::OAuthError;
use crate::sandbox::ledger::{Issued, Rotation};
use crate::sandbox::person::Person;
use crate::sandbox::subject::Subject;

use super::TokenRequest;

pub(super) fn issue(request: &TokenRequest<'_>) -> Result<Issued, OAuthError> {
    let scopes = request.scopes()?;
    if (request.required("username")?, request.required("password")?) != (USERNAME, PASSWORD) {
        return Err(OAuthError::invalid_grant("the user name or the password is wrong"));
    }
    request.grant(Subject::Person(Person::Ada), scopes, Rotation::OneTime)
}
