//! A trial: what `test` runs to know whether an account works, step by step.

use crate::accounts::Opened;
use crate::context::now;
use crate::error::{Error, Kind, Result};
use crate::flow::explain::{Doing, explain};
use crate::flow::identity::identify;
use crate::flow::{Chooser, FlowError};
use crate::http::trace::Exchange;
use crate::refresh::{Renewal, Surroundings};
use crate::terminal::duration;
use serde::Serialize;
use std::time::Instant;

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Good.
    Passed,
    /// Neither good nor bad.
    Noted,
    /// Bad.
    Failed,
    /// An earlier step failed.
    NotReached,
}

/// One step.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// How it went.
    pub mark: Mark,
    /// Its name.
    pub name: &'static str,
    /// What there is to say.
    pub text: String,
    /// The status code of its request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elapsed_ms: Option<u64>,
}

/// What a trial found.
pub struct Verdict {
    /// The steps.
    pub steps: Vec<Step>,
    /// Who it is.
    pub identity: Option<String>,
    /// Whether the app itself confirmed it.
    pub verified: bool,
    /// Why it does not work.
    pub error: Option<Error>,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
}

impl Verdict {
    /// `works`, `not verified` or `failed`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match (&self.error, self.verified) {
            (Some(_), _) => "failed",
            (None, true) => "works",
            (None, false) => "not verified",
        }
    }
}

/// Tests a kept account: the credential is there, it is renewed if it is over, the app knows who it is.
pub async fn test(
    around: Surroundings<'_>,
    opened: Opened,
    read_ms: u64,
    store: &str,
    chooser: &Chooser<'_>,
) -> Verdict {
    let started = Instant::now();
    let mut trial = Trial { steps: Vec::new(), seen: around.http.exchanges().len() };
    let result = trial.run(around, opened, read_ms, store, chooser).await;
    let (identity, verified, error) = match result {
        Ok((identity, verified)) => (identity, verified, None),
        Err(error) => (None, false, Some(error)),
    };
    if error.is_some() {
        trial.not_reached(around);
    }
    let elapsed_ms = millis(started) + read_ms;
    Verdict { steps: trial.steps, identity, verified, error, elapsed_ms }
}

struct Trial {
    steps: Vec<Step>,
    /// How many exchanges were told already.
    seen: usize,
}

impl Trial {
    async fn run(
        &mut self,
        around: Surroundings<'_>,
        opened: Opened,
        read_ms: u64,
        store: &str,
        chooser: &Chooser<'_>,
    ) -> Result<(Option<String>, bool)> {
        self.add(Mark::Passed, "credential", format!("read from {store}"), None, Some(read_ms));
        self.expiry(around, &opened);
        let opened = self.renew(around, opened, false).await?;
        let before = opened.account.identity.clone().filter(|_| opened.account.verified);
        let (opened, identity) = self.user_info(around, opened, chooser).await?;
        if !identity.verified {
            self.add(
                Mark::Noted,
                "user info",
                format!("{} has none to ask", around.definition.title),
                None,
                None,
            );
            // Fields or an ID token told when it was connected.
            return Ok((opened.account.identity, false));
        }
        let name = identity.name.clone().unwrap_or_default();
        match before {
            Some(before) if before != name => {
                self.add(
                    Mark::Failed,
                    "identity",
                    format!("{name}, and it was {before} when it was connected"),
                    None,
                    None,
                );
                return Err(Error::new(
                    Kind::Failed,
                    format!("`{}` belongs to somebody else now", opened.id),
                )
                .hint(format!("run `tieline connect {} --replace` if that is meant", opened.id)));
            }
            Some(_) => self.add(
                Mark::Passed,
                "identity",
                format!("{name}, as when it was connected"),
                None,
                None,
            ),
            None => self.add(Mark::Passed, "identity", name, None, None),
        }
        self.scopes(&opened);
        Ok((identity.name, true))
    }

    fn expiry(&mut self, around: Surroundings<'_>, opened: &Opened) {
        let text = match opened.account.expires_at {
            None if opened.credential.access_token.is_none() => "never".to_owned(),
            None => format!("not stated by {}", around.definition.title),
            Some(0) => "there is no access token yet, so one is fetched".to_owned(),
            Some(at) if at <= now() => {
                format!("access token expired {} ago, so it is renewed", duration(now() - at))
            }
            Some(at) => format!("access token good for {}", duration(at - now())),
        };
        self.add(Mark::Noted, "expiry", text, None, None);
    }

    async fn renew(
        &mut self,
        around: Surroundings<'_>,
        opened: Opened,
        refused: bool,
    ) -> Result<Opened> {
        let result = around.fresh(opened, refused).await;
        self.exchanges(around, "refresh", result.as_ref().err());
        let (opened, renewal) = result?;
        if renewal == Renewal::ByAnother {
            self.add(
                Mark::Passed,
                "refresh",
                "done by another tieline meanwhile".to_owned(),
                None,
                None,
            );
        }
        Ok(opened)
    }

    async fn user_info(
        &mut self,
        around: Surroundings<'_>,
        opened: Opened,
        chooser: &Chooser<'_>,
    ) -> Result<(Opened, crate::flow::identity::Identity)> {
        let mut opened = opened;
        for refused_once in [false, true] {
            let mut session = around.session(&opened, false).await?;
            let result = identify(&mut session, chooser).await;
            let expired =
                matches!(&result, Err(FlowError::Provider(error)) if is_expired(around, error));
            let again = expired && !refused_once && opened.account.renewable;
            let error =
                result.as_ref().err().filter(|_| !again).map(|_| Error::silent(Kind::Failed));
            self.exchanges(around, "user info", error.as_ref());
            match result {
                Ok(identity) => {
                    drop(session);
                    return Ok((opened, identity));
                }
                Err(_) if again => {
                    drop(session);
                    opened = self.renew(around, opened, true).await?;
                }
                Err(error) => {
                    return Err(explain(error, around.definition, &opened.id, Doing::Test));
                }
            }
        }
        Err(Error::silent(Kind::Failed))
    }

    fn scopes(&mut self, opened: &Opened) {
        let missing = opened.account.missing_scopes();
        if !missing.is_empty() {
            self.add(Mark::Noted, "scopes", format!("missing {}", missing.join(", ")), None, None);
        } else if !opened.account.scopes.is_empty() {
            self.add(Mark::Passed, "scopes", opened.account.scopes.join(", "), None, None);
        }
    }

    /// A step for each exchange since the last one.
    fn exchanges(&mut self, around: Surroundings<'_>, name: &'static str, error: Option<&Error>) {
        let all = around.http.exchanges();
        let new = &all[self.seen.min(all.len())..];
        let is_exchange = |exchange: &Exchange| matches!(exchange, Exchange::Http(_));
        let last = new.iter().rposition(is_exchange).unwrap_or_default();
        for (at, exchange) in new.iter().enumerate() {
            let Exchange::Http(http) = exchange else { continue };
            let failed = (error.is_some() && at == last) || http.error.is_some();
            let bad_status = http.status.is_some_and(|status| status >= 400);
            let mark = match (failed, bad_status) {
                (true, _) => Mark::Failed,
                (false, true) => Mark::Noted,
                _ => Mark::Passed,
            };
            let line = http.request.line.split('?').next().unwrap_or_default().to_owned();
            self.add(mark, name, line, http.status, Some(http.elapsed_ms));
        }
        if !new.iter().any(is_exchange) && error.is_some() {
            self.add(Mark::Failed, name, "could not be tried".to_owned(), None, None);
        }
        self.seen = all.len();
    }

    fn not_reached(&mut self, around: Surroundings<'_>) {
        let told = self.steps.iter().any(|step| step.name == "user info");
        if !told && around.auth.user_info.is_some() {
            self.add(Mark::NotReached, "user info", "not reached".to_owned(), None, None);
        }
    }

    fn add(
        &mut self,
        mark: Mark,
        name: &'static str,
        text: String,
        status: Option<u16>,
        elapsed_ms: Option<u64>,
    ) {
        self.steps.push(Step { mark, name, text, status, elapsed_ms });
    }
}

/// Whether a refusal means an expired token: a 401, or what the definition says.
#[must_use]
pub fn is_expired(around: Surroundings<'_>, error: &crate::flow::ProviderError) -> bool {
    let says = |code: &str| around.definition.known_error(code).and_then(|known| known.expired);
    let known = says(&error.code).or_else(|| says(&error.status.to_string()));
    known.unwrap_or(error.status == 401)
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
