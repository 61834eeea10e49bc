//! The values that a program registers while it runs.
//!
//! A forked child has the memory of all threads of its parent but runs only one of them. If another thread held a lock,
//! that lock stays held for ever in the child. So every wait here has a limit, and if the values cannot be read, no
//! text leaves.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError};
use std::time::{Duration, Instant};

use super::Redaction;
use super::known::{Known, KnownSet};

/// Longest wait for the lock. After it, the lock counts as held by a thread that no longer exists. A search of the
/// longest text holds the lock for some milliseconds, or in an unoptimized build for a tenth of a second.
const PATIENCE: Duration = Duration::from_secs(2);

/// Time between two tries to get the lock.
const POLL: Duration = Duration::from_micros(50);

pub(super) struct Protected {
    values: RwLock<KnownSet>,
    /// Was any value registered? If not, the lock is not taken.
    is_used: AtomicBool,
    /// Was a value not added because the lock was not free in time?
    is_incomplete: AtomicBool,
    /// Has a wait for the lock failed? Then later calls try only once to take it.
    is_stuck: AtomicBool,
}

/// The values cannot be read, or not all registered values are among them.
pub(super) struct Incomplete;

impl Protected {
    pub(super) fn new() -> Self {
        Self {
            values: RwLock::new(KnownSet::new(Known::default())),
            is_used: AtomicBool::new(false),
            is_incomplete: AtomicBool::new(false),
            is_stuck: AtomicBool::new(false),
        }
    }

    pub(super) fn add(&self, value: &str) {
        match self.write() {
            Some(mut values) => values.add(Redaction::Protected, value),
            None => self.is_incomplete.store(true, Ordering::Relaxed),
        }
        self.is_used.store(true, Ordering::Release);
    }

    /// The values; `None` if none was registered.
    ///
    /// # Errors
    /// [`Incomplete`]; no text may leave then.
    pub(super) fn read(&self) -> Result<Option<RwLockReadGuard<'_, KnownSet>>, Incomplete> {
        if !self.is_used.load(Ordering::Acquire) {
            return Ok(None);
        }
        if self.is_incomplete.load(Ordering::Relaxed) {
            return Err(Incomplete);
        }
        let values = self.patient(|| match self.values.try_read() {
            Ok(values) => Some(values),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        });
        values.map(Some).ok_or(Incomplete)
    }

    fn write(&self) -> Option<RwLockWriteGuard<'_, KnownSet>> {
        self.patient(|| match self.values.try_write() {
            Ok(values) => Some(values),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        })
    }

    fn patient<T>(&self, take: impl Fn() -> Option<T>) -> Option<T> {
        let start = Instant::now();
        loop {
            if let Some(taken) = take() {
                self.is_stuck.store(false, Ordering::Relaxed);
                return Some(taken);
            }
            if self.is_stuck.load(Ordering::Relaxed) || start.elapsed() > PATIENCE {
                self.is_stuck.store(true, Ordering::Relaxed);
                return None;
            }
            pause();
        }
    }
}

/// Waits a moment, so that other threads run. It waits on a condition that nobody signals, because this crate uses no
/// threads.
fn pause() {
    let nobody = Mutex::new(());
    let held = nobody.lock().unwrap_or_else(PoisonError::into_inner);
    drop(Condvar::new().wait_timeout(held, POLL));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_ever_and_what_cannot_be_read_keeps_every_text() {
        let protected = Protected::new();
        assert!(matches!(protected.read(), Ok(None)));
        protected.add("a secret");
        assert!(matches!(protected.read(), Ok(Some(_))));
        // This is the state in a forked child whose parent was in the middle of a registration.
        let held = protected.values.write().unwrap();
        assert!(protected.read().is_err());
        drop(held);
        assert!(matches!(protected.read(), Ok(Some(_))));
        // This is the state in a forked child whose parent was in the middle of a search.
        let held = protected.values.read().unwrap();
        protected.add("another");
        drop(held);
        assert!(protected.read().is_err(), "a value could not be kept");
    }
}
