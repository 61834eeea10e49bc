//! How much may leave: a bad release on a million machines must not become a stampede.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crawl4ai_telemetry_core::Fingerprint;

/// How many reports one process may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Reports an hour, of whatever bug. What a person could read.
    pub per_hour: u32,
    /// Reports a day, of whatever bug.
    pub per_day: u32,
    /// Reports an hour of the same bug: the third says no more than the first two.
    pub per_bug_and_hour: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_hour: 10, per_day: 30, per_bug_and_hour: 3 }
    }
}

impl Limits {
    /// No limit: for tests and for programs that limit elsewhere.
    #[must_use]
    pub const fn none() -> Self {
        Self { per_hour: u32::MAX, per_day: u32::MAX, per_bug_and_hour: u32::MAX }
    }
}

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

/// Counts all reports, without a lock: the panic hook asks too.
#[derive(Debug)]
pub(crate) struct Rate {
    hour: Window,
    day: Window,
    pub(crate) limits: Limits,
}

impl Rate {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { hour: Window::new(HOUR), day: Window::new(DAY), limits }
    }

    /// Takes one, when there is one left. `now` is monotonic, since any fixed point.
    pub(crate) fn admit(&self, now: Duration) -> bool {
        // Asked in this order, a report that the hour refuses is not counted against the day.
        self.hour.take(now, self.limits.per_hour) && self.day.take(now, self.limits.per_day)
    }
}

/// One window of time: its number in the upper half, the count in the lower.
#[derive(Debug)]
struct Window {
    seconds: u64,
    state: AtomicU64,
}

impl Window {
    fn new(seconds: u64) -> Self {
        Self { seconds, state: AtomicU64::new(0) }
    }

    fn take(&self, now: Duration, most: u32) -> bool {
        let number = (now.as_secs() / self.seconds) & 0xffff_ffff;
        let one_more = |state: u64| {
            let count = if state >> 32 == number { state & 0xffff_ffff } else { 0 };
            (count < u64::from(most)).then_some((number << 32) | (count + 1))
        };
        self.state.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
    }
}

/// Counts reports of the same bug; the worker asks, once it knows the fingerprint.
#[derive(Debug, Default)]
pub(crate) struct PerBug {
    seen: Mutex<HashMap<Fingerprint, (u64, u32)>>,
}

impl PerBug {
    /// Past this many different bugs, the old windows are forgotten.
    const MOST: usize = 1024;

    pub(crate) fn admit(&self, bug: Fingerprint, now: Duration, most: u32) -> bool {
        let number = now.as_secs() / HOUR;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= Self::MOST {
            seen.retain(|_, (window, _)| *window == number);
        }
        if seen.len() >= Self::MOST && !seen.contains_key(&bug) {
            return false;
        }
        let (window, count) = seen.entry(bug).or_insert((number, 0));
        if *window != number {
            (*window, *count) = (number, 0);
        }
        let admitted = *count < most;
        *count = count.saturating_add(u32::from(admitted));
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(h: u64) -> Duration {
        Duration::from_secs(h * HOUR + 1)
    }

    #[test]
    fn so_many_an_hour_and_so_many_a_day() {
        let rate = Rate::new(Limits { per_hour: 2, per_day: 5, per_bug_and_hour: 1 });
        let admitted = |h: u64| std::iter::repeat_n((), 4).filter(|()| rate.admit(hours(h))).count();
        assert_eq!([0, 1, 2, 3, 24, 25].map(admitted), [2, 2, 1, 0, 2, 2]);
    }

    #[test]
    fn so_many_of_the_same_bug() {
        let per_bug = PerBug::default();
        let bug = |n: u64| format!("{n:016x}").parse::<Fingerprint>().unwrap();
        let admitted = |b, h| (0..5).filter(|_| per_bug.admit(bug(b), hours(h), 3)).count();
        assert_eq!((admitted(1, 0), admitted(2, 0), admitted(1, 0), admitted(1, 1)), (3, 3, 0, 3));
    }

    #[test]
    fn the_memory_of_bugs_is_bounded() {
        let per_bug = PerBug::default();
        for n in 0..3000_u64 {
            per_bug.admit(format!("{n:016x}").parse().unwrap(), hours(0), 3);
        }
        assert!(per_bug.seen.lock().unwrap().len() <= PerBug::MOST);
    }
}
