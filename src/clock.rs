//! A trait for time, used for limits and ages, and replaced in tests.
//!
//! The wall clock gives dates and may jump. The monotonic clock measures durations and never goes back.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crawl4ai_telemetry_core::Timestamp;

/// The source of the time for the library: [`SystemClock`], or [`ManualClock`] in tests.
///
/// The trait is sealed, because the panic hook asks it for the time. If a clock of the program panicked there, it would
/// abort a process that would have caught the first panic.
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry::Timestamp;
/// use crawl4ai_telemetry::clock::{Clock, ManualClock};
///
/// let clock = ManualClock::new("2026-11-20T12:00:00Z".parse::<Timestamp>()?);
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.monotonic(), Duration::from_secs(60));
/// assert_eq!(clock.now().to_string(), "2026-11-20T12:01:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Clock: sealed::Sealed + Send + Sync + fmt::Debug {
    /// The time of day, which the user or the machine may set back.
    fn now(&self) -> Timestamp;

    /// The time since a fixed moment of this process. It never goes back.
    fn monotonic(&self) -> Duration;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::SystemClock {}
    impl Sealed for super::ManualClock {}
    impl<C: Sealed + ?Sized> Sealed for std::sync::Arc<C> {}
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
    fn monotonic(&self) -> Duration {
        (**self).monotonic()
    }
}

/// The machine's clocks.
///
/// ```
/// use crawl4ai_telemetry::clock::{Clock, SystemClock};
///
/// let clock = SystemClock::new();
/// assert!(clock.monotonic() <= clock.monotonic());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose monotonic time starts now.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> Timestamp {
        Timestamp::from(SystemTime::now())
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

/// A clock that stands still until it is moved, for tests and for programs that simulate time.
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry::clock::{Clock, ManualClock};
/// use crawl4ai_telemetry_core::Timestamp;
///
/// let clock = ManualClock::new(Timestamp::from_millis(1_000));
/// clock.advance(Duration::from_secs(1));
/// assert_eq!(clock.now().as_millis(), 2_000);
///
/// clock.set(Timestamp::from_millis(0)); // somebody set the time of day back
/// assert_eq!(clock.monotonic(), Duration::from_secs(1));
/// ```
#[derive(Debug, Default)]
pub struct ManualClock {
    wall_millis: AtomicU64,
    monotonic_nanos: AtomicU64,
}

impl ManualClock {
    /// A clock that stands at `now`, with monotonic time at zero.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { wall_millis: AtomicU64::new(now.as_millis()), monotonic_nanos: AtomicU64::new(0) }
    }

    /// Sets the time of day, forwards or back, and leaves monotonic time alone.
    pub fn set(&self, now: Timestamp) {
        self.wall_millis.store(now.as_millis(), Ordering::SeqCst);
    }

    /// Lets time pass on both clocks.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        let nanos = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        let add = |clock: &AtomicU64, n: u64| {
            let _ = clock.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |t| Some(t.saturating_add(n)));
        };
        add(&self.wall_millis, millis);
        add(&self.monotonic_nanos, nanos);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.wall_millis.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_nanos(self.monotonic_nanos.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_of_day_may_go_back_but_monotonic_time_does_not() {
        let clock = ManualClock::new(Timestamp::from_millis(10_000));
        clock.advance(Duration::from_millis(1_500));
        clock.set(Timestamp::from_millis(5));
        assert_eq!(clock.now().as_millis(), 5);
        assert_eq!(clock.monotonic(), Duration::from_millis(1_500));
    }

    #[test]
    fn advancing_without_end_stops_at_the_end_of_time() {
        let clock = ManualClock::new(Timestamp::from_millis(1));
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::from_millis(u64::MAX));
        assert_eq!(clock.monotonic(), Duration::from_nanos(u64::MAX));
    }

    #[test]
    fn the_system_clock_runs() {
        let clock = SystemClock::new();
        assert!(clock.now().as_millis() > 1_700_000_000_000);
        let before = clock.monotonic();
        assert!(clock.monotonic() >= before);
    }
}
