//! What the hand-off between the program, the store and the uploader is made of: the standard library's, or, where it is
//! explored, that of a scheduler that lets the threads take turns in every way (`.ci/handoff`).

#[cfg(not(all(test, shuttle)))]
pub(crate) use std::{
    sync::{Mutex, mpsc},
    thread::{Builder, sleep},
};

#[cfg(all(test, shuttle))]
pub(crate) use shuttle::{
    sync::{Mutex, mpsc},
    thread::Builder,
};

/// Time does not pass there: whoever sleeps lets the others go on.
#[cfg(all(test, shuttle))]
pub(crate) fn sleep(_: std::time::Duration) {
    shuttle::thread::yield_now();
}

/// How many messages a queue holds. Where it is explored a few, so that it is full in some of the ways.
pub(super) const fn bound(messages: usize) -> usize {
    if cfg!(all(test, shuttle)) { 2 } else { messages }
}
