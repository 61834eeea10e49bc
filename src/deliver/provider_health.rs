//! The health of a provider. Its code may be anybody's, so that its panics are caught, and it is abandoned when it
//! hangs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::MutexGuard;
use std::time::Duration;

use crate::fork_safe::ForkSafe;
use crate::store::spool::SenderLock;

/// Time after which a provider counts as hung. Within its own time limits, a provider connects and gets its answer in
/// at most 10 s.
const DEADLINE: Duration = Duration::from_secs(15);

/// Time that is added to the deadline before the clock is read, so that the deadline is surely over.
const MARGIN: Duration = Duration::from_millis(50);

/// The health of the provider: whether the last delivery went well, and if not, why. Its JSON is the sentence that
/// `status` shows.
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
    /// The provider was not called yet.
    #[default]
    Unused,
    /// The last delivery went well.
    Well,
    /// This process has not called the provider, and the last delivery of another process failed.
    FailedBefore {
        /// Why it failed.
        reason: String,
        /// Time until the next try; `None` when the next try may come now.
        next_try_in: Option<Duration>,
    },
    /// The last delivery failed, for this reason, and will be tried again.
    Failing(String),
    /// Sending has stopped for this run, for this reason.
    Halted(String),
    /// The provider did not come back within its deadline.
    Stuck,
}

/// The health of the provider, and the lock under which it delivers.
#[derive(Debug, Default)]
pub(crate) struct Health {
    state: ForkSafe<HealthState>,
}

#[derive(Debug, Default)]
struct HealthState {
    health: ProviderHealth,
    /// The moment since which the provider has been at work.
    busy_since: Option<Duration>,
    /// The moment when the provider is called next without a command.
    scheduled: Option<Duration>,
    /// The number of commands that the thread that delivers has not carried out. `commanded_at` is the moment when the
    /// last one was sent.
    commands: u32,
    commanded_at: Duration,
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

    /// Keeps the sender lock here, so that it can be taken away from an uploader that hangs.
    pub(super) fn hold(&self, lock: SenderLock) {
        self.state().lock = Some(lock);
    }

    /// Is the lock held? After the provider hung, it is no longer held.
    pub(super) fn holds(&self) -> bool {
        self.state().lock.is_some()
    }

    pub(super) fn release(&self) {
        self.state().lock = None;
    }

    /// Notes that a command is sent to the thread that delivers, which may call the provider from now on.
    pub(super) fn command_sent(&self, now: Duration) {
        let mut state = self.state();
        state.commands = state.commands.saturating_add(1);
        state.commanded_at = now;
    }

    /// Notes that a command was carried out, or was not taken.
    pub(super) fn command_done(&self) {
        let mut state = self.state();
        state.commands = state.commands.saturating_sub(1);
    }

    /// Notes the moment at which the thread that delivers calls the provider; `None` when it waits for a command.
    pub(super) fn schedule(&self, at: Option<Duration>) {
        self.state().scheduled = at;
    }

    /// Time until the provider is late; `None` while nothing is due, and when it is known to be stuck.
    pub(super) fn late_in(&self, now: Duration) -> Option<Duration> {
        let state = self.state();
        if state.health == ProviderHealth::Stuck {
            return None;
        }
        let commanded = (state.commands > 0).then_some(state.commanded_at);
        let from = state.busy_since.or(commanded).or(state.scheduled)?;
        Some(from.saturating_add(DEADLINE).saturating_add(MARGIN).saturating_sub(now))
    }

    /// Releases the spool for other processes when the provider does not return.
    pub(super) fn release_if_stuck(&self, now: Duration) {
        let mut state = self.state();
        let late = |since: Duration| now.saturating_sub(since) > DEADLINE;
        if state.busy_since.is_some_and(late) {
            state.health = ProviderHealth::Stuck;
            state.lock = None;
        } else if late(state.commanded_at) {
            // The provider was not called yet, so that the next check comes after another deadline.
            state.commanded_at = now;
            state.scheduled = state.scheduled.map(|at| at.max(now));
        }
    }

    fn state(&self) -> MutexGuard<'_, HealthState> {
        // A value that a panic left behind is whole, because only whole values are written under the lock.
        self.state.lock()
    }
}
