//! Waits in slices and lets Python handle its signals in between, so that Ctrl-C works.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// The time between two checks for Ctrl-C.
const SLICE: Duration = Duration::from_millis(50);

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
