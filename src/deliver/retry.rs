//! When to try again.

use std::time::Duration;

/// The first wait; a server that restarts is back by then.
const FIRST: Duration = Duration::from_secs(30);

/// The longest wait that no server asked for.
const LONGEST: Duration = Duration::from_secs(6 * 60 * 60);

/// The longest wait that a server can ask for.
const OBEYED: Duration = Duration::from_secs(24 * 60 * 60);

/// How long to wait after the `failures`-th failure in a row (from 1).
///
/// The longest wait doubles from 30 seconds to 6 hours. The actual wait is a random part of the longest one (full
/// jitter), so that a million clients that failed together do not come back together. `random` is that part, from 0 to
/// 1. A wait that the server asked for, up to 24 hours, is never undercut.
pub(crate) fn wait(failures: u32, asked: Option<Duration>, random: f64) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let longest = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let jittered = longest.mul_f64(random.clamp(0.0, 1.0));
    asked.map_or(jittered, |asked| asked.min(OBEYED).saturating_add(jittered.min(FIRST)))
}

/// A random number from 0 to 1.
pub(super) fn fraction() -> f64 {
    f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jitter_is_full() {
        let drawn: Vec<f64> = (0..1000).map(|_| fraction()).collect();
        assert!(drawn.iter().all(|part| (0.0..=1.0).contains(part)));
        // Each of the two conditions fails once in 10^45 runs.
        assert!(drawn.iter().any(|part| *part < 0.1) && drawn.iter().any(|part| *part > 0.9));
    }

    const MOST: f64 = 1.0;

    #[test]
    fn waits_double_up_to_six_hours() {
        let seconds = |failures| wait(failures, None, MOST).as_secs();
        assert_eq!([1, 2, 3, 10, 11, 1000].map(seconds), [30, 60, 120, 15_360, 21_600, 21_600]);
        assert_eq!(wait(5, None, 0.0), Duration::ZERO, "full jitter reaches down to nothing");
    }

    #[test]
    fn a_server_is_obeyed_up_to_a_day() {
        let asked = |secs| wait(1, Some(Duration::from_secs(secs)), 0.0).as_secs();
        assert_eq!([0, 90, 86_400, u64::MAX].map(asked), [0, 90, 86_400, 86_400]);
        assert!(wait(9, Some(Duration::from_secs(60)), MOST).as_secs() <= 90, "jitter stays small beside it");
    }
}
