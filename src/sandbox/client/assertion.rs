//! Defines how a client authenticates with a JWT that it signed (RFC 7523 section 2.2): with the
//! secret, `client_secret_jwt`, or with a private key, `private_key_jwt`.

use crate::jose::{Algorithm, JwkSet, algorithm_of};
use crate::sandbox::assertion::{checked, claimed_issuer};
use crate::sandbox::error::OAuthError;
use crate::sandbox::form::Parameters;
use crate::sandbox::form_request::FormRequest;
use crate::sandbox::provider::Provider;
use crate::secret::Secret;

use super::{Client, Method};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// What is accepted under a secret. A practice secret is long enough for no more (RFC 7518 section
/// 3.2).
pub(in crate::sandbox) const SYMMETRIC: [Algorithm; 1] = [Algorithm::Hs256];

/// An assertion, and the client that it claims to come from.
pub(super) fn presented(
    parameters: &Parameters,
) -> Result<Option<(String, Method, String)>, OAuthError> {
    let assertion =
        match (parameters.one("client_assertion"), parameters.one("client_assertion_type")) {
            (None, None) => return Ok(None),
            (Some(assertion), Some(TYPE)) => assertion,
            (Some(_), Some(_)) => {
                return Err(OAuthError::invalid_client("the client_assertion_type is unknown"));
            }
            _ => {
                let reason = "client_assertion and client_assertion_type come together";
                return Err(OAuthError::invalid_request(reason));
            }
        };
    let id = claimed_issuer(assertion)
        .ok_or_else(|| OAuthError::invalid_client("the client_assertion is no JWT with iss"))?;
    let algorithm =
        algorithm_of(assertion).map_err(|error| OAuthError::invalid_client(error.to_string()))?;
    let method =
        if algorithm.is_symmetric() { Method::ClientSecretJwt } else { Method::PrivateKeyJwt };
    Ok(Some((id, method, assertion.to_owned())))
}

/// Whether the client signed it, and for this server.
pub(super) fn check(
    provider: &Provider,
    client: &Client,
    assertion: &str,
    request: &FormRequest,
) -> Result<(), OAuthError> {
    let (keys, allowed) = match (&client.secret, &client.keys) {
        (_, Some(keys)) => (JwkSet::parse(keys).ok(), &Algorithm::ASYMMETRIC[..]),
        (Some(secret), None) => {
            (Some(JwkSet::from_secret(&Secret::from(&**secret))), &SYMMETRIC[..])
        }
        (None, None) => (None, &[][..]),
    };
    let refused =
        |reason: String| OAuthError::invalid_client(format!("the client_assertion: {reason}"));
    let keys = keys.ok_or_else(|| refused("the client has no keys".to_owned()))?;
    let claims = checked(provider, (assertion, &client.id), (&keys, allowed), &request.called);
    // Section 3, item 2B: the client speaks for itself.
    match claims.map_err(refused)?.get("sub").is_some_and(|sub| *sub == client.id) {
        true => Ok(()),
        false => Err(refused("sub is not the client_id".to_owned())),
    }
}
