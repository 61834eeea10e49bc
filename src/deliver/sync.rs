//! What the hand-off between the program, the store and the uploader is made of: the standard library's, or, where it is
//! explored, that of a scheduler that lets the threads take turns in every way (`.ci/handoff`).

#[cfg(not(all(test, shuttle)))]
pub(crate) use crate::fork_safe::ForkSafe as Mutex;
#[cfg(not(all(test, shuttle)))]
pub(crate) use std::{
    sync::mpsc,
    thread::{Builder, sleep},
};

#[cfg(all(test, shuttle))]
pub(crate) use shuttle::{sync::mpsc, thread::Builder};

/// There are no forks there.
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

/// Time does not pass there: whoever sleeps lets the others go on.
#[cfg(all(test, shuttle))]
pub(crate) fn sleep(_: std::time::Duration) {
    shuttle::thread::yield_now();
}

/// How many messages a queue holds. Where it is explored a few, so that it is full in some of the ways.
pub(super) const fn bound(messages: usize) -> usize {
    if cfg!(all(test, shuttle)) { 2 } else { messages }
}
