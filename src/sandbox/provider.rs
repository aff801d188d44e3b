//! Defines the provider's memory: what it was started with, what it issued, what it counted.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::jose::{KeyError, SigningKey};

use super::asked::Asked;
use super::authorize::{AuthorizationRequest, Pushed};
use super::client::{self, Client};
use super::device::DeviceCodes;
use super::dpop::Nonces;
use super::error::OAuthError;
use super::ledger::Ledger;
use super::lock::lock;
use super::misbehave::Switches;
use super::oauth1;
use super::options::Options;
use super::refusal::Refusal;
use super::replay::Replay;

/// More clients than a test registers.
const MAX_CLIENTS: usize = 1000;
/// More paths than a test calls; what comes after is not counted one by one.
const MAX_PATHS: usize = 500;

/// Everything that the handlers share.
pub(super) struct Provider {
    /// What ID tokens are signed with, made at the start.
    pub(super) signing_key: SigningKey,
    pub(super) replay: Replay,
    pub(super) nonces: Nonces,
    pub(super) redirect_uris: Vec<String>,
    pub(super) lifetime: Duration,
    pub(super) interval: Duration,
    pub(super) agrees: bool,
    pub(super) switches: Switches,
    pub(super) refusal: Refusal,
    pub(super) asked: Asked<AuthorizationRequest>,
    /// The user codes that pages ask about.
    pub(super) asked_by_devices: Asked<String>,
    /// The temporary credentials of OAuth 1.0a that pages ask about.
    pub(super) asked_by_consumers: Asked<String>,
    pub(super) oauth1: oauth1::Memory,
    clients: Mutex<HashMap<String, Arc<Client>>>,
    ledger: Mutex<Ledger>,
    devices: Mutex<DeviceCodes>,
    pushed: Mutex<Pushed>,
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
    pub(super) fn new(options: Options) -> Result<Self, KeyError> {
        let clients = client::registered(&options.client_secret).into_iter();
        let clients = clients.map(|client| (client.id.clone(), Arc::new(client)));
        let (signing_key, _) = SigningKey::generate_es256()?;
        Ok(Self {
            signing_key,
            replay: Replay::default(),
            nonces: Nonces::default(),
            redirect_uris: options.redirect_uris,
            lifetime: Duration::from_secs(options.lifetime),
            interval: Duration::from_secs(options.interval),
            agrees: options.agrees,
            switches: Switches::new(options.misbehaviours),
            refusal: Refusal::new(options.refusal),
            asked: Asked::default(),
            asked_by_consumers: Asked::default(),
            oauth1: oauth1::Memory::default(),
            asked_by_devices: Asked::default(),
            clients: Mutex::new(clients.collect()),
            ledger: Mutex::default(),
            devices: Mutex::default(),
            pushed: Mutex::default(),
            sessions: Mutex::default(),
            counters: Mutex::default(),
        })
    }

    pub(super) fn client(&self, id: &str) -> Option<Arc<Client>> {
        lock(&self.clients).get(id).cloned()
    }

    /// Adds a client that nobody has the id of yet.
    pub(super) fn register(&self, client: Client) -> Result<(), OAuthError> {
        let mut clients = lock(&self.clients);
        if clients.len() >= MAX_CLIENTS {
            return Err(OAuthError::new("invalid_client_metadata", "there are too many clients"));
        }
        clients.insert(client.id.clone(), Arc::new(client));
        Ok(())
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.ledger)
    }

    pub(super) fn pushed(&self) -> MutexGuard<'_, Pushed> {
        lock(&self.pushed)
    }

    pub(super) fn devices(&self) -> MutexGuard<'_, DeviceCodes> {
        lock(&self.devices)
    }

    pub(super) fn sessions(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        lock(&self.sessions)
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

/// Seconds since 1970, as tokens and answers tell the time.
pub(super) fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
