//! Sending a call: signed as a whole where the app wants that, with a proof of possession where the
//! token is bound to a key.

use super::call_error;
use super::input::Input;
use crate::accounts::Opened;
use crate::definition::Signature;
use crate::error::{Error, Kind, Result};
use crate::flow::Session;
use crate::flow::explain::{Doing, explain};
use crate::refresh::Surroundings;
use crate::request::Request;
use reqwest::Response;

/// The header by which AWS is told the digest of a body.
const DIGEST: &str = crate::signature::aws_sigv4::CONTENT_SHA256;

/// Sends what was typed, on behalf of an account.
pub(super) async fn send(
    around: Surroundings<'_>,
    input: &Input,
    opened: &Opened,
) -> Result<(Request, Response)> {
    let session = around.session(opened, false).await?;
    let mut request = make(around, input, opened, &session).await?;
    let response = once(around, input, opened, &session, &mut request).await?;
    if !wants_nonce(&session, &request, &response) {
        return Ok((request, response));
    }
    if !input.can_repeat() {
        return Err(Error::new(Kind::Api, "the server wants its nonce in the proof of possession")
            .because("standard input cannot be read a second time")
            .hint("give the body as `-d @FILE`"));
    }
    around.http.note("the server wants its nonce in the proof (RFC 9449, section 9)");
    let response = once(around, input, opened, &session, &mut request).await?;
    Ok((request, response))
}

async fn make(
    around: Surroundings<'_>,
    input: &Input,
    opened: &Opened,
    session: &Session<'_>,
) -> Result<Request> {
    let scope = session.scope();
    let base_url = match input.is_absolute() {
        true => String::new(),
        false => session.base_url(&scope)?,
    };
    let wrong = |error| call_error(error, &opened.id);
    let mut request = input.request(&base_url, around.auth, &scope).map_err(wrong)?;
    let signature = around.auth.request.signature.as_ref();
    if let Some(Signature::AwsSigV4(_)) = signature
        && let Some(digest) = input.digest()?
    {
        request.set_header(DIGEST, &digest).map_err(|error| wrong(error.into()))?;
    }
    session.sign(&mut request, signature, &scope).map_err(wrong)?;
    Ok(request)
}

async fn once(
    around: Surroundings<'_>,
    input: &Input,
    opened: &Opened,
    session: &Session<'_>,
    request: &mut Request,
) -> Result<Response> {
    if let Some(dpop) = &session.dpop {
        let token = session.credential.access_token.as_ref();
        dpop.prove(request, token).map_err(|error| call_error(error, &opened.id))?;
    }
    let body = input.stream().await?;
    let renew = |request: &mut Request| {
        if let Some(dpop) = &session.dpop {
            dpop.prove(request, session.credential.access_token.as_ref())?;
        }
        session.sign(request, around.auth.request.signature.as_ref(), &session.scope())
    };
    let response = around.http.stream_renewed("call", request, body, &session.hosts, renew).await;
    response.map_err(|error| explain(error, around.definition, &opened.id, Doing::Test))
}

/// Whether a refusal only asks for the nonce that it brings (RFC 9449 section 9).
fn wants_nonce(session: &Session<'_>, request: &Request, response: &Response) -> bool {
    let Some(dpop) = &session.dpop else { return false };
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    let asks = header("www-authenticate").is_some_and(|value| value.contains("use_dpop_nonce"));
    dpop.note_nonce(request, header("dpop-nonce")) && asks && response.status() == 401
}
