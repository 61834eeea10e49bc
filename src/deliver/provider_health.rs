//! Other people's providers: their panics are caught, and one that hangs is abandoned.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::store::spool::SenderLock;

/// Connect and answer take at most 10 s (SPEC section 11); a provider that takes longer than this has left its
/// own bounds.
const DEADLINE: Duration = Duration::from_secs(15);

/// How the provider is: whether the last delivery went well, and if not, why. As JSON, the sentence that `status` shows.
///
/// ```
/// use crawl4ai_telemetry::ProviderHealth;
///
/// assert_eq!(ProviderHealth::default(), ProviderHealth::Unused);
/// assert_eq!(ProviderHealth::Failing("no connection".to_owned()).to_string(), "failing: no connection");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProviderHealth {
    /// Not called yet.
    #[default]
    Unused,
    /// The last delivery went well.
    Well,
    /// Not called by this process; the last delivery of another one failed.
    FailedBefore {
        /// Why it failed.
        reason: String,
        /// How long until it is tried again; `None` when it may be now.
        next_try_in: Option<Duration>,
    },
    /// The last delivery failed, for this reason, and will be tried again.
    Failing(String),
    /// Sending has stopped for this run, for this reason.
    Halted(String),
    /// It did not come back within its deadline.
    Stuck,
}

/// What is known of the provider, and the lock under which it delivers.
#[derive(Debug, Default)]
pub(crate) struct Health {
    state: Mutex<HealthState>,
}

#[derive(Debug, Default)]
struct HealthState {
    health: ProviderHealth,
    busy_since: Option<Duration>,
    lock: Option<SenderLock>,
}

impl Health {
    pub(crate) fn health(&self) -> ProviderHealth {
        self.state().health.clone()
    }

    pub(crate) fn set(&self, health: ProviderHealth) {
        self.state().health = health;
    }

    pub(crate) fn is_halted(&self) -> bool {
        matches!(self.state().health, ProviderHealth::Halted(_))
    }

    /// Calls the provider; `None` when it panicked.
    pub(crate) fn call<T>(&self, now: Duration, call: impl FnOnce() -> T) -> Option<T> {
        self.state().busy_since = Some(now);
        let result = catch_unwind(AssertUnwindSafe(call));
        self.state().busy_since = None;
        result.ok()
    }

    /// Puts the sender lock where it can be taken from a uploader that hangs.
    pub(super) fn hold(&self, lock: SenderLock) {
        self.state().lock = Some(lock);
    }

    /// Is the lock still ours? Not after the uploader hung.
    pub(super) fn holds(&self) -> bool {
        self.state().lock.is_some()
    }

    pub(super) fn release(&self) {
        self.state().lock = None;
    }

    /// Gives the spool to other processes when the provider does not come back.
    pub(super) fn release_if_stuck(&self, now: Duration) {
        let mut state = self.state();
        if state.busy_since.is_some_and(|since| now.saturating_sub(since) > DEADLINE) {
            state.health = ProviderHealth::Stuck;
            state.lock = None;
        }
    }

    fn state(&self) -> MutexGuard<'_, HealthState> {
        // Only whole values are written under it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
