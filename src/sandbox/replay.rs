//! Defines what may be used once only: the `jti` of assertions and proofs.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::lock::lock;

/// What was used, and until when that is remembered.
#[derive(Default)]
pub(super) struct Replay(Mutex<HashMap<String, Instant>>);

impl Replay {
    /// True for what was not used before; it is remembered for `lifetime`.
    pub(super) fn first_use(&self, of: String, lifetime: Duration) -> bool {
        let now = Instant::now();
        let mut used = lock(&self.0);
        used.retain(|_, until| *until > now);
        used.insert(of, now + lifetime).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_is_forgotten_when_it_is_over_anyway() {
        let replay = Replay::default();
        assert!(replay.first_use("a".to_owned(), Duration::from_secs(60)));
        assert!(!replay.first_use("a".to_owned(), Duration::from_secs(60)));
        assert!(replay.first_use("b".to_owned(), Duration::ZERO));
        assert!(replay.first_use("b".to_owned(), Duration::ZERO));
    }
}
