//! temporary
use crate::definition::{ParametersIn, SignatureMethod};
use crate::request::Request;
use crate::secret::Secret;
pub struct Credentials {
    pub consumer_key: String,
    pub consumer_secret: Option<Secret>,
    pub token: Option<Secret>,
    pub token_secret: Option<Secret>,
}
pub struct Options<'a> {
    pub method: SignatureMethod,
    pub realm: Option<&'a str>,
    pub parameters_in: ParametersIn,
}
pub struct Moment<'a> {
    pub timestamp: i64,
    pub nonce: &'a str,
}
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct SignError;
pub fn sign(
    _: &mut Request,
    _: &Credentials,
    _: &Options<'_>,
    _: &[(&str, &str)],
    _: &Moment<'_>,
) -> Result<(), SignError> {
    Err(SignError)
}
