//! A failure as people see it: what it means and what to do. The app's own explanations go first, then
//! the general ones.

use super::explanations;
use super::failure::{ChooseError, FlowError, ProviderError};
use crate::definition::Definition;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind};
use crate::http::HttpError;
use crate::terminal::duration;
use crate::text::short;

/// What was being done when it failed; it decides the first line and the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Connecting an account.
    Connect,
    /// Renewing its credential.
    Refresh,
    /// Testing it, or calling on its behalf.
    Test,
    /// Revoking it.
    Revoke,
}

/// How far two clocks may be apart before it is worth a word, in seconds.
const CLOCK_TOLERANCE: i64 = 60;

/// A failure as people see it.
#[must_use]
pub fn explain(error: FlowError, definition: &Definition, id: &AccountId, doing: Doing) -> Error {
    match error {
        FlowError::Provider(refusal) => explain_refusal(&refusal, definition, id, doing),
        FlowError::Http(error) => explain_http(&error, definition, id, doing),
        FlowError::Request(error) => Error::new(
            Kind::Definition,
            format!("the definition of `{}` cannot make this request", id.app),
        )
        .because(error)
        .hint(format!("run `tieline lint {}`", id.app)),
        FlowError::Incomplete { request, missing, html } => {
            let what = if html {
                "it is an HTML page".to_owned()
            } else {
                format!("it has no `{missing}`")
            };
            Error::new(Kind::Refused, headline(definition, id, doing))
                .because(format!("the answer to {request} is not what was expected: {what}"))
                .hint(match html {
                    true => "the address may be wrong, or a login page or proxy stands in between; look with `-vv`",
                    false => "look at the answer with `-vv`; the definition may need a `response`",
                })
        }
        FlowError::Choose(error) => explain_choice(&error, id),
        FlowError::Ftp(error) => super::ftp::explain(&error, definition, id, doing),
        FlowError::NoEndpoint(_) | FlowError::Signature(_) => {
            Error::new(Kind::Definition, headline(definition, id, doing))
                .because(error)
                .hint(format!("run `tieline lint {}`", id.app))
        }
        FlowError::Key { what, source } => Error::new(Kind::Usage, headline(definition, id, doing))
            .because(format!("the key of {what} cannot be used: {source}"))
            .hint("give the private key again, as a file: `--field NAME=@FILE`"),
        FlowError::IdToken(error) => Error::new(Kind::Refused, headline(definition, id, doing))
            .because(error)
            .hint("nothing was stored; the answer may come from somebody else: look with `-vv`"),
        FlowError::Discovery(error) => Error::new(Kind::Refused, headline(definition, id, doing))
            .because(error)
            .hint("check the address of the issuer; a definition can name each endpoint itself"),
    }
}

/// The first line: what did not work.
pub(super) fn headline(definition: &Definition, id: &AccountId, doing: Doing) -> String {
    let app = &id.app;
    match doing {
        Doing::Connect => format!("`{id}` was not connected"),
        Doing::Refresh => format!("`{app}` refused to refresh `{id}`"),
        Doing::Test => format!("`{id}` does not work"),
        Doing::Revoke => format!("{} did not revoke `{id}`", definition.title),
    }
}

/// A refusal, explained.
#[must_use]
pub fn explain_refusal(
    refusal: &ProviderError,
    definition: &Definition,
    id: &AccountId,
    doing: Doing,
) -> Error {
    let description = refusal.description.as_deref().unwrap_or_default();
    let general = explanations::find(&refusal.code, description, refusal.status);
    // What is made of the very words says more than what the app's definition makes of the code.
    let known = definition
        .known_error(&refusal.code)
        .or_else(|| definition.known_error(&refusal.status.to_string()))
        .filter(|_| general.is_none_or(|general| general.said.is_empty()));
    let fill = |text: &str| text.replace("{app}", id.app.as_str()).replace("{id}", &id.to_string());
    let mut error = Error::new(kind(refusal, doing), headline(definition, id, doing));
    error.code = Some(refusal.code.clone());
    error.source = general.filter(|_| known.is_none()).map(|general| general.source);
    let meaning = known.and_then(|known| known.meaning.clone());
    let meaning = meaning.or_else(|| general.map(|found| found.cause.to_owned()));
    let said = refusal.description.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
    let named = match refusal.code.parse::<u16>() {
        Ok(_) => format!("{} answered {}{said}", refusal.request, refusal.code),
        Err(_) => format!("{}{said}", refusal.code),
    };
    error = error.because(match meaning {
        Some(meaning) => format!("{named}: {meaning}"),
        None => named,
    });
    if refusal.html {
        error = error.because("the answer is an HTML page, so no API answered: the address may be wrong, or a proxy stands in between");
    }
    error = with_clock(error, refusal);
    if let Some(after) = &refusal.retry_after {
        error = error.hint(format!(
            "try again after {after}{}",
            if after.parse::<u32>().is_ok() { " s" } else { "" }
        ));
    }
    let hint = known.and_then(|known| known.hint.clone());
    error = match hint.or_else(|| general.map(|found| fill(found.fix))) {
        Some(hint) => error.hint(hint),
        None => error.hint("look at the request and the answer with `-vv`"),
    };
    // An app's own hint says why; the command that mends it is always the same.
    let reconnect = format!("run `tieline connect {id}`");
    if error.kind == Kind::NotConnected && !error.hints.iter().any(|hint| hint.contains(&reconnect))
    {
        error = error.hint(reconnect);
    }
    error
}

/// A clock that is off makes good tokens, assertions and signatures bad ones.
fn with_clock(error: Error, refusal: &ProviderError) -> Error {
    let Some(ahead) = refusal.clock_ahead.filter(|ahead| ahead.abs() > CLOCK_TOLERANCE) else {
        return error;
    };
    let side = if ahead > 0 { "ahead of" } else { "behind" };
    error
        .because(format!(
            "the clock of this computer is {} {side} that of {}",
            duration(ahead.abs()),
            refusal.request.rsplit(' ').next().unwrap_or_default()
        ))
        .hint("set the clock of this computer, then try again")
}

fn kind(refusal: &ProviderError, doing: Doing) -> Kind {
    let code = refusal.code.to_ascii_lowercase();
    match doing {
        Doing::Refresh
            if matches!(code.as_str(), "invalid_grant" | "invalid_code" | "invalid_token") =>
        {
            Kind::NotConnected
        }
        Doing::Test if refusal.status == 401 => Kind::NotConnected,
        Doing::Test
            if matches!(
                code.as_str(),
                "invalid_token" | "token_expired" | "token_revoked" | "invalid_auth"
            ) =>
        {
            Kind::NotConnected
        }
        Doing::Test if refusal.status >= 400 => Kind::Api,
        _ => Kind::Refused,
    }
}

/// A failure of the network, explained.
#[must_use]
pub fn explain_http(
    error: &HttpError,
    definition: &Definition,
    id: &AccountId,
    doing: Doing,
) -> Error {
    let kind = if matches!(error, HttpError::Host(_)) { Kind::Definition } else { Kind::Network };
    let head = match (doing, kind) {
        (Doing::Refresh, Kind::Network) => format!("`{id}` could not be refreshed"),
        _ => headline(definition, id, doing),
    };
    let mut shown = Error::new(kind, head).because(error);
    shown.hints.extend(error.hint());
    if kind == Kind::Definition {
        shown.hints.push(format!("run `tieline connect {id}` if the change is meant"));
    }
    shown
}

fn explain_choice(error: &ChooseError, id: &AccountId) -> Error {
    match error {
        ChooseError::Several { name, example, .. } => {
            Error::new(Kind::Usage, format!("`{id}` was not connected"))
                .because(error)
                .hint(format!("add `--field {}={}`", short(name, 60), short(example, 60)))
        }
        ChooseError::Interrupted => Error::new(Kind::Interrupted, "interrupted"),
        ChooseError::Nothing(_) => Error::new(Kind::Refused, format!("`{id}` was not connected"))
            .because(error)
            .hint("this person may have no account of the right kind there"),
        ChooseError::Render(_) => {
            Error::new(Kind::Definition, format!("the definition of `{}` is wrong", id.app))
                .because(error)
        }
    }
}
