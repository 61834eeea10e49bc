//! Channels, locks and threads for the hand-off between the program, the store and the uploader. They are the library's
//! own and the standard library's. In tests under shuttle, which explores how the threads may take turns
//! (`.ci/handoff`), they are those of shuttle.

#[cfg(not(all(test, shuttle)))]
pub(crate) use crate::fork_safe::ForkSafe as Mutex;
#[cfg(not(all(test, shuttle)))]
pub(crate) use std::{
    sync::mpsc,
    thread::{Builder, sleep},
};

#[cfg(all(test, shuttle))]
pub(crate) use shuttle::{sync::mpsc, thread::Builder};

/// A lock for tests under shuttle, where no process forks.
#[cfg(all(test, shuttle))]
#[derive(Default)]
pub(crate) struct Mutex<T>(shuttle::sync::Mutex<T>);

#[cfg(all(test, shuttle))]
impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(shuttle::sync::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> shuttle::sync::MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Lets the other threads go on, because no time passes under shuttle.
#[cfg(all(test, shuttle))]
pub(crate) fn sleep(_: std::time::Duration) {
    shuttle::thread::yield_now();
}

/// The capacity of a queue, in messages. It is small under shuttle, so that the queue is full in some of its
/// executions.
pub(super) const fn bound(messages: usize) -> usize {
    if cfg!(all(test, shuttle)) { 2 } else { messages }
}
