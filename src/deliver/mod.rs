//! Two threads of the library: one stores reports, one delivers them. Each starts with its first command.
//!
//! Storing never waits for the network, because a server that hangs blocks only the uploader. No caller waits for the
//! uploader longer than the caller's own time limit.

mod asking;
mod awaiting_consent;
mod awaiting_limits;
mod backlog;
mod by_hand;
mod cleaning;
mod commands;
pub(crate) mod connection;
mod delivered;
mod naming;
mod panics;
mod partial;
mod persist;
mod pipeline;
mod policy;
mod provider_health;
pub(crate) mod providers;
mod queue;
mod report_delivery;
mod report_steps;
mod retry;
mod revalidate;
mod sender;
mod shown;
#[cfg(test)]
mod stampede;
mod symbolication;
pub(crate) mod sync;
#[cfg(all(test, shuttle))]
mod tests;
mod turn;
mod unresolved_panic;
mod unusable;
pub(crate) mod upload_loop;
mod uploader;
mod words_reading;

use std::time::Duration;

pub(crate) use asking::ask;
pub(crate) use awaiting_limits::AwaitingAdmission;
pub(crate) use cleaning::Cleaning;
pub(crate) use panics::Panics;
pub(crate) use pipeline::Pipeline;
pub(crate) use policy::Policy;
pub use provider_health::ProviderHealth;
pub(crate) use queue::CaptureQueue;
pub(crate) use sender::{Eraser, Sender};
pub(crate) use unresolved_panic::UnresolvedPanic;

use sync::mpsc::{Receiver, RecvTimeoutError};

/// Starts a thread of the library, whose panics are not reported. False when no thread can be had.
pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> bool {
    let inside = || crate::capture::reentrancy::ReentrancyGuard::enter();
    crate::capture::stack::may_be_locked();
    sync::Builder::new()
        .name(name.into())
        .stack_size(crate::helper_threads::STACK)
        .spawn(move || {
            let _inside = inside();
            body();
        })
        .is_ok()
}

/// Runs a short job on an idle thread of the library, or on a new one. False when no thread can be had.
#[cfg(not(shuttle))]
pub(crate) fn run_aside(job: impl FnOnce() + Send + 'static) -> bool {
    crate::capture::stack::may_be_locked();
    crate::helper_threads::run(Box::new(move || {
        let _inside = crate::capture::reentrancy::ReentrancyGuard::enter();
        job();
    }))
}

/// Runs a short job on a new thread, because under shuttle no thread may outlive the execution that started it.
#[cfg(shuttle)]
pub(crate) fn run_aside(job: impl FnOnce() + Send + 'static) -> bool {
    spawn("telemetry-helper", job)
}

/// Waits for the next message, but not longer than `limit`. `Some(None)` when the time is up, `None` when no sender is
/// left.
pub(crate) fn next<T>(queue: &Receiver<T>, limit: Option<Duration>) -> Option<Option<T>> {
    match limit {
        None => queue.recv().ok().map(Some),
        Some(limit) => match queue.recv_timeout(limit) {
            Ok(message) => Some(Some(message)),
            Err(RecvTimeoutError::Timeout) => Some(None),
            Err(RecvTimeoutError::Disconnected) => None,
        },
    }
}
