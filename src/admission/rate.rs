//! The number of reports that this process may make, counted without a lock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::store::limits::{Limits, Window};

/// Counts all reports without a lock, because the panic hook uses the counter too.
#[derive(Debug)]
pub(crate) struct Rate {
    hour: AtomicWindow,
    day: AtomicWindow,
    pub(crate) limits: Limits,
}

impl Rate {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { hour: AtomicWindow::new(Window::Hour), day: AtomicWindow::new(Window::Day), limits }
    }

    /// Counts one report if the limits permit one more. `now` is monotonic, measured from any fixed point.
    pub(crate) fn admit(&self, now: Duration) -> bool {
        // The hour is checked first, so that a report that it refuses is not counted against the day.
        self.hour.take(now, self.limits.per_hour) && self.day.take(now, self.limits.per_day)
    }
}

/// One window of time: its number in the upper half, the count in the lower half.
#[derive(Debug)]
struct AtomicWindow {
    window: Window,
    state: AtomicU64,
}

impl AtomicWindow {
    fn new(window: Window) -> Self {
        Self { window, state: AtomicU64::new(0) }
    }

    fn take(&self, now: Duration, most: u32) -> bool {
        let number = self.window.number(now) & 0xffff_ffff;
        let one_more = |state: u64| {
            let count = if state >> 32 == number { state & 0xffff_ffff } else { 0 };
            (count < u64::from(most)).then_some((number << 32) | (count + 1))
        };
        self.state.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(h: u64) -> Duration {
        Duration::from_secs(h * 60 * 60 + 1)
    }

    #[test]
    fn so_many_an_hour_and_so_many_a_day() {
        let rate = Rate::new(Limits { per_hour: 2, per_day: 5, per_bug_and_hour: 1 });
        let admitted = |h: u64| std::iter::repeat_n((), 4).filter(|()| rate.admit(hours(h))).count();
        assert_eq!([0, 1, 2, 3, 24, 25].map(admitted), [2, 2, 1, 0, 2, 2]);
    }
}
