//! temporary
use super::authorization_code::Asking;
use super::failure::FlowError;
use super::session::Session;
use super::token_set::TokenSet;
use crate::definition::OAuth1;
use crate::definition::names::AccountId;
use crate::error::Result;
use crate::redirect::Waiting;
pub async fn three_legs(
    _: &mut Session<'_>,
    _: &OAuth1,
    _: &AccountId,
    _: &Asking<'_>,
) -> (Option<Waiting>, Result<()>) {
    (None, Ok(()))
}
pub async fn renew_token(
    _: &mut Session<'_>,
    _: &OAuth1,
) -> std::result::Result<TokenSet, FlowError> {
    Err(FlowError::NoEndpoint("refresh_endpoint"))
}
