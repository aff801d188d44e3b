//! The keyring of the system, called from a thread of its own and never waited for without end.

use super::error::StoreError;
use super::platform;
use super::session::{Session, State, backend};
use crate::secret::Secret;
use keyring_core::CredentialStore;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How long one read, write or removal may take. A person has to type a password in it.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// How many bytes an entry holds on this system, where that is limited.
pub const ENTRY_LIMIT: Option<usize> = platform::LIMIT;

/// After this long, it is most likely a person who is waited for.
const SLOW: Duration = Duration::from_secs(1);

/// The keyring of the system. Nothing is opened before the first call.
pub struct Keyring {
    timeout: Duration,
    limit: Option<usize>,
    on_slow: Box<dyn Fn() + Send + Sync>,
    said_slow: AtomicBool,
    /// Kept from call to call: opening it agrees on a session key, which is most of the time.
    opened: Arc<Opened>,
}

impl Keyring {
    /// A keyring that gives up after `timeout`, splits values of more than `limit` bytes, and calls
    /// `on_slow`, once, when the first call that takes more than a second does so.
    #[must_use]
    pub fn new(
        timeout: Duration,
        limit: Option<usize>,
        on_slow: Box<dyn Fn() + Send + Sync>,
    ) -> Self {
        let said_slow = AtomicBool::new(false);
        Self { timeout, limit, on_slow, said_slow, opened: Arc::default() }
    }

    pub(super) async fn read(&self, user: &str) -> Result<Secret, StoreError> {
        let (limit, user) = (self.limit, user.to_owned());
        self.run(move |session| session.read(limit, &user)).await
    }

    pub(super) async fn write(&self, user: &str, value: &Secret) -> Result<(), StoreError> {
        let (limit, user, value) = (self.limit, user.to_owned(), value.clone());
        self.run(move |session| session.write(limit, &user, &value)).await
    }

    pub(super) async fn delete(&self, user: &str) -> Result<(), StoreError> {
        let (limit, user) = (self.limit, user.to_owned());
        self.run(move |session| session.delete(limit, &user)).await
    }

    pub(super) async fn entries(&self) -> Result<Vec<String>, StoreError> {
        self.run(Session::entries).await
    }

    pub(super) async fn check_writable(&self) -> Result<(), StoreError> {
        self.run(|session| session.probe()).await
    }

    /// Does `job` on a thread of its own. When the time is up the thread is left to itself: it may
    /// sit in a call that nothing can interrupt. It does no further step once nobody waits for it.
    async fn run<T: Send + 'static>(
        &self,
        job: impl Fn(&Session) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let waiting = Waiting::default();
        let (opened, state) = (Arc::clone(&self.opened), Arc::clone(&waiting.state));
        let (send, answer) = oneshot::channel();
        let work = move || {
            // nobody may be listening any more
            let _ = send.send(do_job(&opened, &state, job));
        };
        thread::Builder::new()
            .name("keyring".into())
            .spawn(work)
            .map_err(|error| backend(&format!("no thread for it: {error}")))?;
        match self.wait(answer).await {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(backend("its thread ended without an answer")),
            None => Err(self.give_up(&waiting)),
        }
    }

    async fn wait<T>(
        &self,
        mut answer: oneshot::Receiver<T>,
    ) -> Option<Result<T, oneshot::error::RecvError>> {
        let quick = SLOW.min(self.timeout);
        if let Ok(result) = timeout(quick, &mut answer).await {
            return Some(result);
        }
        if self.timeout > SLOW && !self.said_slow.swap(true, Ordering::Relaxed) {
            (self.on_slow)();
        }
        timeout(self.timeout - quick, answer).await.ok()
    }

    fn give_up(&self, waiting: &Waiting) -> StoreError {
        // The stuck thread holds the session; the next call needs one of its own
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let after = self.timeout;
        // A service that agreed on a session and then falls silent is waiting for a person
        if waiting.state.opened.load(Ordering::Relaxed) && !cfg!(windows) {
            let text =
                format!("nobody answered the unlock prompt within {} s", after.as_secs_f32());
            return StoreError::Locked { cause: format!("{}: {text}", platform::NAME) };
        }
        StoreError::TimedOut { after, store: platform::NAME }
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

/// The waiting side. Dropped by an answer, a deadline or Ctrl-C alike.
#[derive(Default)]
struct Waiting {
    state: Arc<State>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.state.abandoned.store(true, Ordering::Relaxed);
    }
}

type Opened = Mutex<Option<Arc<CredentialStore>>>;

/// Runs on the thread. A keyring that was restarted does not know the session that was agreed on
/// with the one before, so a failure on a kept session is tried again on a new one.
fn do_job<T>(
    opened: &Opened,
    state: &Arc<State>,
    job: impl Fn(&Session) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let kept = opened.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(store) = kept {
        match job(&Session::new(store, state)) {
            Err(StoreError::NoService { .. } | StoreError::Backend { .. })
                if !state.is_abandoned() => {}
            other => return other,
        }
    }
    // the lock is not held while opening, which can take for ever
    let store = platform::open()?;
    *opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&store));
    job(&Session::new(store, state))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[tokio::test]
    async fn a_call_that_is_never_answered_ends_at_the_deadline_and_is_abandoned() {
        let keyring = Keyring::new(Duration::from_millis(20), None, Box::new(|| unreachable!()));
        let (_send, answer) = oneshot::channel::<()>();
        assert!(keyring.wait(answer).await.is_none());

        let waiting = Waiting::default();
        let state = Arc::clone(&waiting.state);
        assert!(matches!(keyring.give_up(&waiting), StoreError::TimedOut { .. }));
        state.opened.store(true, Ordering::Relaxed);
        #[cfg(not(windows))]
        assert!(matches!(keyring.give_up(&waiting), StoreError::Locked { .. }));
        drop(waiting);
        assert!(state.abandoned.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn that_a_person_is_waited_for_is_said_once() {
        let said = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&said);
        let on_slow = move || {
            count.fetch_add(1, Ordering::Relaxed);
        };
        let keyring = Keyring::new(SLOW + Duration::from_millis(10), None, Box::new(on_slow));
        let (_send, first) = oneshot::channel::<()>();
        let (_send, second) = oneshot::channel::<()>();
        tokio::join!(keyring.wait(first), keyring.wait(second));
        assert_eq!(said.load(Ordering::Relaxed), 1);
    }
}
