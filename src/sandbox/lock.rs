//! Defines how the memory is locked.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Nothing under these locks panics half-way through a change.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
