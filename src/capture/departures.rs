//! The order in which errors leave their task, beside which an operation knows since when it is open.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the errors that left their task, in steps that leave five bits for the operations' own use.
static DEPARTURES: AtomicU64 = AtomicU64::new(STEP);

const STEP: u64 = 32;

/// A point in the order of errors that leave their task. Points that differ in the lowest five bits are one.
#[inline]
pub(crate) fn now() -> u64 {
    DEPARTURES.load(Ordering::Relaxed)
}

/// One more error has left; returns its point in the order.
pub(super) fn count() -> u64 {
    DEPARTURES.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP)
}
