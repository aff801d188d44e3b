//! What is at which path: pure decisions, apart from remembering the callback that was accepted.

use super::answer::Answer;
use super::endpoint::{Endpoint, Host};
use super::event::{Callback, Event, Events};
use super::page::Notice;
use super::request::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};
use std::sync::{Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};
use url::form_urlencoded;

/// Where the browser finds the outcome.
const DONE: &str = "/done";
/// More parameters than any authorization response has.
const PARAMETERS: usize = 64;
/// Strays that nobody fetches are dropped, so that a flood costs nothing.
const STRAYS: usize = 64;

pub(super) type Check = Box<dyn Fn(&[(String, String)]) -> Result<(), String> + Send>;

/// What is let in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Admitted {
    /// Every name of the loopback address, and not only the redirect URI's own.
    pub(super) loopback_names: bool,
    /// The response as a form.
    pub(super) form_post: bool,
}

/// The listener's few resources.
pub(super) struct Site {
    callback_path: String,
    /// The values of `Host` that are ours. A page at another name that resolves to 127.0.0.1 (DNS
    /// rebinding) sends its own.
    hosts: Vec<String>,
    form_post: bool,
    authorization_url: String,
    /// Where the accepted callback is redirected to. Its query is random, so that other users of
    /// this machine cannot look at the outcome.
    done: String,
    state: Mutex<State>,
    strays: mpsc::Sender<Event>,
}

struct State {
    check: Check,
    phase: Phase,
}

enum Phase {
    Waiting(oneshot::Sender<Callback>),
    Accepted(Callback),
}

/// What a request gets.
pub(super) enum Reply {
    Now(Answer),
    /// Once the outcome is known.
    Outcome,
}

impl Site {
    pub(super) fn new(
        endpoint: &Endpoint,
        port: u16,
        admitted: Admitted,
        authorization_url: String,
        check: Check,
    ) -> (Self, Events) {
        let (accepted, accepted_receiver) = oneshot::channel();
        let (strays, strays_receiver) = mpsc::channel(STRAYS);
        let site = Self {
            callback_path: endpoint.request_path().to_owned(),
            hosts: hosts(endpoint, port, admitted.loopback_names),
            form_post: admitted.form_post,
            authorization_url,
            done: format!("{}?{}", DONE, nonce()),
            state: Mutex::new(State { check, phase: Phase::Waiting(accepted) }),
            strays,
        };
        (site, Events::new(accepted_receiver, strays_receiver))
    }

    pub(super) fn route(&self, request: &Request) -> Reply {
        if !request.host.as_ref().is_some_and(|host| self.hosts.contains(host)) {
            return Reply::Now(Answer::notice(403, &Notice::FOREIGN_HOST));
        }
        if request.prefetch {
            // The page may never be shown; the browser asks again when it is.
            return Reply::Now(Answer::notice(503, &Notice::PREFETCH));
        }
        let query = request.query.as_deref();
        match request.path.as_str() {
            DONE if self.is_done(request) => get_only(request, || Reply::Outcome),
            // With the callback at `/` too, only one of them has a query.
            "/" if query.is_none() => get_only(request, || self.short_link()),
            _ if self.takes_body(request) => match &request.body {
                // A query beside it is not looked at: two places could disagree.
                Some(form) => Reply::Now(self.callback(form)),
                None => Reply::Now(Answer::notice(415, &Notice::MALFORMED)),
            },
            path if path == self.callback_path => {
                get_only(request, || Reply::Now(self.callback(query.unwrap_or_default())))
            }
            _ => Reply::Now(Answer::notice(404, &Notice::NOTHING_HERE)),
        }
    }

    /// Whether a request is one whose body is read. Its `Origin` says nothing: the form stands on
    /// the provider's page, whose address need not be the one of its endpoints.
    pub(super) fn takes_body(&self, request: &Request) -> bool {
        self.form_post && request.is_post() && request.path == self.callback_path
    }

    fn short_link(&self) -> Reply {
        Reply::Now(match self.lock().phase {
            Phase::Waiting(_) => Answer::redirect(302, &self.authorization_url),
            Phase::Accepted(_) => Answer::notice(404, &Notice::USED),
        })
    }

    fn callback(&self, query: &str) -> Answer {
        let params: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().take(PARAMETERS + 1).collect();
        if params.len() > PARAMETERS {
            return self.stray("it has too many parameters".to_owned());
        }
        let mut state = self.lock();
        if let Phase::Accepted(accepted) = &state.phase {
            // Reloaded, or sent twice by the browser: it gets the same answer.
            return if accepted.params == params {
                Answer::redirect(303, &self.done)
            } else {
                drop(state);
                self.stray("a callback was accepted before".to_owned())
            };
        }
        if let Err(reason) = (state.check)(&params) {
            drop(state);
            return self.stray(reason);
        }
        let callback = Callback { params };
        if let Phase::Waiting(accepted) =
            std::mem::replace(&mut state.phase, Phase::Accepted(callback.clone()))
        {
            // The receiver is gone only when the whole listener is about to be.
            let _gone = accepted.send(callback);
        }
        // 303, so that neither the address bar nor the history keeps the code.
        Answer::redirect(303, &self.done)
    }

    fn stray(&self, reason: String) -> Answer {
        let _full = self.strays.try_send(Event::Stray(reason));
        Answer::notice(400, &Notice::STRAY)
    }

    fn is_done(&self, request: &Request) -> bool {
        let (_, nonce) = self.done.split_once('?').unwrap_or_default();
        request.query.as_deref() == Some(nonce) && matches!(self.lock().phase, Phase::Accepted(_))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// RFC 9110, 15.5.6. `HEAD` too: a link checker must not use up the code.
fn get_only(request: &Request, reply: impl FnOnce() -> Reply) -> Reply {
    if request.is_get() { reply() } else { Reply::Now(Answer::method_not_allowed()) }
}

fn hosts(endpoint: &Endpoint, port: u16, loopback_names: bool) -> Vec<String> {
    if !loopback_names {
        return endpoint.host_headers(port).into();
    }
    let names = [Host::Ipv4, Host::Ipv6, Host::Localhost].into_iter();
    names.flat_map(|host| endpoint.at(host).host_headers(port)).collect()
}

fn nonce() -> String {
    let mut bytes = [0; 16];
    // Without random numbers there is no `state` and no PKCE either: we would not be here.
    SystemRandom::new().fill(&mut bytes).expect("the operating system has random numbers");
    URL_SAFE_NO_PAD.encode(bytes)
}
