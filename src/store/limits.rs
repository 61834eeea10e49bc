//! Limits on sending, so that a bad release on a million machines does not overload a server.

use std::time::Duration;

/// How many reports one process, and all processes of one user together, may send.
///
/// ```
/// use crawl4ai_telemetry::{App, Limits, Telemetry};
///
/// let builder = Telemetry::builder(App::new("weather", "1.4.0")).limits(Limits { per_hour: 2, ..Limits::default() });
/// # drop(builder);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of reports in an hour, of all bugs together: as many as a person could read.
    pub per_hour: u32,
    /// Maximum number of reports in a day, of all bugs together.
    pub per_day: u32,
    /// Maximum number of reports of the same bug in an hour, because further ones say nothing new.
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

/// The windows of time that reports are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    Hour,
    Day,
}

impl Window {
    /// The number of the window that contains `now`, counted from any fixed point. A clock that jumps, in either
    /// direction, leads to another window.
    pub(crate) const fn number(self, now: Duration) -> u64 {
        const HOUR: u64 = 60 * 60;
        let length = match self {
            Self::Hour => HOUR,
            Self::Day => 24 * HOUR,
        };
        now.as_secs() / length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_follow_each_other_without_a_gap() {
        let number = |seconds| [Window::Hour, Window::Day].map(|w| w.number(Duration::from_secs(seconds)));
        assert_eq!([0, 3_599, 3_600, 86_399, 86_400].map(number), [[0, 0], [0, 0], [1, 0], [23, 0], [24, 1]]);
    }

    #[test]
    fn a_program_that_sets_none_has_these() {
        let expected = Limits { per_hour: 10, per_day: 30, per_bug_and_hour: 3 };
        assert_eq!(Limits::default(), expected);
    }
}
