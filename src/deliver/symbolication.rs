//! The wait for the names of functions. When the program ends before they are found, the report is sent without names,
//! but with addresses that a server can look up.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::Event;

use super::run_aside;
use super::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use crate::capture::{Captured, symbols};
use crate::fork_safe::ForkSafe;

/// Time between two checks whether the time for a look-up is up.
const POLL: Duration = Duration::from_millis(10);

/// The deadline for looking up names; there is none until the program ends.
#[derive(Debug, Default)]
pub(crate) struct SymbolicationDeadline {
    until: ForkSafe<Option<Instant>>,
    /// Has this end of the program been counted as an end without line numbers?
    pub(super) end_counted: AtomicBool,
}

impl SymbolicationDeadline {
    /// Sets the deadline, because the program ends. Reports whose names are not found by then get none. `None` removes
    /// the deadline.
    pub(crate) fn until(&self, at: Option<Instant>) {
        *self.until.lock() = at;
    }

    /// Is the time up?
    pub(crate) fn is_over(&self) -> bool {
        self.until.lock().is_some_and(|at| at <= Instant::now())
    }

    /// The event of a capture, with names if there is time for them.
    ///
    /// Names are looked up on another thread, because a look-up in debug information cannot be stopped halfway.
    /// `meanwhile` also runs on another thread, and is waited for until the same deadline.
    pub(crate) fn resolve(&self, captured: Captured, meanwhile: impl FnOnce() + Send + 'static) -> Event {
        self.resolve_while(captured, meanwhile, || ())
    }

    /// Does what [`resolve`](Self::resolve) does, and calls `waits` every few milliseconds of the wait.
    pub(super) fn resolve_while(
        &self,
        captured: Captured,
        meanwhile: impl FnOnce() + Send + 'static,
        mut waits: impl FnMut(),
    ) -> Event {
        if captured.stack.is_given() {
            if !self.is_over()
                && let Some(meanwhile) = start(meanwhile)
            {
                self.outcome_before(None, &meanwhile, &mut waits);
            }
            return captured.with(symbols::Resolved::default());
        }
        let stack = captured.stack.clone();
        let names = start(move || symbols::resolve(&stack));
        let meanwhile = if self.is_over() { None } else { start(meanwhile) };
        let resolved = match names {
            Some(names) => self
                .outcome_before(None, &names, &mut waits)
                .unwrap_or_else(|| symbols::leave_in_time(&captured.stack)),
            // No thread can be had, so that names are looked up here.
            None => symbols::resolve(&captured.stack),
        };
        if let Some(meanwhile) = meanwhile {
            self.outcome_before(None, &meanwhile, &mut waits);
        }
        captured.with(resolved)
    }

    /// Runs a job that looks names up on another thread, and returns its result. `None` if there is no thread or no
    /// time.
    pub(super) fn within<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        self.outcome(&start(job)?)
    }

    /// The result of a job that was [started](start); `None` if there is no time.
    pub(super) fn outcome<T: Send + 'static>(&self, job: &Receiver<T>) -> Option<T> {
        self.outcome_before(None, job, || ())
    }

    /// Does what [`within`](Self::within) does, but waits no longer than `limit`.
    pub(super) fn within_at_most<T: Send + 'static>(
        &self,
        limit: Duration,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let until = Instant::now().checked_add(limit);
        self.outcome_before(until, &start(job)?, || ())
    }

    /// Waits for the result of a job until the deadline or until `until`, whichever comes first. A job that is late
    /// runs on, and its result is dropped.
    fn outcome_before<T>(
        &self,
        until: Option<Instant>,
        job: &Receiver<T>,
        mut waits: impl FnMut(),
    ) -> Option<T> {
        let is_over = || self.is_over() || until.is_some_and(|at| at <= Instant::now());
        loop {
            match job.recv_timeout(POLL) {
                Ok(outcome) => return Some(outcome),
                Err(RecvTimeoutError::Timeout) if !is_over() => waits(),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
    }
}

/// Starts a job on another thread. The receiver gets the job's result; `None` if no thread can be had.
pub(super) fn start<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> Option<Receiver<T>> {
    let (done, outcome) = sync_channel(1);
    // The receiver may be gone after its wait.
    run_aside(move || drop(done.try_send(job()))).then_some(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::stack::Stack;
    use crawl4ai_telemetry_core::{Kind, Level, RawException, ReportId, Timestamp};

    fn captured() -> Captured {
        let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::default(), Level::Error);
        event.exceptions.push(RawException::new(Kind::Error, "Error"));
        Captured { event, stack: Stack::here() }
    }

    #[test]
    fn with_time_there_are_names_and_without_addresses() {
        let symbolication = SymbolicationDeadline::default();
        let frames = |event: Event| event.exceptions[0].frames.clone();
        assert!(
            frames(symbolication.resolve(captured(), || ())).iter().any(|frame| frame.function.is_some())
        );

        let captured_now = captured();
        let left = symbols::leave(&captured_now.stack);
        let event = captured_now.with(left);
        assert!(!event.images.is_empty());
        let nameless = frames(event);
        assert!(!nameless.is_empty());
        assert!(nameless.iter().all(|frame| frame.function.is_none() && frame.address.is_some()));

        // After the deadline there is still a stack, with names or with addresses.
        symbolication.until(Some(Instant::now()));
        assert!(frames(symbolication.resolve(captured(), || ())).len() >= nameless.len() / 2);
    }
}
