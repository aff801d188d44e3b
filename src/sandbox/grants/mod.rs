//! Defines the grants: what a client may trade for tokens, one file each.

mod account_credentials;
mod authorization_code;
mod client_credentials;
mod device_code;
mod grant_type;
mod jwt_bearer;
mod password;
mod refresh_token;
mod token_exchange;
mod token_request;

use super::error::OAuthError;
use super::ledger::Issued;

pub(super) use self::grant_type::GrantType;
pub(super) use self::jwt_bearer::account;
pub(super) use self::token_request::TokenRequest;

/// The tokens for a request whose client is authenticated.
pub(super) fn issue(
    grant_type: GrantType,
    request: &TokenRequest<'_>,
) -> Result<Issued, OAuthError> {
    match grant_type {
        GrantType::AuthorizationCode => authorization_code::issue(request),
        GrantType::RefreshToken => refresh_token::issue(request),
        GrantType::ClientCredentials => client_credentials::issue(request),
        GrantType::Password => password::issue(request),
        GrantType::DeviceCode => device_code::issue(request),
        GrantType::TokenExchange => token_exchange::issue(request),
        GrantType::JwtBearer => jwt_bearer::issue(request),
        GrantType::AccountCredentials => account_credentials::issue(request),
    }
}
