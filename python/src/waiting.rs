//! Waits in slices and lets Python handle its signals in between, so that Ctrl-C works.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// The time between two checks for Ctrl-C.
const SLICE: Duration = Duration::from_millis(50);

/// The longest time that anything may wait.
const LONGEST: Duration = Duration::from_secs(3600);

/// The time that a program gave in seconds, an hour at most. What is below zero, and what is no number, is zero.
pub(crate) fn time(seconds: f64) -> Duration {
    // The conversion fails for infinity too.
    let otherwise = if seconds > 0.0 { LONGEST } else { Duration::ZERO };
    Duration::try_from_secs_f64(seconds).map_or(otherwise, |time| time.min(LONGEST))
}

/// Waits for the result of `job`, which must end by itself after `most`. If Ctrl-C comes first, the wait ends and the
/// job continues.
///
/// # Errors
/// The exception that a signal handler raised.
pub(crate) fn interruptible<T: Send + 'static>(
    py: Python<'_>,
    most: Duration,
    job: impl FnOnce() -> T + Send + 'static,
) -> PyResult<Option<T>> {
    let (done, mut outcome) = sync_channel(1);
    let thread = thread::Builder::new().name("telemetry-flush".to_owned());
    if thread.spawn(move || drop(done.try_send(job()))).is_err() {
        return Ok(None);
    }
    // One second more, because the job may end a little late.
    let until = Instant::now() + most + Duration::from_secs(1);
    while Instant::now() < until {
        let arrived;
        (outcome, arrived) = py.detach(move || {
            let arrived = outcome.recv_timeout(SLICE);
            (outcome, arrived)
        });
        match arrived {
            Ok(value) => return Ok(Some(value)),
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinity_is_an_hour_and_what_is_no_time_is_none() {
        for (seconds, expected) in
            [(0.25, 250), (f64::INFINITY, 3_600_000), (1e300, 3_600_000), (-1.0, 0), (f64::NAN, 0), (0.0, 0)]
        {
            assert_eq!(time(seconds), Duration::from_millis(expected), "{seconds}");
        }
    }
}
