//! Explanations: what a failure means and what to do, as data. An app's own explanations come from
//! its definition and go first.

use super::failure::{ChooseError, FlowError, ProviderError};
use crate::definition::Definition;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind};
use crate::http::HttpError;
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

/// A general explanation: code, cause, fix. `{app}` and `{id}` are filled in.
struct Explanation {
    code: &'static str,
    cause: &'static str,
    fix: &'static str,
}

const fn explanation(code: &'static str, cause: &'static str, fix: &'static str) -> Explanation {
    Explanation { code, cause, fix }
}

/// RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3.1, OAuth 1.0's Problem Reporting extension,
/// and what HTTP says.
static EXPLANATIONS: &[Explanation] = &[
    explanation(
        "invalid_client",
        "the client id, or its secret, key or certificate, is wrong, or the client authenticates in another way than the app expects",
        "run `tieline client set {app}` with the id and secret that the app shows, or `tieline connect {id}` with the right key",
    ),
    explanation(
        "invalid_grant",
        "the code, refresh token, password or assertion is wrong, expired, revoked or was used already",
        "run `tieline connect {id}`",
    ),
    explanation(
        "invalid_scope",
        "a scope that was asked for is unknown, or not allowed for this client",
        "ask for others with `--scope` (for good: `client set {app} --scope`), or add the scope where the client is registered",
    ),
    explanation(
        "unauthorized_client",
        "this client may not use this grant",
        "allow the grant (and refresh tokens) where the client is registered",
    ),
    explanation(
        "expired_token",
        "nobody entered the code in time",
        "nothing was stored; run `tieline connect {id}` for a new code",
    ),
    explanation(
        "access_denied",
        "you or the app refused the request",
        "nothing was stored; run `tieline connect {id}` to try again",
    ),
    explanation(
        "redirect_uri_mismatch",
        "the redirect URI is not registered for this client, to the letter",
        "run `tieline client show {app}` and register the redirect URI that it prints",
    ),
    explanation(
        "invalid_request",
        "the app finds the request malformed; where a browser was sent, often the redirect URI or PKCE is not as registered",
        "look at the request with `-vv`, and at the redirect URI with `tieline client show {app}`",
    ),
    explanation(
        "unsupported_grant_type",
        "the token endpoint does not know this grant",
        "look at the request with `-vv`; the definition may need other `params`",
    ),
    explanation(
        "invalid_token",
        "the access token is expired, revoked or malformed",
        "run `tieline connect {id}`",
    ),
    explanation(
        "insufficient_scope",
        "the access token lacks a scope that this call needs",
        "connect again with the scope: `tieline connect {id} --scope ...`",
    ),
    explanation(
        "temporarily_unavailable",
        "the app is overloaded or under maintenance",
        "try again later",
    ),
    explanation(
        "signature_invalid",
        "the client secret is wrong, or the app expects another `signature_method`",
        "run `tieline client set {app}` with the id and secret that the app shows",
    ),
    explanation(
        "timestamp_refused",
        "the clock of this computer is off, or that of the app",
        "set the clock, then try again",
    ),
    explanation("401", "the app does not accept the credential", "run `tieline connect {id}`"),
    explanation(
        "403",
        "the credential is good, and may not do this",
        "check the permissions or scopes of the account; `tieline accounts show {id}` lists them",
    ),
    explanation(
        "404",
        "there is nothing at this address, or the account may not know of it",
        "check the address and the fields with `tieline accounts show {id}`",
    ),
    explanation("429", "too many requests in a short time", "wait, then try again"),
    explanation("500", "the app failed on its own side", "try again later"),
    explanation("502", "a server in between failed", "try again later"),
    explanation("503", "the app is not available", "try again later"),
];

/// Codes that providers use for what has a standard name.
const ALIASES: &[(&str, &str)] = &[
    ("invalid_redirect_uri", "redirect_uri_mismatch"),
    ("bad_redirect_uri", "redirect_uri_mismatch"),
    ("invalid_client_id", "invalid_client"),
    ("bad_client_id", "invalid_client"),
    ("bad_client_secret", "invalid_client"),
    ("incorrect_client_credentials", "invalid_client"),
    ("bad_verification_code", "invalid_grant"),
    ("invalid_code", "invalid_grant"),
    ("token_expired", "invalid_token"),
    ("token_revoked", "invalid_token"),
    ("token_rejected", "invalid_token"),
    ("consumer_key_unknown", "invalid_client"),
    ("consumer_key_rejected", "invalid_client"),
    ("consumer_key_refused", "invalid_client"),
    ("user_refused", "access_denied"),
    ("permission_denied", "access_denied"),
    ("unauthorized", "401"),
    ("invalid_auth", "401"),
    ("not_authed", "401"),
    ("invalid_credentials", "401"),
];

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
    let known = definition
        .known_error(&refusal.code)
        .or_else(|| definition.known_error(&refusal.status.to_string()));
    let general = general(refusal);
    let fill = |text: &str| text.replace("{app}", id.app.as_str()).replace("{id}", &id.to_string());
    let mut error = Error::new(kind(refusal, doing), headline(definition, id, doing));
    error.code = Some(refusal.code.clone());
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

fn general(refusal: &ProviderError) -> Option<&'static Explanation> {
    let code = refusal.code.to_ascii_lowercase();
    let code =
        ALIASES.iter().find(|(alias, _)| *alias == code).map_or(code.as_str(), |(_, name)| name);
    let status = refusal.status.to_string();
    let by = |wanted: &str| EXPLANATIONS.iter().find(|found| found.code == wanted);
    let mismatch = || {
        let said = refusal.description.as_deref().unwrap_or_default().to_ascii_lowercase();
        (said.contains("redirect_uri") || said.contains("redirect uri"))
            .then(|| by("redirect_uri_mismatch"))
            .flatten()
    };
    mismatch().or_else(|| by(code)).or_else(|| by(&status))
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
