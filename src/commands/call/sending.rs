//! Sending a call: signed as a whole where the app wants that, with a proof of possession where the
//! token is bound to a key.

use super::input::Input;
use crate::accounts::Opened;
use crate::definition::Signature;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::flow::explain::{Doing, explain};
use crate::flow::{FlowError, Session};
use crate::refresh::Surroundings;
use crate::request::Request;
use crate::terminal::{Progress, Terminal};
use reqwest::Response;

/// The header by which AWS is told the digest of a body.
const DIGEST: &str = crate::signature::aws_sigv4::CONTENT_SHA256;

/// Why there is no answer.
pub(super) struct Unanswered {
    pub(super) error: Error,
    /// The network failed.
    pub(super) network: bool,
    /// The request surely did not reach the server.
    pub(super) never_sent: bool,
}

impl From<Error> for Unanswered {
    fn from(error: Error) -> Self {
        Self { error, network: false, never_sent: false }
    }
}

/// Sends what was typed, on behalf of an account.
pub(super) async fn send(
    around: Surroundings<'_>,
    input: &Input,
    opened: &Opened,
    terminal: &Terminal,
) -> Result<(Request, Response), Unanswered> {
    let session = around.session(opened, false).await?;
    let mut request = make(around, input, opened, &session)?;
    let response = once(around, input, opened, &session, &mut request, terminal).await?;
    if !wants_nonce(&session, &request, &response) {
        return Ok((request, response));
    }
    if !input.body.can_repeat() {
        let message = "the server wants its nonce in the proof of possession";
        return Err(Error::new(Kind::Api, message)
            .because("standard input cannot be read a second time")
            .hint("give the body as `-d @FILE`")
            .into());
    }
    around.http.note("the server wants its nonce in the proof (RFC 9449, section 9)");
    let response = once(around, input, opened, &session, &mut request, terminal).await?;
    Ok((request, response))
}

/// The request as it goes out, but for the proof.
pub(super) fn make(
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
        && let Some(digest) = input.body.digest()?
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
    terminal: &Terminal,
) -> Result<Response, Unanswered> {
    prove(session, request, &opened.id)?;
    let body = input.stream(Progress::new(terminal, "sent")).await?;
    let renew = |request: &mut Request| {
        if let Some(dpop) = &session.dpop {
            dpop.prove(request, session.credential.access_token.as_ref())?;
        }
        session.sign(request, around.auth.request.signature.as_ref(), &session.scope())
    };
    let response = around.http.stream_renewed("call", request, body, &session.hosts, renew).await;
    response.map_err(|error| {
        let never_sent = matches!(&error, FlowError::Http(error) if error.never_sent());
        let error = explain(error, around.definition, &opened.id, Doing::Test);
        Unanswered { network: error.kind == Kind::Network, error, never_sent }
    })
}

/// Adds the proof of possession, where the token is bound to a key.
pub(super) fn prove(session: &Session<'_>, request: &mut Request, id: &AccountId) -> Result<()> {
    let Some(dpop) = &session.dpop else { return Ok(()) };
    let token = session.credential.access_token.as_ref();
    dpop.prove(request, token).map_err(|error| call_error(error, id))
}

fn call_error(error: FlowError, id: &AccountId) -> Error {
    Error::new(Kind::Usage, format!("this is no request to `{id}`")).because(error)
}

/// Whether a refusal only asks for the nonce that it brings (RFC 9449 section 9).
fn wants_nonce(session: &Session<'_>, request: &Request, response: &Response) -> bool {
    let Some(dpop) = &session.dpop else { return false };
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    let asks = header("www-authenticate").is_some_and(|value| value.contains("use_dpop_nonce"));
    dpop.note_nonce(request, header("dpop-nonce")) && asks && response.status() == 401
}
