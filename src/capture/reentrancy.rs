//! Tracks whether a thread is inside the reporter, because a panic there must not be reported through itself.

use std::cell::Cell;

thread_local! {
    // It is `const` and has no destructor, so that it can be read in the panic hook and while the thread ends.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Marks the thread as inside the reporter until it is dropped.
#[must_use = "the mark lasts as long as this value"]
pub(crate) struct ReentrancyGuard(());

impl ReentrancyGuard {
    /// Returns `None` when the thread is inside already, or when its locals are gone because it ends.
    pub(crate) fn enter() -> Option<Self> {
        let was = INSIDE.try_with(|inside| inside.replace(true)).unwrap_or(true);
        // The guard is made only when it is handed out, because dropping one clears the mark.
        (!was).then(|| Self(()))
    }
}

impl Drop for ReentrancyGuard {
    fn drop(&mut self) {
        // A thread whose locals are gone has no mark left to clear.
        let _ = INSIDE.try_with(|inside| inside.set(false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_again_after() {
        let first = ReentrancyGuard::enter();
        assert!(first.is_some());
        assert!(ReentrancyGuard::enter().is_none());
        assert!(ReentrancyGuard::enter().is_none(), "a refusal leaves the mark where it is");
        drop(first);
        assert!(ReentrancyGuard::enter().is_some());
    }
}
