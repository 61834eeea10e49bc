//! The order in which errors leave their task. An operation notes the point in it at which it was opened.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the errors that left their task, in steps that leave five bits for the operations' own use.
static DEPARTURES: AtomicU64 = AtomicU64::new(STEP);

const STEP: u64 = 32;

/// A point in the order of errors that leave their task. Points that differ in the lowest five bits are one.
#[inline]
pub(crate) fn now() -> u64 {
    DEPARTURES.load(Ordering::Relaxed)
}

/// Counts an error that left its task. Returns its point in the order.
pub(super) fn count() -> u64 {
    DEPARTURES.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP)
}
