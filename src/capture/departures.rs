//! The order in which errors leave their task. Each operation stores the point of this order at which it was opened.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the errors that left their task, in steps of 32, so that operations can use the lowest five bits for flags.
static DEPARTURES: AtomicU64 = AtomicU64::new(STEP);

const STEP: u64 = 32;

/// The current point in the order of errors that leave their task. Points that differ only in the lowest five bits are
/// equal.
#[inline]
pub(crate) fn now() -> u64 {
    DEPARTURES.load(Ordering::Relaxed)
}

/// Counts an error that left its task. Returns its point in the order.
pub(super) fn count() -> u64 {
    DEPARTURES.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP)
}
