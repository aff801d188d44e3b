//! Defines the provider's memory: what it was started with, what it issued, what it counted.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::authorization_request::AuthorizationRequest;
use super::client::{self, Client};
use super::grants::Grants;
use super::lock::lock;
use super::misbehave::Switches;
use super::options::Options;
use super::random::random;

/// More consent pages than anybody leaves open.
const MAX_PENDING: usize = 100;
/// More paths than a test calls; what comes after is not counted one by one.
const MAX_PATHS: usize = 500;

/// Everything that the handlers share.
pub(super) struct Provider {
    pub(super) clients: Vec<Client>,
    pub(super) redirect_uris: Vec<String>,
    pub(super) lifetime: Duration,
    pub(super) agrees: bool,
    pub(super) switches: Switches,
    grants: Mutex<Grants>,
    /// Consent pages that are waiting for a decision, by request id.
    pending: Mutex<HashMap<String, AuthorizationRequest>>,
    /// Login sessions and when they end.
    sessions: Mutex<HashMap<String, Instant>>,
    counters: Mutex<Counters>,
}

/// What `GET /sandbox/state` tells; no secret is in here.
#[derive(Default, Clone, serde::Serialize)]
pub(super) struct Counters {
    pub(super) tokens_issued: u64,
    pub(super) refreshes: u64,
    pub(super) revocations: u64,
    pub(super) logins: u64,
    pub(super) refused: u64,
    pub(super) requests: BTreeMap<String, u64>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

impl Provider {
    pub(super) fn new(options: Options) -> Self {
        Self {
            clients: client::registered(&options.client_secret),
            redirect_uris: options.redirect_uris,
            lifetime: Duration::from_secs(options.lifetime),
            agrees: options.agrees,
            switches: Switches::new(options.misbehaviours),
            grants: Mutex::default(),
            pending: Mutex::default(),
            sessions: Mutex::default(),
            counters: Mutex::default(),
        }
    }

    pub(super) fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    pub(super) fn grants(&self) -> MutexGuard<'_, Grants> {
        lock(&self.grants)
    }

    pub(super) fn sessions(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        lock(&self.sessions)
    }

    /// Keeps an authorization request until somebody decides; gives its id.
    pub(super) fn ask(&self, request: AuthorizationRequest) -> String {
        let id = random("");
        let mut pending = lock(&self.pending);
        if pending.len() >= MAX_PENDING {
            pending.clear();
        }
        pending.insert(id.clone(), request);
        id
    }

    /// Takes an authorization request out: a page decides once.
    pub(super) fn decided(&self, id: &str) -> Option<AuthorizationRequest> {
        lock(&self.pending).remove(id)
    }

    pub(super) fn counters(&self) -> Counters {
        lock(&self.counters).clone()
    }

    pub(super) fn count(&self, count: impl FnOnce(&mut Counters)) {
        count(&mut lock(&self.counters));
    }

    pub(super) fn count_request(&self, path: &str) {
        let mut counters = lock(&self.counters);
        let full = counters.requests.len() >= MAX_PATHS && !counters.requests.contains_key(path);
        let path = if full { "others" } else { path };
        *counters.requests.entry(path.to_owned()).or_default() += 1;
    }
}
