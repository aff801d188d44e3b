//! Defines OAuth 1.0a (RFC 5849): temporary credentials, the decision, tokens, and signed calls.

mod authorization;
mod legs;
mod memory;
mod message;
mod problem;

use axum::body::{Body, to_bytes};
use axum::extract::Request;

use super::called::Called;
use super::provider::Provider;
use super::subject::Subject;

pub(super) use self::legs::{access_token, authorize, decide, request_token};
pub(super) use self::memory::Memory;
pub(crate) use self::message::Message;
pub(crate) use self::problem::Problem;

/// A practice consumer that signs by HMAC or PLAINTEXT, and one whose secret is the practice RSA key.
pub const CONSUMER_KEY: &str = "practice-consumer";
/// Its secret.
pub const CONSUMER_SECRET: &str = "practice-consumer-secret";
/// Signs by the practice key that `/sandbox/keys/rsa.pem` hands out.
pub const RSA_CONSUMER_KEY: &str = "practice-consumer-rsa";

const BODY: Problem = Problem::rejected("the body is too long, or broke off");
/// A signed body is held whole, and no longer one is, in bytes.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// The same request and who calls, if its signature is right; or why it is not.
pub(super) async fn verified(
    provider: &Provider,
    request: Request,
) -> Result<(Request, Subject), Problem> {
    let called = Called::of(request.extensions());
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| BODY)?;
    let message = Message::arrived(&parts, &called.origin, &body)?;
    let token = message.one("oauth_token").unwrap_or_default();
    let known = provider.oauth1.token(token, message.consumer()?);
    let (secret, subject) =
        known.ok_or(Problem::token("the token is unknown, or another consumer's"))?;
    message.verify(provider, &secret)?;
    Ok((Request::from_parts(parts, Body::from(body)), subject))
}
