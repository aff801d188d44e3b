//! One call and its answer: renewed where the token was over, repeated where that was asked for.

use super::Arguments;
use super::input::Input;
use super::received::Received;
use super::retry::Attempts;
use super::sending;
use crate::App;
use crate::accounts::Opened;
use crate::answer::Answer;
use crate::definition::names::AccountId;
use crate::error::{Error, Kind, Result};
use crate::flow::explain::{Doing, explain_refusal};
use crate::flow::{ProviderError, provider_error};
use crate::refresh::{Renewal, Surroundings};
use crate::request::Request;
use crate::template::Scope;
use crate::text::short;
use crate::trial::is_expired;
use std::time::Duration;

/// Calls on behalf of an account.
pub(super) struct Caller<'a> {
    pub(super) app: &'a App,
    pub(super) around: Surroundings<'a>,
    pub(super) opened: Opened,
    /// The credential has just been renewed: a refusal has another reason then.
    is_new: bool,
    retry: u32,
}

/// An answer, and what it refused.
pub(super) struct Answered {
    pub(super) request: Request,
    pub(super) received: Received,
    pub(super) refused: Option<Error>,
}

impl<'a> Caller<'a> {
    pub(super) async fn new(
        arguments: &Arguments,
        app: &'a App,
        around: Surroundings<'a>,
        opened: Opened,
    ) -> Result<Self> {
        let (opened, renewal) = around.fresh(opened, false).await?;
        let is_new = renewal != Renewal::NotNeeded;
        Ok(Self { app, around, opened, is_new, retry: arguments.retry })
    }

    /// Sends what was typed and gives the answer, whatever it is.
    ///
    /// # Errors
    /// There is no answer, or the credential cannot be renewed.
    pub(super) async fn ask(&mut self, input: &Input) -> Result<Answered> {
        let mut is_new = std::mem::take(&mut self.is_new);
        let mut attempts = Attempts::new(self.retry, &input.method, input.body.can_repeat());
        loop {
            let sent = sending::send(self.around, input, &self.opened, &self.app.terminal).await;
            let (request, response) = match sent {
                Ok(sent) => sent,
                Err(silence) => match attempts.after_silence(&silence) {
                    Some(pause) => {
                        self.wait(pause, &silence.error.message).await;
                        continue;
                    }
                    None => return Err(silence.error),
                },
            };
            if let Some(pause) = attempts.after(&response) {
                self.wait(pause, response.status().as_str()).await;
                continue;
            }
            let peek = self.around.auth.request.fails_if.is_some();
            let peek = peek || response.status().as_u16() >= 400;
            let received = Received::new(response, peek).await?;
            let refused = self.refusal(&request, &received);
            let expired = refused.as_ref().is_some_and(|it| is_expired(self.around, it));
            if expired && !is_new && self.opened.account.renewable {
                self.opened = self.around.fresh(self.opened.clone(), true).await?.0;
                is_new = true;
                if input.body.can_repeat() {
                    continue;
                }
                return Err(self.cannot_repeat());
            }
            let refused = refused.map(|it| self.failed(&request, &it, &received));
            self.tell_of_redirect(&received);
            return Ok(Answered { request, received, refused });
        }
    }

    /// Only GET and HEAD follow a redirect, and only to a web address: else the answer is no failure, and
    /// not what was asked for either.
    fn tell_of_redirect(&self, received: &Received) {
        let status = received.status();
        if !(300..400).contains(&status) || status == 304 {
            return;
        }
        let to = received.response.headers().get("location").and_then(|to| to.to_str().ok());
        let to = to.map_or("nowhere", |to| to.split(['?', '#']).next().unwrap_or_default());
        let to = short(&self.around.http.mask(to), 200);
        self.app.terminal.warn(format!("{status} leads to {to}, and was not followed"));
    }

    async fn wait(&self, pause: Duration, why: &str) {
        let seconds = pause.as_secs();
        self.around.http.note(format!("{why}: asked again after {seconds} s"));
        self.app.terminal.waiting(&format!("{why}, so it is asked again in {seconds} s"));
        tokio::time::sleep(pause).await;
        self.app.terminal.waited();
    }

    /// What the app refused, if it did: by the status, or by what its definition says of a 200.
    fn refusal(&self, request: &Request, received: &Received) -> Option<ProviderError> {
        let answer = Answer::new(received.status(), received.headers(), received.seen());
        let template = self.around.auth.request.fails_if.as_ref().filter(|_| received.complete());
        let told = template.and_then(|template| {
            let mut scope = Scope::default();
            answer.fill(&mut scope);
            template.render(&scope).ok().flatten()
        });
        let told = told.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if received.status() < 400 && told.is_none() {
            return None;
        }
        Some(provider_error("call", request, &answer, told, self.around.http))
    }

    fn failed(&self, request: &Request, refusal: &ProviderError, received: &Received) -> Error {
        let id: &AccountId = &self.opened.id;
        let mut error = explain_refusal(refusal, self.around.definition, id, Doing::Test);
        let path = self.around.http.mask(request.url.path());
        let status = received.response.status();
        let answered = match status.canonical_reason() {
            Some(reason) => format!("{} {reason}", status.as_u16()),
            None => status.as_u16().to_string(),
        };
        error.kind = Kind::Api;
        error.message = format!("`{}` answered {answered} to {} {path}", id.app, request.method);
        error.hints.retain(|hint| !hint.contains("-vv"));
        error
    }

    fn cannot_repeat(&self) -> Error {
        let message = format!("`{}` did not accept the access token", self.opened.id.app);
        Error::new(Kind::Api, message)
            .because("it has been renewed, but standard input cannot be read a second time")
            .hint("repeat the command")
    }
}
