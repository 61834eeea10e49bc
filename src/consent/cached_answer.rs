//! A cached answer about consent, which a later decision outdates.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// The lowest byte of `code` is the answer; the bytes above it count decisions. An answer that was read before a
/// decision must not be stored after it, because an old no would hold for the life of the process.
#[derive(Debug)]
pub(crate) struct CachedAnswer {
    code: AtomicU32,
    /// The user said no in this process, whether or not that could be stored.
    closed: AtomicBool,
    /// How often a no was seen: said here, stored by another process, or in variables that were read again.
    refusals: AtomicU64,
}

const CODE: u32 = 0xff;
const DECISION: u32 = 0x100;

/// The count of decisions before the files behind an answer were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Before(u32);

impl CachedAnswer {
    pub(crate) const fn new(code: u8) -> Self {
        Self {
            code: AtomicU32::new(code as u32),
            closed: AtomicBool::new(false),
            refusals: AtomicU64::new(0),
        }
    }

    /// The code, by one load.
    pub(crate) fn code(&self) -> u8 {
        (self.code.load(Ordering::Relaxed) & CODE) as u8
    }

    pub(crate) fn before_reading(&self) -> Before {
        Before(self.code.load(Ordering::Acquire) & !CODE)
    }

    /// Stores the answer that was read, unless there was a decision since. True when the code has changed.
    pub(crate) fn put(&self, Before(decisions): Before, code: u8) -> bool {
        let put = |now: u32| {
            let counts = now & !CODE == decisions && now & CODE != u32::from(code);
            counts.then_some(decisions | u32::from(code))
        };
        self.code.fetch_update(Ordering::Relaxed, Ordering::Relaxed, put).is_ok()
    }

    /// Stores the code of a decision, after which answers that were read before it no longer count.
    pub(crate) fn decided(&self, code: u8) {
        let put = |now: u32| Some((now & !CODE).wrapping_add(DECISION) | u32::from(code));
        // Never fails, because the closure always returns a value.
        let _ = self.code.fetch_update(Ordering::Release, Ordering::Relaxed, put);
    }

    /// Stores the user's no, which holds in this process until [`reopen`](Self::reopen).
    pub(crate) fn close(&self, code: u8) {
        self.refused();
        self.closed.store(true, Ordering::Relaxed);
        self.decided(code);
    }

    /// The user has just said yes.
    pub(crate) fn reopen(&self) {
        self.closed.store(false, Ordering::Relaxed);
    }

    /// Counts a no. Reports captured and spans recorded before it do not leave after a later yes.
    pub(crate) fn refused(&self) {
        self.refusals.fetch_add(1, Ordering::Relaxed);
    }

    /// How often a no was counted in this process.
    pub(crate) fn refusals(&self) -> u64 {
        self.refusals.load(Ordering::Relaxed)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_decision_is_not_put_down_after_it() {
        let answer = CachedAnswer::new(0);
        let before = answer.before_reading();
        assert!(answer.put(before, 3) && !answer.put(before, 3));
        assert!(answer.put(before, 1), "others may read meanwhile");
        answer.decided(0);
        assert!(!answer.put(before, 3));
        assert_eq!(answer.code(), 0);
        assert!(answer.put(answer.before_reading(), 3));
        assert_eq!(answer.code(), 3);
    }

    #[test]
    fn a_no_holds_until_a_yes_whatever_is_read() {
        let answer = CachedAnswer::new(0);
        answer.close(9);
        assert!(answer.put(answer.before_reading(), 3) && answer.is_closed());
        answer.reopen();
        assert!(!answer.is_closed());
    }

    #[test]
    fn decisions_are_counted_past_the_end() {
        let answer = CachedAnswer { code: AtomicU32::new(!CODE | 7), ..CachedAnswer::new(0) };
        let before = answer.before_reading();
        answer.decided(9);
        assert_eq!(answer.code(), 9);
        assert!(!answer.put(before, 1));
    }
}
